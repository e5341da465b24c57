"""Train the bundled workloads and write them beside this file.

Run from the root of the repository: ``python -m snn_rtl.examples.digits.train``.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import torch

from snn_rtl.examples.digits.data import PIXEL_MAX, Split, load_split
from snn_rtl.examples.digits.export import LICENSE, SOURCE, to_workload
from snn_rtl.examples.digits.network import NETWORKS, TIME_STEPS, NetworkSpec, SpikingNetwork
from snn_rtl.examples.digits.pruning import PRUNED, PruningSpec, prune
from snn_rtl.examples.digits.report import density_table, dual_table, predictions
from snn_rtl.examples.digits.restore import restore
from snn_rtl.examples.digits.training import evaluate, fit, train
from snn_rtl.examples.digits.transformer import (
    EPOCHS,
    LEAST_AGREEMENT,
    LEAST_DENSITY,
    RATE,
    Unrolled,
)
from snn_rtl.exporter.export import export
from snn_rtl.models.errors import InputError
from snn_rtl.models.prosperity.config import named_config
from snn_rtl.models.workload.workload import Workload, load, save

HERE: Final = Path(__file__).parent
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
    """Train a network and write its workload.

    Raises:
        InputError: the file cannot be written, or the reference disagrees with PyTorch.
    """
    started = time.monotonic()
    network, real = train(spec, split, seed)
    print(f"{spec.name}: trained in {time.monotonic() - started:.0f} s")
    print(f"  test, real-valued        {real}")
    store(network, to_workload(network, split.test, seed), split, seed, folder)


def make_pruned(name: str, spec: PruningSpec, split: Split, seed: int, folder: Path) -> None:
    """Prune a network that is in the folder, or else beside this file, and write its workload.

    Raises:
        InputError: a file cannot be read or written, or the reference disagrees with PyTorch.
    """
    file = f"{spec.dense}.npz"
    dense = load(folder / file if (folder / file).exists() else HERE / file)
    network = restore(replace(NETWORKS[spec.dense], name=name), dense, split.validation)
    print(f"{name}: integer, pruned from {spec.dense}")
    print(f"  test, before             {evaluate(network, split.test)}")
    started = time.monotonic()
    prune(network, spec, split, seed)
    print(f"{name}: trained in {time.monotonic() - started:.0f} s")
    workload = to_workload(network, split.test, seed)
    workload.source += f"; {spec.dense} pruned by magnitude and fine-tuned"
    store(network, workload, split, seed, folder)


def store(
    network: SpikingNetwork, workload: Workload, split: Split, seed: int, folder: Path
) -> None:
    """Check a network's workload with the integer reference, and write it.

    Raises:
        InputError: the file cannot be written, or the reference disagrees with PyTorch.
    """
    integer = evaluate(network, split.test)
    found = predictions(workload)
    different = int((found != integer.classes).sum())
    if different:
        raise InputError(
            f"{workload.name}: PyTorch and the reference disagree on {different} images"
        )
    correct = int((found == split.test.labels).sum())
    workload.test_accuracy = {"correct": correct, "total": len(found), "training_seed": seed}
    path = folder / f"{workload.name}.npz"
    save(workload, path)

    print(f"  test, PyTorch integers   {integer}")
    print(f"  test, integer reference  {correct}/{len(found)} = {correct / len(found):.2%}")
    print(f"  {path.name}, {path.stat().st_size} bytes")
    written = load(path)
    print(density_table(written, named_config(network.spec.config)))
    print(dual_table(written))


def main() -> int:
    """Train what the command line asks for."""
    parser = argparse.ArgumentParser(description="Train the bundled digits workloads.")
    known = (*NETWORKS, TRANSFORMER, *PRUNED)
    parser.add_argument("networks", nargs="*", metavar="NETWORK", help=", ".join(known))
    parser.add_argument("--seed", type=int, default=1, help="of weights, order and shifts")
    parser.add_argument("--out", type=Path, default=HERE, help="folder")
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
            elif name in PRUNED:
                make_pruned(name, PRUNED[name], split, arguments.seed, arguments.out)
            else:
                make(NETWORKS[name], split, arguments.seed, arguments.out)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
