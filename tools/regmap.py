"""Generate a design's register header and documentation page from its registers.yaml."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import jinja2
import yaml

ROOT: Final = Path(__file__).resolve().parent.parent
DESIGNS: Final = ("prosperity",)


def render(design: str) -> dict[Path, str]:
    """Return the generated files of one design, path to text."""
    source = ROOT / "rtl" / design / "registers.yaml"
    register_map: dict[str, Any] = yaml.safe_load(source.read_text())
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "tools" / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    # Absent optional keys read as undefined in templates; fields are looped over, so give them.
    for register in register_map["registers"]:
        register.setdefault("fields", [])
        for field in register["fields"]:
            field.setdefault("width", 0)
    values = {"map": register_map, "source": source.relative_to(ROOT).as_posix()}
    return {
        ROOT / "rtl" / design / f"{design}_regs.vh": environment.get_template("regs.vh.j2").render(
            values
        ),
        ROOT / "docs" / "reference" / f"{design}_registers.md": environment.get_template(
            "regs.md.j2"
        ).render(values),
    }


def main() -> int:
    """Write the generated files of all designs."""
    for design in DESIGNS:
        for path, text in render(design).items():
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
