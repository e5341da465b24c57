"""What the HTML pages share: templates, and Plotly beside the page, so that it opens from disk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

PLOTLY: Final = "plotly.min.js"


def environment() -> Environment:
    """Return the templates below run/templates/."""
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["thousands"] = lambda value: f"{value:,}"
    found.filters["percent"] = lambda value, digits=1: f"{value:.{digits}%}"
    return found


def write_plotly(out: Path) -> Path:
    """Write plotly.min.js into a folder unless it is there, and return its path."""
    # Imported here: it takes longer than most commands that draw nothing.
    from plotly.offline import get_plotlyjs  # noqa: PLC0415

    path = out / PLOTLY
    source = get_plotlyjs().encode()
    if not path.is_file() or path.stat().st_size != len(source):
        path.write_bytes(source)
    return path
