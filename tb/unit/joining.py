"""An inner join, cycle by cycle; shared by the tests of loas_inner_join and loas_tppe."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from snn_rtl.tb.unit.fibres import Fibre, ones


class Match(NamedTuple):
    """A position at which a live word meets a weight."""

    position: int
    weight: int
    column: int
    bank: int
    sums: int
    last: bool


class Offer(NamedTuple):
    """A weight fibre on offer, or those of the joined columns of a group side by side."""

    fibre: Fibre
    group: int
    bank: int
    sums: int

    def matches(self, live: int, chunk: int, joined: int = 1) -> list[Match]:
        """Return its matches, lowest column and position first."""
        weights = dict(zip(ones(self.fibre.mask), self.fibre.values, strict=True))
        places = [place for place in ones(self.fibre.mask) if live >> place % chunk & 1]
        return [
            Match(
                place % chunk,
                weights[place],
                self.group * joined + place // chunk,
                self.bank,
                self.sums,
                place == places[-1],
            )
            for place in places
        ]


@dataclass
class JoinModel:
    """Queue, speculation and FIFOs.

    Attributes:
        queue_depth: fibres that wait.
        fifo_depth: matches that wait.
        queue: what is left of each fibre.
        places: matches in the position FIFO.
        weights: how many of them have their weight there, too.
        matched: the match of the cycle before.
    """

    queue_depth: int
    fifo_depth: int
    queue: deque[deque[Match]] = field(default_factory=deque)
    places: deque[Match] = field(default_factory=deque)
    weights: int = 0
    matched: Match | None = None

    @property
    def full(self) -> bool:
        """No fibre that matches may come."""
        return len(self.queue) == self.queue_depth

    @property
    def stalls(self) -> bool:
        """A match waits for a place."""
        return bool(self.queue) and len(self.places) == self.fifo_depth

    @property
    def head(self) -> Match | None:
        """The match that can be popped."""
        return self.places[0] if self.weights else None

    @property
    def empty(self) -> bool:
        """Nothing is under way."""
        return not self.queue and not self.places

    def step(self, taken: list[Match], *, pop: bool) -> None:
        """Go to the next cycle.

        Args:
            taken: the matches of the fibre that is taken; none, or a fibre without, stays outside.
            pop: the head is popped.
        """
        match = None
        if self.queue and not self.stalls:
            match = self.queue[0].popleft()
            if not self.queue[0]:
                self.queue.popleft()
        if pop:
            self.places.popleft()
            self.weights -= 1
        if self.matched is not None:
            self.weights += 1
        self.matched = match
        if match is not None:
            self.places.append(match)
        if taken:
            self.queue.append(deque(taken))
