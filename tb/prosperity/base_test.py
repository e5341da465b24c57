"""Base of all tests of Prosperity: its environment and its stimulus."""

from __future__ import annotations

from itertools import product
from typing import Any

from snn_rtl.models.prosperity.prosperity import Mode
from snn_rtl.tb.common.machine.base_test import MachineTest
from snn_rtl.tb.common.machine.stimulus import Rng
from snn_rtl.tb.prosperity.env import ProsperityEnv
from snn_rtl.tb.prosperity.job import LayerJob
from snn_rtl.tb.prosperity.stimulus import make_job, random_job


class ProsperityTest(MachineTest):
    """A test says in `body` what happens between reset and the end."""

    ENV = ProsperityEnv

    def make_job(self, rng: Rng, shape: tuple[int, int, int], **kind: Any) -> LayerJob:
        """Return a layer of a shape (M, K, N); see snn_rtl.tb.prosperity.stimulus.make_job."""
        return make_job(rng, shape, **kind)

    def random_job(self, rng: Rng, tiles: tuple[int, int, int]) -> LayerJob:
        """Return a random layer of up to so many m, k and n tiles."""
        return random_job(rng, self.settings.config, tiles)

    def kinds(self) -> list[dict[str, Any]]:
        """Return every mode, with sums and with spikes out."""
        return [{"mode": mode, "lif": lif} for mode, lif in product(Mode, (False, True))]
