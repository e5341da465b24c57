"""report.html: a campaign for people, one page that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from snn_rtl.mutate.result import BAR, Result, share
from snn_rtl.mutate.verdict import EQUIVALENT, ERROR, KILLED, SURVIVED, TIMEOUT
from snn_rtl.run.page import environment

PAGE: Final = "report.html"

_MOST_PROBLEMS: Final = 20
_MEANINGS: Final = {
    KILLED: "a test failed",
    TIMEOUT: "a test ran out of time",
    EQUIVALENT: "proven to change nothing",
    SURVIVED: "no test noticed",
    ERROR: "no verdict",
}


def write_html(result: Result, out: Path) -> Path:
    """Write report.html into a folder and return its path."""
    problems = result.problems()
    page = (
        environment()
        .get_template("mutate.html.j2")
        .render(
            result=result,
            bar=BAR,
            share=share,
            meanings=_MEANINGS,
            problems=problems[:_MOST_PROBLEMS],
            more_problems=len(problems[_MOST_PROBLEMS:]),
            facts={
                **result.facts,
                "tools": ", ".join(f"{name} {value}" for name, value in result.tools.items()),
            },
        )
    )
    path = out / PAGE
    path.write_text(page, encoding="utf-8")
    return path
