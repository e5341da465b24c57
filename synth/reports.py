"""Reports of `make synth`, for pages that set area and clock beside cycles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.models.parameters import MachineParameters
from snn_rtl.run.places import BUILD
from snn_rtl.run.provenance import rtl_digest
from snn_rtl.run.records import read_json
from snn_rtl.run.report import REPORT
from snn_rtl.synth.report import SCHEMA

FOLDER: Final = BUILD / "synth"


@dataclass(frozen=True, kw_only=True)
class SynthReport:
    """What a synthesis found of a machine.

    Attributes:
        parameters: of its top.
        cells_um2: area of its standard cells, memories left out.
        memory_bits: of its memories.
        path_ns: longest path.
    """

    parameters: Mapping[str, int]
    cells_um2: float
    memory_bits: int
    path_ns: float


@dataclass(frozen=True, kw_only=True)
class SynthReports:
    """The reports at hand.

    Attributes:
        found: those that can be used.
        refused: why the others cannot, by name of their folder.
    """

    found: tuple[SynthReport, ...]
    refused: Mapping[str, str]

    def of(self, config: MachineParameters) -> SynthReport | None:
        """Return the report of a machine, if there is one."""
        parameters = config.verilog_parameters()
        return next((report for report in self.found if report.parameters == parameters), None)


class _Summary(msgspec.Struct, frozen=True, kw_only=True):
    area_um2: float
    memory_bits: int
    path_ns: float


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    passed: bool
    rtl: str
    parameters: dict[str, int]
    summary: _Summary


def _read(report: _Report, rtl: str) -> SynthReport | str:
    """Return what a report says, or why it is not used."""
    if report.schema != SCHEMA:
        return f"it is not of schema {SCHEMA}"
    if not report.passed:
        return "the synthesis failed"
    if report.rtl != rtl:
        return "it is of other sources"
    return SynthReport(
        parameters=report.parameters,
        cells_um2=report.summary.area_um2,
        memory_bits=report.summary.memory_bits,
        path_ns=report.summary.path_ns,
    )


def read_reports(design: str, folder: Path = FOLDER) -> SynthReports:
    """Return the reports of whole machines below a folder, those of the RTL as it is now.

    Args:
        design: the machine.
        folder: that the folders of the reports are in.
    """
    machine = MACHINES[design]
    rtl = rtl_digest(machine.file_list)
    # Reports of one module have its name behind the configuration's.
    names = [f"{design}-{config}" for config in machine.configs]
    found: list[SynthReport] = []
    refused: dict[str, str] = {}
    for name in names:
        path = folder / name / REPORT
        if not path.is_file():
            continue
        try:
            report = _read(read_json(path, _Report), rtl)
        except InputError:
            report = "it is damaged, or older than this page"
        if isinstance(report, str):
            refused[name] = report
        else:
            found.append(report)
    return SynthReports(found=tuple(found), refused=refused)
