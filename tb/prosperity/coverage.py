"""Functional coverage of Prosperity: its covergroups, sampled from its layers."""

from __future__ import annotations

from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.common.machine.coverage import FunctionalCoverage
from snn_rtl.tb.common.machine.samples import sample_shape, sample_streams
from snn_rtl.tb.prosperity import layer_coverage as layers
from snn_rtl.tb.prosperity.covergroups import prosperity_groups
from snn_rtl.tb.prosperity.layer_data import LayerData
from snn_rtl.tb.prosperity.observer import ProsperityLayer


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
