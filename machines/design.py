"""What of a machine can be built: its Verilog, its parameters; its name says where the rest is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from snn_rtl.machines.configuration import Configuration, describe, find_configuration
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.design import Design
from snn_rtl.run.places import ROOT


class MachineDesign:
    """A machine: its Verilog, its parameters, where its environment is."""

    name: ClassVar[str]
    """Of its folders in rtl/ and tb/, of its register map and testplan."""
    title: ClassVar[str]
    """What people call it."""
    configs: ClassVar[Mapping[str, MachineParameters]]
    """Its named configurations, all of one class, by which a machine is known."""

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

    def has_test(self, test: str) -> bool:
        """Return whether there is a UVM test "module.Class"."""
        module, _, name = test.partition(".")
        path = ROOT.joinpath(*self.tests.split(".")[1:], f"{module}.py")
        return path.is_file() and bool(re.search(rf"^class {name}\(", path.read_text(), re.M))

    def configuration(self, name: str, own: Mapping[str, Any] | None = None) -> Configuration:
        """Return a configuration: a named one, or that of a file, with parameters of one's own.

        Raises:
            InputError: there is none of that name, or a parameter cannot be used.
        """
        return find_configuration(self.configs, name, own or {})

    def described(self, config: MachineParameters) -> Configuration:
        """Return some parameters as the nearest configuration, and what differs from it."""
        return describe(self.configs, config)

    def config(self, name: str) -> Any:
        """Return the parameters of a configuration.

        Raises:
            InputError: there is none of that name.
        """
        return self.configuration(name).parameters

    @property
    def small(self) -> Any:
        """Its small configuration."""
        return self.configs["small"]

    @property
    def paper(self) -> Any:
        """Its configuration of the paper's size."""
        return self.configs["paper"]

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
