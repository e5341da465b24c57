"""Functional coverage of Prosperity: its covergroups, sampled from its layers."""

from __future__ import annotations

from tb.common.coverage import CoverGroup
from tb.common.machine.coverage import FunctionalCoverage
from tb.common.machine.samples import sample_shape, sample_streams
from tb.prosperity import layer_coverage as layers
from tb.prosperity.covergroups import prosperity_groups
from tb.prosperity.layer_data import LayerData
from tb.prosperity.observer import ProsperityLayer


class ProsperityCoverage(FunctionalCoverage):
    """Samples all covergroups of Prosperity."""

    def make_groups(self) -> dict[str, CoverGroup]:
        """Return the covergroups by topic."""
        return prosperity_groups()

    def sample_layer(self, layer: ProsperityLayer, follows: str) -> None:
        """Sample the groups of a complete layer."""
        data = LayerData(layer)
        sample_shape(self.groups["layer"], layer, str(layer.setup.mode), follows)
        layers.sample_rows(self.groups["rows"], data)
        layers.sample_weights(self.groups["weights"], data)
        layers.sample_neurons(self.groups["lif"], data)
        sample_streams(self.groups["streams"], layer)
        layers.sample_flow(self.groups["flow"], data)
