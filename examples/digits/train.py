"""Train the bundled workloads and write them beside this file.

Run from the root of the repository: ``python -m examples.digits.train``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

import torch

from examples.digits.data import PIXEL_MAX, Split, load_split
from examples.digits.export import LICENSE, SOURCE, to_workload
from examples.digits.network import NETWORKS, TIME_STEPS, NetworkSpec
from examples.digits.report import density_table, predictions
from examples.digits.training import evaluate, fit, train
from examples.digits.transformer import EPOCHS, LEAST_AGREEMENT, LEAST_DENSITY, RATE, Unrolled
from exporter.export import export
from models.config import named_config
from models.errors import InputError
from models.workload import load, save

TRANSFORMER: Final = "digits_transformer"


def make_transformer(split: Split, seed: int, folder: Path) -> None:
    """Train the transformer in real numbers and export it.

    Raises:
        InputError: the file cannot be written, or the integers do too badly.
    """
    started = time.monotonic()
    torch.manual_seed(seed)
    network = Unrolled()
    print(f"{TRANSFORMER}: real-valued")
    fit(network, split, epochs=EPOCHS, rate=RATE, seed=seed, least_density=LEAST_DENSITY)
    seconds = time.monotonic() - started
    path = folder / f"{TRANSFORMER}.npz"
    exported = export(
        network.network,
        split.test.images,
        path,
        time_steps=TIME_STEPS,
        input_scale=1 / PIXEL_MAX,
        name=TRANSFORMER,
        labels=split.test.labels,
        source=SOURCE.format(seed=seed),
        license=LICENSE,
        least_agreement=LEAST_AGREEMENT,
    )
    print(f"{TRANSFORMER}: trained in {seconds:.0f} s; {path.name}, {path.stat().st_size} bytes")
    print(exported)
    print(density_table(load(path), named_config("paper")))


def make(spec: NetworkSpec, split: Split, seed: int, folder: Path) -> None:
    """Train a network, write its workload, and check the file with the integer reference.

    Raises:
        InputError: the file cannot be written, or the reference disagrees with PyTorch.
    """
    started = time.monotonic()
    network, real = train(spec, split, seed)
    seconds = time.monotonic() - started
    integer = evaluate(network, split.test)

    workload = to_workload(network, split.test, seed)
    found = predictions(workload)
    different = int((found != integer.classes).sum())
    if different:
        raise InputError(f"{spec.name}: PyTorch and the reference disagree on {different} images")
    correct = int((found == split.test.labels).sum())
    workload.test_accuracy = {"correct": correct, "total": len(found), "training_seed": seed}
    path = folder / f"{spec.name}.npz"
    save(workload, path)

    print(f"{spec.name}: trained in {seconds:.0f} s; {path.name}, {path.stat().st_size} bytes")
    print(f"  test, real-valued        {real}")
    print(f"  test, PyTorch integers   {integer}")
    print(f"  test, integer reference  {correct}/{len(found)} = {correct / len(found):.2%}")
    print(density_table(load(path), named_config(spec.config)))


def main() -> int:
    """Train what the command line asks for."""
    parser = argparse.ArgumentParser(description="Train the bundled digits workloads.")
    known = (*NETWORKS, TRANSFORMER)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(known))
    parser.add_argument("--seed", type=int, default=1, help="of weights, order and shifts")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder")
    arguments = parser.parse_args()
    for name in arguments.networks:
        if name not in known:
            parser.error(f"unknown network {name!r}: choose from {', '.join(known)}")

    # One thread: the sums of a step then have one order, and the networks are small.
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    split = load_split()
    try:
        for name in arguments.networks or known:
            if name == TRANSFORMER:
                make_transformer(split, arguments.seed, arguments.out)
            else:
                make(NETWORKS[name], split, arguments.seed, arguments.out)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
