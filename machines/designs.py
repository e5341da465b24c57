"""The machines, one entry each; what an entry does not say follows from the name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from snn_rtl.machines.configuration import Configuration, find_configuration
from snn_rtl.models.loas.config import CONFIGS as LOAS_CONFIGS
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.models.prosperity.config import CONFIGS as PROSPERITY_CONFIGS
from snn_rtl.run.design import Design


@dataclass(frozen=True, kw_only=True)
class MachineDesign:
    """A machine: its Verilog, its parameters, its environment.

    Attributes:
        name: of its folders in rtl/ and tb/, of its register map and testplan.
        title: what people call it.
        configs: its named configurations, all of one class, by which a machine is known.
    """

    name: str
    title: str
    configs: Mapping[str, MachineParameters]

    @property
    def parameters(self) -> type[MachineParameters]:
        """Class of its configurations."""
        return type(self.configs["paper"])

    @property
    def top(self) -> str:
        """Its Verilog module."""
        return f"{self.name}_top"

    @property
    def source(self) -> str:
        """The file that declares the top's ports, below the project's root."""
        return f"rtl/{self.name}/{self.top}.v"

    @property
    def file_list(self) -> str:
        """The .f file, below the project's root."""
        return f"rtl/{self.name}/{self.name}.f"

    @property
    def tests(self) -> str:
        """Package of its UVM tests."""
        return f"snn_rtl.tb.{self.name}.tests"

    @property
    def workload_test(self) -> str:
        """Module that runs a workload on it."""
        return f"snn_rtl.tb.{self.name}.run_workload"

    def configuration(self, name: str, own: Mapping[str, Any] | None = None) -> Configuration:
        """Return a configuration: a named one, or that of a file, with parameters of one's own.

        Raises:
            InputError: there is none of that name, or a parameter cannot be used.
        """
        return find_configuration(self.configs, name, own or {})

    def config(self, name: str) -> Any:
        """Return the parameters of a configuration.

        Raises:
            InputError: there is none of that name.
        """
        return self.configuration(name).parameters

    def build(self, config: MachineParameters) -> Design:
        """Return what to build for some parameters."""
        return Design(
            top=self.top, file_list=self.file_list, parameters=config.verilog_parameters()
        )

    def played(self, config: MachineParameters) -> Design:
        """Return what to build to run workloads: the machine between players and a recorder."""
        sizes = ", ".join(f".{name}({v})" for name, v in config.verilog_parameters().items())
        return Design(
            top="snn_played_machine",
            file_list=self.file_list,
            parameters=dict(
                zip(("SPIKE_W", "WEIGHT_W", "OUT_W"), config.stream_widths, strict=True)
            ),
            bench="tb/common/players/players.f",
            defines={"MACHINE": self.top, "MACHINE_SIZES": f"#({sizes})"},
        )


DESIGNS: Final = {
    design.name: design
    for design in (
        MachineDesign(name="prosperity", title="Prosperity", configs=PROSPERITY_CONFIGS),
        MachineDesign(name="loas", title="LoAS", configs=LOAS_CONFIGS),
    )
}


def design_of(config: MachineParameters) -> MachineDesign:
    """Return the machine whose parameters these are."""
    return next(design for design in DESIGNS.values() if type(config) is design.parameters)
