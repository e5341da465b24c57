"""The fit of the area model: known answers, what it was fitted to, its command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from snn_rtl import machines
from snn_rtl.models.prosperity.area import (
    CONSTANTS,
    PARTS,
    REST,
    Synthesised,
    area_from,
    constants,
    memory_bits,
)
from snn_rtl.models.prosperity.config import PAPER, SMALL, TURBO
from snn_rtl.run.command import run_command
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.run.runner import RunFailure
from snn_rtl.run.tests.helpers import call
from snn_rtl.synth import cli
from snn_rtl.synth.area import command
from snn_rtl.synth.area.fit import error, errors, fit, non_negative
from snn_rtl.synth.area.machines import MACHINES
from snn_rtl.synth.elaborate import parse
from snn_rtl.synth.library import Library
from snn_rtl.synth.mapping import Mapped
from snn_rtl.synth.processes import Processes


def test_non_negative_least_squares() -> None:
    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert non_negative(matrix, matrix @ np.array([2.0, 3.0])) == pytest.approx([2.0, 3.0])
    # Without bounds it would be 5 and -4; of the first alone the mean of 5 and 1 is best.
    assert non_negative(matrix, np.array([5.0, -4.0, 1.0])) == pytest.approx([3.0, 0.0])
    assert non_negative(matrix, np.array([-1.0, -1.0, -2.0])) == pytest.approx([0.0, 0.0])


def _machines(units: dict[str, dict[str, float]]) -> list[Synthesised]:
    """Return machines that are exactly as a model says."""
    return [
        Synthesised(
            name=name,
            config=config,
            parts=area_from(config, units).parts,
            memory_bits=sum(memory_bits(config)),
        )
        for name, config in MACHINES.items()
    ]


def test_fit_finds_what_the_machines_were_made_of() -> None:
    units = {
        part.name: {name: 2.0 + index for index, name in enumerate(part.quantities)}
        for part in PARTS
    }
    machines = _machines(units)
    found = fit(machines)
    for part in PARTS:
        assert found[part.name] == pytest.approx(units[part.name], rel=1e-5), part.name
    assert all(abs(one) < 1e-6 for pair in errors(machines, found).values() for one in pair)


def test_a_wrong_measurement_is_an_error() -> None:
    units = {part.name: dict.fromkeys(part.quantities, 5.0) for part in PARTS}
    machines = _machines(units)
    wrong = [
        replace(m, parts={**m.parts, "tcam": 3 * m.parts["tcam"]}) if m.name == "turbo" else m
        for m in machines
    ]
    (turbo,) = (m for m in wrong if m.name == "turbo")
    assert error(turbo, units) < -0.1
    fitted, unknown = errors(wrong, fit(wrong))["turbo"]
    assert unknown < fitted < -0.05


def test_constants_are_those_of_the_fit() -> None:
    known = constants()
    found = fit(known.machines)
    for part in PARTS:
        assert found[part.name] == pytest.approx(known.units[part.name], rel=1e-6), part.name


def test_constants_are_fitted_to_these_machines() -> None:
    assert {m.name: m.config for m in constants().machines} == MACHINES
    assert {PAPER, SMALL, TURBO} <= set(MACHINES.values())


def test_digest_is_of_the_machines_own_sources(tmp_path: Path) -> None:
    digests = {rtl_digest(design.file_list) for design in machines.MACHINES.values()}
    assert len(digests) == len(machines.MACHINES)
    assert rtl_digest(machines.MACHINES["prosperity"].file_list) in digests


def _machine(name: str, config: object, **_: object) -> Synthesised:
    (found,) = (m for m in constants().machines if m.name == name)
    return found


RTLIL = r"""
module \prosperity_tcam
  wire input 1 \clk
end
module \prosperity_top
  wire input 1 \clk
  cell \prosperity_tcam \u_one
  end
  cell \prosperity_tcam \u_two
  end
end
"""
TCAM_UM2, TOP_UM2, TOP_BITS = 10.0, 1.0, sum(memory_bits(SMALL))


def _mapped(area: float, bits: int) -> Mapped:
    return Mapped(
        key="",
        generic_cells=1,
        flip_flops=0,
        latches=0,
        cells=1,
        area=area,
        register_area=0.0,
        memories={"mem": bits} if bits else {},
        capacitance=0.0,
        clock_capacitance=0.0,
        cpu_s=0.0,
    )


def _synthesise(monkeypatch: pytest.MonkeyPatch, folder: Path, bits: int) -> Synthesised:
    """Synthesise a top with two modules, in place of the machine."""
    found = {"prosperity_tcam": _mapped(TCAM_UM2, 0), "prosperity_top": _mapped(TOP_UM2, bits)}
    monkeypatch.setattr(command, "elaborate", lambda *_: parse(RTLIL, "prosperity_top"))
    monkeypatch.setattr(command, "map_all", lambda *_, **__: found)
    return command.synthesise(
        "small",
        SMALL,
        library=Library(folder, {}),
        processes=Processes(),
        jobs=1,
        limit_s=1,
    )


def test_parts_are_added_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = _synthesise(monkeypatch, tmp_path, TOP_BITS)
    assert {name: um2 for name, um2 in found.parts.items() if um2} == {
        "tcam": 2 * TCAM_UM2,
        REST: TOP_UM2,
    }
    assert (found.cells, found.memory_bits) == (21.0, TOP_BITS)


def test_other_bits_of_memory_are_a_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(RunFailure, match=f"small has {TOP_BITS + 8} bits of memory, not"):
        _synthesise(monkeypatch, tmp_path, TOP_BITS + 8)


class Command:
    """The command, with known machines in place of syntheses."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "constants.json"
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(command, "CONSTANTS", self.file)
        monkeypatch.setattr(command, "load_library", lambda: Library(folder, {}))
        monkeypatch.setattr(command, "synthesise", _machine)


@pytest.fixture
def area(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(tmp_path, monkeypatch)


def test_command_writes_the_constants(area: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(cli.area, []) == 0
    assert "turbo" in capsys.readouterr().out
    written = json.loads(area.file.read_text(encoding="utf-8"))
    kept = json.loads(CONSTANTS.read_text(encoding="utf-8"))
    assert written["machines"] == kept["machines"]


def test_command_writes_nothing_of_a_model_that_does_not_fit(
    area: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrong(name: str, config: object, **more: object) -> Synthesised:
        found = _machine(name, config)
        factor = 2.0 if name == "turbo" else 1.0
        return replace(found, parts={part: factor * um2 for part, um2 in found.parts.items()})

    area.monkeypatch.setattr(command, "synthesise", wrong)
    assert run_command(cli.area, []) == 1
    err = capsys.readouterr().err
    assert "the model misses turbo by -" in err
    assert not area.file.exists()


def test_command_keeps_the_constants_when_a_machine_fails(
    area: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(name: str, config: object, **_: object) -> Synthesised:
        raise RunFailure(f"{name} has 3 bits of memory, not 4")

    area.monkeypatch.setattr(command, "synthesise", fails)
    area.file.write_text("as it was")
    assert run_command(cli.area, []) == 1
    assert "has 3 bits of memory, not 4" in capsys.readouterr().err
    assert area.file.read_text() == "as it was"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--jobs=0", "area: JOBS: 0 is not in the range 1<=x<="),
        ("--limit=soon", "area: LIMIT: 'soon' is not a valid whole number"),
        ("--speed", "area: No such option '--speed'"),
    ],
)
def test_bad_input_is_one_line(option: str, message: str) -> None:
    done = call(cli.area, option)
    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
