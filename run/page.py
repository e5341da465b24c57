"""What the HTML pages share: templates, and Plotly beside a page, so that it opens from disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from snn_rtl.run.plots import Plot
from snn_rtl.run.report import write_file

PLOTLY: Final = "plotly.min.js"


def render(template: str, plots: Sequence[Plot] = (), **values: Any) -> str:
    """Return a page.

    Args:
        template: a file below run/templates/, which extends base.html.j2.
        plots: what is drawn in it.
        values: what else the template takes.

    Raises:
        UndefinedError: it takes more.
    """
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["thousands"] = lambda value: f"{value:,}"
    templates.filters["percent"] = lambda value, digits=1: f"{value:.{digits}%}"
    # Globals, so that the macros of imported templates have them too.
    templates.globals |= {"plotly": PLOTLY, "figures": [asdict(plot) for plot in plots]}
    return templates.get_template(template).render(plots=plots, **values)


def write_page(path: Path, page: str) -> Path:
    """Write a page, Plotly beside it if it has plots, and return its path.

    Raises:
        OSError: it cannot be written.
    """
    if f'src="{PLOTLY}"' in page:
        # Imported here: it takes longer than most commands that draw nothing.
        from plotly.offline import get_plotlyjs  # noqa: PLC0415

        source = get_plotlyjs().encode()
        beside = path.with_name(PLOTLY)
        if not beside.is_file() or beside.stat().st_size != len(source):
            write_file(beside, source)
    return write_file(path, page)
