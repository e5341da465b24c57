"""Functional coverage of LoAS: its covergroups, sampled from its layers."""

from __future__ import annotations

from snn_rtl.models.loas.timing import predict_layer
from snn_rtl.tb.common.coverage import CoverGroup
from snn_rtl.tb.common.machine.coverage import FunctionalCoverage
from snn_rtl.tb.common.machine.samples import sample_shape, sample_streams
from snn_rtl.tb.loas import layer_coverage as layers
from snn_rtl.tb.loas.covergroups import loas_groups
from snn_rtl.tb.loas.layer_data import LayerData
from snn_rtl.tb.loas.observer import LoasLayer


class LoasCoverage(FunctionalCoverage):
    """Samples all covergroups of LoAS."""

    def make_groups(self) -> dict[str, CoverGroup]:
        """Return the covergroups by topic."""
        return loas_groups()

    def sample_layer(self, layer: LoasLayer, follows: str) -> None:
        """Sample the groups of a complete layer."""
        setup = layer.setup
        data = LayerData(layer)
        timing = predict_layer(
            data.words, data.weights, layer.sizes, spikes_out=setup.spikes_out, ft=setup.ft
        )
        sample_shape(self.groups["layer"], layer, setup.mode, follows)
        layers.sample_words(self.groups["words"], data)
        layers.sample_weights(self.groups["weights"], data)
        layers.sample_join(self.groups["join"], data)
        layers.sample_neurons(self.groups["lif"], data)
        sample_streams(self.groups["streams"], layer)
        layers.sample_flow(self.groups["flow"], data, timing.cycles)
