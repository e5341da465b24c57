"""Base of all tests of LoAS: its environment and its stimulus."""

from __future__ import annotations

from itertools import product
from typing import Any

from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.stimulus import Rng
from snn_rtl.tb.loas.env import LoasEnv
from snn_rtl.tb.loas.job import LayerJob
from snn_rtl.tb.loas.stimulus import make_job, random_job


class LoasTest(MachineTest):
    """A test says in `body` what happens between reset and the end."""

    ENV = LoasEnv

    def make_job(self, rng: Rng, shape: tuple[int, int, int], **kind: Any) -> LayerJob:
        """Return a layer of a shape (positions, K, N); see snn_rtl.tb.loas.stimulus.make_job."""
        return make_job(rng, self.settings.config, shape, **kind)

    def random_job(self, rng: Rng, tiles: tuple[int, int, int]) -> LayerJob:
        """Return a random layer of up to so many m, k and n tiles."""
        return random_job(rng, self.settings.config, tiles)

    def kinds(self) -> list[dict[str, Any]]:
        """Return every mode, with sums and with spikes out."""
        return [{"ft": ft, "lif": lif} for ft, lif in product((False, True), (False, True))]
