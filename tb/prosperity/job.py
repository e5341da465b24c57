"""One layer to run: dimensions, data and settings, and what must come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.config import ProsperityConfig
from models.lif import LifParams
from models.oracle import naive_outputs
from models.prosperity import LayerCounts, Mode, count_layer, layer_outputs
from models.timing import LayerTiming, predict_layer


@dataclass(frozen=True, kw_only=True)
class LayerJob:
    """A layer as the machine sees it.

    Attributes:
        name: for messages.
        spikes: bool, (M, K), row position * T + t.
        weights: int8, (K, N).
        mode: product, bit or dense.
        lif: neurons; None for raw sums.
        time_steps: T.
    """

    name: str
    spikes: NDArray[np.bool_]
    weights: NDArray[np.int8]
    mode: Mode = Mode.PRODUCT
    lif: LifParams | None = None
    time_steps: int = 1

    @property
    def m(self) -> int:
        """Rows of the spike matrix."""
        return self.spikes.shape[0]

    @property
    def k(self) -> int:
        """Columns of the spike matrix."""
        return self.spikes.shape[1]

    @property
    def n(self) -> int:
        """Output columns."""
        return self.weights.shape[1]

    @property
    def spikes_out(self) -> bool:
        """The outputs are spikes."""
        return self.lif is not None

    def model_outputs(self) -> NDArray[np.int64]:
        """Return the model's outputs, (M, N)."""
        return layer_outputs(self.spikes, self.weights, lif=self.lif, time_steps=self.time_steps)

    def oracle_outputs(self) -> NDArray[np.int64]:
        """Return the outputs by the naive path, (M, N)."""
        if self.lif is None:
            return naive_outputs(self.spikes, self.weights, time_steps=self.time_steps)
        return naive_outputs(
            self.spikes,
            self.weights,
            time_steps=self.time_steps,
            bias=self.lif.bias,
            threshold=self.lif.threshold,
            leak_shift=self.lif.config.leak_shift,
            reset=self.lif.config.reset,
            fire=self.lif.config.fire,
        )

    def model_counts(self, config: ProsperityConfig) -> LayerCounts:
        """Return the counts the RTL must show."""
        return count_layer(self.spikes, self.n, config, self.mode)

    def model_timing(self, config: ProsperityConfig) -> LayerTiming:
        """Return the cycles the RTL must take without backpressure."""
        return predict_layer(self.spikes, self.n, config, self.mode, spikes_out=self.spikes_out)
