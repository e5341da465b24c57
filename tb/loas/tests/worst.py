"""The worst cases: speculation always right or always wrong, chunks full or empty, slow rows."""

from __future__ import annotations

from itertools import product
from typing import Any

import pyuvm

from snn_rtl.tb.common.machine.sequences import run_layer
from snn_rtl.tb.common.randomness import generator
from snn_rtl.tb.loas.base_test import LoasTest


class WorstCase(LoasTest):
    """Runs layers of one structure, in both modes, with sums and with spikes out."""

    SPIKES = "full_rows"
    WEIGHTS = "full_columns"

    async def body(self) -> None:
        """Run them over several tiles, the last of them ragged."""
        m, k, n = self.settings.config.tile
        rng = generator("worst case")
        for kind in self.kinds():
            for shape in ((2 * m, 3 * k, 2 * n), (m + 1, 3 * k + 1, n + 1), (1, 5 * k, 1)):
                job = self.make_job(rng, shape, structure=self.SPIKES, weights=self.WEIGHTS, **kind)
                self.check(job, (await run_layer(self.env, job)).counters)

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that the case is what its name says.

        Raises:
            NotImplementedError: a case must say it.
        """
        raise NotImplementedError


@pyuvm.test()
class AllOnes(WorstCase):
    """Every word is all ones: no match is corrected."""

    WEIGHTS = "ragged_columns"

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that nothing was corrected."""
        self.env.scoreboard.equal(f"{job.name}: corrections", counters["CORRECTIONS"], 0)


@pyuvm.test()
class NoWordAllOnes(WorstCase):
    """No word is all ones: every match is corrected."""

    SPIKES = "broken_rows"

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that everything was corrected."""
        corrected = counters["CORRECTIONS"]
        self.env.scoreboard.equal(f"{job.name}: corrections", corrected, counters["MATCHES"])


@pyuvm.test()
class FullChunks(WorstCase):
    """Every word meets every weight: a fibre takes each TPPE as long as it can."""

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that there is a match for every product."""
        products = job.positions * job.k * job.n
        self.env.scoreboard.equal(f"{job.name}: matches", counters["MATCHES"], products)


@pyuvm.test()
class AlternatingChunks(WorstCase):
    """Full chunks and empty ones by turns: tiles are dropped between tiles that take long."""

    SPIKES = "alternating_chunks"

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that every other tile was dropped."""
        chunks = -(-job.k // self.settings.config.chunk)
        dropped = counters["TILES"] // chunks * -(-chunks // 2)
        self.env.scoreboard.equal(f"{job.name}: dropped", counters["EMPTY_TILES"], dropped)


@pyuvm.test()
class AlternatingWeights(WorstCase):
    """Full weight chunks and empty ones by turns: tiles without a fibre between full ones."""

    WEIGHTS = "empty_chunks"

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See that no tile was dropped, and the fibres of every other one were skipped."""
        self.env.scoreboard.equal(f"{job.name}: dropped", counters["EMPTY_TILES"], 0)
        fibres = counters["BROADCAST"] + counters["FIBRES_SKIPPED"]
        chunks = -(-job.k // self.settings.config.chunk)
        skipped = fibres // chunks * (chunks // 2)
        self.env.scoreboard.equal(f"{job.name}: skipped", counters["FIBRES_SKIPPED"], skipped)


@pyuvm.test()
class FifoFull(WorstCase):
    """The laggy sum takes longer than the first matches: FIFOs are full.

    Options: share (of the cycles in which each TPPE waits for its FIFOs at least; large on a
    machine with few laggy adders and shallow FIFOs).
    """

    SPIKES = "broken_rows"
    WEIGHTS = "few_columns"

    async def body(self) -> None:
        """Run deep layers of one column: every chunk is met once, right after it was loaded."""
        m, k, _ = self.settings.config.tile
        rng = generator("fifo full")
        for kind in self.kinds():
            job = self.make_job(
                rng, (m, 40 * k, 1), structure=self.SPIKES, weights=self.WEIGHTS, **kind
            )
            self.check(job, (await run_layer(self.env, job)).counters)

    def check(self, job: Any, counters: dict[str, int]) -> None:
        """See how long the TPPEs waited."""
        cycles = self.settings.config.tppes * counters["CYCLES"]
        full = counters["FIFO_FULL"] > self.settings.options.get("share", 0) * cycles
        self.env.scoreboard.equal(f"{job.name}: FIFOs are full", full, True)


@pyuvm.test()
class SlowRows(LoasTest):
    """A compressed row takes longer than the machine needs for a layer's first tile.

    It needs few laggy adders for its columns.
    """

    async def body(self) -> None:
        """Run layers of one column whose tiles are dropped; their first row waits for no other."""
        config = self.settings.config
        m, _, _ = config.tile
        blocks = config.columns // config.laggy_adders
        rng = generator("slow rows")
        for positions, (structure, ft) in product(
            (1, 2 * m), (("zero_rows", False), ("single_rows", True))
        ):
            job = self.make_job(rng, (positions, 1, 1), structure=structure, ft=ft, lif=True)
            counters = (await run_layer(self.env, job)).counters
            early = counters["CYCLES"] <= (positions + 1) * blocks
            self.env.scoreboard.equal(f"{job.name}: its rows decide", early, True)
