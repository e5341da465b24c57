"""Functional coverage of a machine: who samples which covergroup, from which monitor.

Everything comes from what is observed on the ports, nothing from a sequence or a driver. A run
that passes leaves its coverage as functional.json in its folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pyuvm import ConfigDB, uvm_component

from snn_rtl.tb.common.agents.axil.monitor import RegisterAccess
from snn_rtl.tb.common.coverage import FILE_NAME, CoverGroup, export, impossible_hits
from snn_rtl.tb.common.machine.covergroups import EVENTS
from snn_rtl.tb.common.machine.observed import ObservedLayer, Setup
from snn_rtl.tb.common.machine.observer import Observer, ResetSeen
from snn_rtl.tb.common.register_map import RegisterMap
from snn_rtl.tb.common.scoreboard import CheckFailure
from snn_rtl.tb.common.subscriber import Subscriber


class FunctionalCoverage(uvm_component):  # type: ignore[misc]
    """Samples all covergroups; a machine gives the groups and samples its layers.

    ConfigDB: "dut", and "observer", the component that reconstructs layers.
    """

    def build_phase(self) -> None:
        """Make groups and exports."""
        self.dut: Any = ConfigDB().get(self, "", "dut")
        self.observer: Observer = ConfigDB().get(self, "", "observer")
        self.map: RegisterMap = self.observer.map
        self.groups = self.make_groups()
        self.access_export = Subscriber("access_export", self, self.take_access)
        self.layer_export = Subscriber("layer_export", self, self.take_layer)
        self.reset_export = Subscriber("reset_export", self, self.take_reset)
        self.withdrawn_export = Subscriber("withdrawn_export", self, self.take_withdrawn)
        self.before: Setup | None = None
        self.names = {self.map.address(name): name for name in self.map.registers}
        for name, address in self.map.counters.items():
            self.names |= dict.fromkeys((address, address + 4), name)

    def make_groups(self) -> dict[str, CoverGroup]:
        """Return the machine's covergroups by topic, those of snn_rtl.tb.common.machine among them.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def sample_layer(self, layer: Any, follows: str) -> None:
        """Sample the groups of a complete layer that follows a reset, a layer, other settings.

        Raises:
            NotImplementedError: a machine must say it.
        """
        raise NotImplementedError

    def connect_phase(self) -> None:
        """Listen to the observer."""
        self.observer.ap.connect(self.layer_export)
        self.observer.reset_ap.connect(self.reset_export)

    def take_layer(self, layer: ObservedLayer) -> None:
        """Sample the groups of a complete layer."""
        follows = "reset" if self.before is None else "layer"
        if self.before not in (None, layer.setup):
            follows = "other settings"
        self.before = layer.setup
        self.sample_layer(layer, follows)

    def take_reset(self, reset: ResetSeen) -> None:
        """Sample the resets."""
        self.before = None
        if reset.phase is not None:
            self.groups["reset"].sample(kind=reset.kind, phase=reset.phase)

    def take_withdrawn(self, stream: str) -> None:
        """Sample which stream a reset made withdraw a beat."""
        self.groups["reset"].sample(withdrawn=stream)

    def take_access(self, access: RegisterAccess) -> None:
        """Sample an access, and what it tells of errors and interrupts."""
        self._sample_register(access)
        name = self.names.get(access.address)
        if not access.okay:
            return
        enabled = self.observer.shadow["IRQ_ENABLE"]
        if name == "ERROR" and not access.write:
            self.groups["errors"].sample(
                code=self.map.error_name(access.data),
                interrupt="enabled" if enabled >> self._bit("ERROR") & 1 else "masked",
            )
        elif name == "IRQ_STATUS" and access.write:
            bits = access.data & 3 if access.strobe & 1 else 0
            self.groups["irq"].sample(cleared=("nothing", "done", "error", "both")[bits])
        elif name == "IRQ_STATUS":
            pin = "high" if self.dut.irq.value == 1 else "low"
            for event in EVENTS:
                if access.data >> self._bit(event.upper()) & 1:
                    on = enabled >> self._bit(event.upper()) & 1
                    self.groups["irq"].sample(
                        event=event, mask="enabled" if on else "masked", pin=pin
                    )

    def _bit(self, event: str) -> int:
        return self.map.bit("IRQ_STATUS", event)

    def _sample_register(self, access: RegisterAccess) -> None:
        name = self.names.get(access.address)
        kind = "write" if access.write else "read"
        group = self.groups["registers"]
        if name is None:
            if not access.okay:
                what = "unaligned" if access.address % 4 else "unmapped"
                group.sample(refusal=f"{what} {kind}")
            return
        if not access.okay:
            config = name in self.observer.shadow
            group.sample(
                register=name,
                access="refused",
                refusal="busy write" if config else "read-only write",
            )
            return
        bits = access.data & (3 if access.strobe & 1 else 0)
        entry = self.map.registers.get(name, {"access": "ro"})
        group.sample(
            register=name,
            access=kind,
            strobe=f"{access.strobe:04b}" if access.write and entry["access"] == "config" else None,
            command=("nothing", "start", "soft reset", "both")[bits]
            if access.write and name == "CTRL"
            else None,
        )

    def check_phase(self) -> None:
        """Fail the test if something ignored as impossible was hit."""
        wrong = impossible_hits(export(self.groups.values()))
        if wrong:
            raise CheckFailure(wrong[0])

    def report_phase(self) -> None:
        """Write what was covered; a test that failed does not come here."""
        Path(FILE_NAME).write_text(json.dumps(export(self.groups.values()), indent=1))
