"""report.html: a campaign for people, one page that needs no network."""

from __future__ import annotations

from typing import Final

from snn_rtl.mutate.result import BAR, Result, share
from snn_rtl.mutate.verdict import EQUIVALENT, ERROR, KILLED, SURVIVED, TIMEOUT
from snn_rtl.run import page

PAGE: Final = "report.html"

_MEANINGS: Final = {
    KILLED: "a test failed",
    TIMEOUT: "a test ran out of time",
    EQUIVALENT: "proven to change nothing",
    SURVIVED: "no test noticed",
    ERROR: "no verdict",
}


def render(result: Result) -> str:
    """Return the page."""
    return page.render(
        "mutate.html.j2",
        result=result,
        bar=BAR,
        share=share,
        meanings=_MEANINGS,
        problems=result.problems(),
        facts={
            **result.facts,
            "tools": ", ".join(f"{name} {value}" for name, value in result.tools.items()),
        },
    )
