"""Tests of packet_sum: UVM tests, and the pytest function that runs them on both simulators."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest
import pyuvm
from packet_checks import OFFSET, PACKETS
from packet_env import SumTest

from snn_rtl.run.design import Design
from snn_rtl.run.runner import RunFailure, build, run
from snn_rtl.run.simulators import SIMULATORS
from snn_rtl.tb.common.coverage import FILE_NAME, holes, impossible_hits, load, merge
from snn_rtl.tb.common.randomness import generator

HERE = Path(__file__).parent
DESIGN = Design(top="packet_sum", file_list=str(HERE / "packet_sum.f"))
PLAYED = Design(
    top="packet_bench",
    file_list=str(HERE / "packet_bench.f"),
    bench="tb/common/players/beats.f",
)


@pyuvm.test()
class Packets(SumTest):
    """Packets of every length, without a pause."""

    async def body(self) -> None:
        """Send packets of 1 to 20 words."""
        rng = generator("words")
        await self.env.send([rng.integers(0, 2**16, n).tolist() for n in range(1, 21)])


@pyuvm.test()
class Backpressure(Packets):
    """The same while nobody is in a hurry to take the sums."""

    PROFILES: ClassVar[dict[str, str]] = {"sums": "starving"}


@pyuvm.test()
class Gaps(Packets):
    """The same with gaps between the words."""

    PROFILES: ClassVar[dict[str, str]] = {"words": "heavy"}


@pyuvm.test()
class Registers(SumTest):
    """OFFSET counts, PACKETS counts up, everything else is refused."""

    async def body(self) -> None:
        """Make every kind of access between packets; the scoreboard judges them."""
        registers = self.env.registers
        for offset in (7, 2**32 - 1):
            await registers.write(OFFSET, offset)
            await registers.read(OFFSET)
            await self.env.send([[1, 2, 3], [0xFFFF]])
            await registers.read(PACKETS)
        await registers.write(PACKETS, 1)
        await registers.write(OFFSET, 0, strobe=3)
        await registers.read(0x8)


@pyuvm.test()
class Spoiled(SumTest):
    """Must fail: the scoreboard is told of another OFFSET than the design has."""

    async def body(self) -> None:
        """Send a packet."""
        self.env.scoreboard.offset = 1
        await self.env.send([[1]])


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_packet_sum(simulator: str, tmp_path: Path) -> None:
    target = build(DESIGN, simulator)
    tests = ("Packets", "Backpressure", "Gaps", "Registers")
    for seed, name in enumerate(tests, start=1):
        run(target, "test_packet_sum", run_dir=tmp_path / name, seed=seed, testcase=name)
    covered = merge(load(tmp_path / name / FILE_NAME) for name in tests)
    assert holes(covered) == impossible_hits(covered) == []


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_packet_sum_played(simulator: str, tmp_path: Path) -> None:
    target = build(PLAYED, simulator)
    for seed, name in enumerate(("Packets", "Backpressure", "Registers"), start=1):
        run(target, "test_packet_sum", run_dir=tmp_path / name, seed=seed, testcase=name)


@pytest.mark.parametrize("design", [DESIGN, PLAYED], ids=lambda design: design.top)
def test_scoreboard_can_fail(design: Design, tmp_path: Path) -> None:
    target = build(design, "icarus")
    with pytest.raises(RunFailure, match=r"sum: got \(1, True\), expected \(2, True\)"):
        run(target, "test_packet_sum", run_dir=tmp_path, seed=1, testcase="Spoiled")
