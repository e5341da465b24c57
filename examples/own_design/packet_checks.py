"""What is checked of packet_sum, and what is covered; both listen to the monitors alone."""

from __future__ import annotations

import json
from collections import deque
from pathlib import Path
from typing import Final

from pyuvm import uvm_component

from snn_rtl.tb.common.agents.axil.monitor import RegisterAccess
from snn_rtl.tb.common.agents.axis.bus import Beat
from snn_rtl.tb.common.coverage import FILE_NAME, CoverGroup, Cross, Point, export
from snn_rtl.tb.common.scoreboard import BaseScoreboard
from snn_rtl.tb.common.subscriber import Subscriber

OFFSET: Final = 0x0
PACKETS: Final = 0x4


class SumScoreboard(BaseScoreboard):
    """Adds up what goes in, compares what comes out; knows OFFSET from the bus.

    Attributes:
        packets: sums that came.
    """

    def build_phase(self) -> None:
        """Make the exports."""
        super().build_phase()
        self.word_export = Subscriber("word_export", self, self.take_word)
        self.sum_export = Subscriber("sum_export", self, self.take_sum)
        self.access_export = Subscriber("access_export", self, self.take_access)
        self.packets = self.offset = self._sum = 0
        self._due: deque[int] = deque()

    def take_word(self, beat: Beat) -> None:
        """Add a word; with the last one of a packet its sum is due."""
        assert beat.data is not None
        self._sum += beat.data
        if beat.last:
            self._due.append((self._sum + self.offset) % 2**32)
            self._sum = 0

    def take_sum(self, beat: Beat) -> None:
        """Compare a sum."""
        if not self._due:
            self.fail(f"sum {beat.data} of no packet")
        self.equal("sum", (beat.data, beat.last), (self._due.popleft(), True))
        self.packets += 1

    def take_access(self, access: RegisterAccess) -> None:
        """Compare a register access: which are refused, and what is read."""
        known = (OFFSET,) if access.write else (OFFSET, PACKETS)
        legal = access.address in known and access.strobe == 15
        self.equal(f"response at 0x{access.address:X}", access.okay, legal)
        if legal and access.write:
            self.offset = access.data
        elif legal:
            value = self.offset if access.address == OFFSET else self.packets
            self.equal(f"register 0x{access.address:X}", access.data, value)

    def check_phase(self) -> None:
        """Fail if something is still due, too."""
        super().check_phase()
        self.equal("sums that did not come", len(self._due), 0)


class SumCoverage(uvm_component):  # type: ignore[misc]
    """Samples a covergroup with every packet and leaves it in the run's folder."""

    def build_phase(self) -> None:
        """Make group and exports."""
        self.word_export = Subscriber("word_export", self, self.take_word)
        self.sum_export = Subscriber("sum_export", self, self.take_sum)
        self.group = CoverGroup(
            "packet_sum_packets_cg",
            "Packets by their length, and whether their sum had to wait.",
            [Point("length", ("one", "few", "many")), Point("sum_waited", ("no", "yes"))],
            [Cross("length_x_waited", ("length", "sum_waited"))],
        )
        self._words = 0
        self._lengths: deque[int] = deque()

    def take_word(self, beat: Beat) -> None:
        """Count the words of a packet."""
        self._words += 1
        if beat.last:
            self._lengths.append(self._words)
            self._words = 0

    def take_sum(self, beat: Beat) -> None:
        """Sample a packet."""
        length = self._lengths.popleft()
        self.group.sample(
            length="one" if length == 1 else "few" if length < 8 else "many",
            sum_waited="yes" if beat.waited else "no",
        )

    def report_phase(self) -> None:
        """Write the file that a merge reads."""
        Path(FILE_NAME).write_text(json.dumps(export([self.group])))
