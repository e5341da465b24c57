"""`snn_rtl.simulate` and `snn-rtl estimate`: their arguments; runs are in the package's test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from snn_rtl.machines.estimate import bundled
from snn_rtl.machines.estimate import estimate as by_models
from snn_rtl.models.errors import InputError
from snn_rtl.models.workload.workload import Workload, load
from snn_rtl.run.command import run_command
from snn_rtl.sim.cli import estimate
from snn_rtl.sim.simulate import WORKLOAD, simulate

MATRIX = Workload.from_matrix([[1, 0], [0, 1]])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"design": "loas9"}, "unknown design 'loas9': choose from prosperity, loas"),
        ({"simulator": "vcs"}, "unknown simulator 'vcs': choose from verilator, icarus"),
        ({"backpressure": "max"}, "unknown backpressure 'max': choose from none, light, heavy"),
        ({"config": "huge"}, "unknown configuration 'huge': choose from paper"),
        ({"mode": "sparse"}, "prosperity has no mode 'sparse': choose from product"),
        ({"layers": ["conv1"]}, "unknown layer 'conv1': choose from matrix"),
        ({"images": 1}, "has no images"),
        ({"workload": "none.npz"}, "none.npz: cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(
    tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        arguments: dict[str, Any] = {"workload": MATRIX, "out": tmp_path, **options}
        simulate(**arguments)
    assert message in str(error.value)


def test_workload_without_a_file_is_kept_with_the_report(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        simulate(MATRIX, config="huge", out=tmp_path / "new")
    assert load(tmp_path / "new" / WORKLOAD).layers[0].k == 2


def test_estimate_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(estimate, ["--design=loas", "--config=small", "--images=1"]) == 0
    network = bundled("loas", "small")
    assert capsys.readouterr().out == f"{by_models(network, 'loas', 'small', images=1)}\n"
    assert run_command(estimate, ["--images=451"]) == 2
    assert "images must be 1..450, not 451" in capsys.readouterr().err
