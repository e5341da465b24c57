"""The RTL as files: what a simulator or a synthesis tool is given of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from snn_rtl.models.errors import InputError
from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT


@dataclass(frozen=True, kw_only=True)
class RtlSources:
    """A machine's Verilog.

    Attributes:
        top: its module.
        file_list: the list that names the sources, relative to itself.
        sources: all files of the machine.
        include_folders: where `include` finds its headers.
    """

    top: str
    file_list: Path
    sources: tuple[Path, ...]
    include_folders: tuple[Path, ...]

    @property
    def words(self) -> list[str]:
        """Include folders and sources as Verilator, Icarus and yosys' read_verilog take them."""
        return [*(f"-I{folder}" for folder in self.include_folders), *map(str, self.sources)]


def rtl_sources(design: str) -> RtlSources:
    """Return a machine's Verilog.

    Args:
        design: the machine's name, such as "prosperity".

    Raises:
        InputError: there is no machine of that name.
    """
    lists = {path.stem: path for path in sorted((ROOT / "rtl").glob("*/*.f"))}
    if design not in lists:
        raise InputError(f"unknown design {design!r}: choose from {', '.join(lists)}")
    sources, includes = read_file_list(lists[design])
    return RtlSources(
        top=f"{design}_top",
        file_list=lists[design],
        sources=tuple(sources),
        include_folders=tuple(includes),
    )
