"""Machines with played streams: both simulators, all pauses; everything spoiled is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.machines.base import Machine
from snn_rtl.machines.spec import spec_of
from snn_rtl.run.places import BUILD
from snn_rtl.run.runner import RunFailure, build, run
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.agents.axis.pauses import PROFILES
from snn_rtl.tb.common.machine.settings import EnvSettings
from snn_rtl.tb.common.players.files import read_beats, write_beats, write_pauses
from snn_rtl.tb.common.scoreboard import CheckFailure
from snn_rtl.tb.common.unit import base_seed, both_simulators, rerun_command

MODULE = "snn_rtl.tb.common.players.tests.spoiled"

SPOILED = {
    "corrupt": "outputs differ from the model",
    "missing": "outputs.beats: .* beats in the files so far, .* on the wires",
    "early_last": "tlast of output",
    "unknown": "outputs.beats: line 4 is no beat",
    "cut": "outputs.beats: line .* is no beat",
    "truncated": "spikes.beats is missing or ends inside a beat",
    "starving": "no progress",
    "idle": "counter ",
    "too_many": "end of spikes.beats: no progress",
}
"""What is spoiled, and the message of the check that notices."""

every_machine = pytest.mark.parametrize("machine", MACHINES.values(), ids=MACHINES)


def play(
    request: pytest.FixtureRequest,
    simulator: str,
    machine: Machine,
    *,
    backpressure: str = "none",
    layers: int = 1,
    spoil: str = "",
) -> None:
    """Run layers on the small machine."""
    spec = spec_of(
        machine.small,
        "spoiled",
        simulator=simulator,
        seed=base_seed(),
        backpressure=backpressure,
        options={"layers": layers, "spoil": spoil},
    )
    settings = EnvSettings(spec=spec, played=True)
    target = build(machine.played(machine.small), simulator)
    name = f"{target.folder.name}-{backpressure}-{spoil or 'good'}"
    run(
        target,
        MODULE,
        run_dir=BUILD / "runs" / "played" / name,
        seed=base_seed(),
        env=settings.to_env(),
        rerun=rerun_command(request),
    )


@every_machine
@both_simulators
@pytest.mark.parametrize("backpressure", PROFILES)
def test_layers(
    request: pytest.FixtureRequest, machine: Machine, simulator: str, backpressure: str
) -> None:
    """Everything the scoreboard checks, the exact cycles among it where nothing pauses."""
    layers = 2 if simulator == "icarus" else 5
    play(request, simulator, machine, backpressure=backpressure, layers=layers)


@pytest.mark.parametrize(("spoil", "message"), SPOILED.items(), ids=SPOILED)
def test_spoiled(request: pytest.FixtureRequest, spoil: str, message: str) -> None:
    """What must be noticed is, by the check that is there for it; Icarus alone can tell an X."""
    with pytest.raises(RunFailure, match=message):
        play(request, "icarus", MACHINES["prosperity"], spoil=spoil)


def test_write_beats_has_idle_cycles_last_and_data_highest_byte_first(tmp_path: Path) -> None:
    path = tmp_path / "a.beats"
    packet = [Beat(0x102, False), Beat(0x3FF, True)]
    write_beats(path, [packet, packet], 10, iter([0, 7, 0, 255]))
    assert path.read_bytes().hex(" ", 4) == "00000102 070103ff 00000102 ff0103ff"


def test_write_pauses_is_a_byte_a_beat(tmp_path: Path) -> None:
    path = tmp_path / "a.pauses"
    write_pauses(path, iter([3, 0, 12, 1]), 3)
    assert path.read_bytes() == b"\x03\x00\x0c"


def test_read_beats_takes_what_a_recorder_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.beats"
    path.write_text("0b0 0x0a\n0b1 0xff\n")
    assert read_beats(path) == [Beat(10, False), Beat(255, True)]
    path.write_text("")
    assert read_beats(path) == []


@pytest.mark.parametrize(
    "text", ["0b0 0x1x\n", "0bx 0x10\n", "0b0 0x10", "0b0\n", "0b0 0x1 0x1\n", "\n"]
)
def test_read_beats_refuses_what_is_no_beat(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.beats"
    path.write_text("0b1 0x0\n" + text)
    with pytest.raises(CheckFailure, match=r"a\.beats: line 2 is no beat"):
        read_beats(path)
