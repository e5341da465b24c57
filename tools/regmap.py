"""Generate register headers and pages from the registers.yaml files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import jinja2

from snn_rtl.machines.register_source import SHARED, designs, load, source_of
from snn_rtl.run.places import ROOT

DESIGNS: Final = designs()
"""Machines, each with a header and a page of its own."""

MAPS: Final = (SHARED, *DESIGNS)
"""Everything that files are generated from: what machines share, and each machine."""


def render(name: str) -> dict[Path, str]:
    """Return the generated files of one map, path to text: a header, and for a machine a page."""
    source = source_of(name)
    register_map: dict[str, Any] = load(source)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "run" / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    # Absent optional keys read as undefined in templates; fields are looped over, so give them.
    for register in register_map["registers"]:
        register.setdefault("fields", [])
        for field in register["fields"]:
            field.setdefault("width", 0)
    values = {"map": register_map, "source": source.relative_to(ROOT).as_posix()}
    header = "snn_machine_regs.vh" if name == SHARED else f"{name}_regs.vh"
    files = {source.with_name(header): environment.get_template("regs.vh.j2").render(values)}
    if name != SHARED:
        page = ROOT / "docs" / "reference" / f"{name}_registers.md"
        files[page] = environment.get_template("regs.md.j2").render(values)
    return files


def main() -> int:
    """Write the generated files of all maps."""
    for name in MAPS:
        for path, text in render(name).items():
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
    return 0
