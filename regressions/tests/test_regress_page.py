"""The report's page: its links lead somewhere, and in a browser its tables sort and filter."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from snn_rtl.regressions.history import History
from snn_rtl.regressions.page import write_report
from snn_rtl.regressions.result import judge
from snn_rtl.regressions.tests.regress_helpers import WRONG, judged, network, record, session, spec
from snn_rtl.run.tests import browser

needs_browser = pytest.mark.skipif(browser.FOUND is None, reason="there is no Chromium")

NARROW = 420
"""Pixels of a telephone's screen."""


class Links(HTMLParser):
    """Collects what a page refers to, and the names it has."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag's links and name."""
        for key, value in attrs:
            if key in ("href", "src") and value:
                self.targets.append(value)
            if key == "id" and value:
                self.names.add(value)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Return the report of a red session with a bit of everything, the second of its list."""
    write_report(judged(tmp_path, [network(1000)]))
    failures = [WRONG + "expected 2 <b>", WRONG + "expected 3", "checked nothing"]
    records = [
        network(1100, wall_s=30.0),
        record(spec(seed=7), attempts=2),
        *(
            record(spec(name="layers.Shapes", seed=seed), failure=text, log=("last & least",))
            for seed, text in enumerate(failures, start=1)
        ),
    ]
    specs = (*(one.spec for one in records), spec(seed=8))
    made = session(tmp_path, records, specs=specs, started=2000.0)
    run = made.run_folder(records[2].spec) / "run"
    run.mkdir(parents=True)
    (run / "sim.log").write_text("the whole log\n")
    waves = made.run_folder(records[2].spec, waves=True) / "run"
    waves.mkdir(parents=True)
    for name in ("prosperity_top.fst", "prosperity_top.gtkw"):
        (waves / name).write_text("wave")
    return write_report(judge(made, History(tmp_path)))


def test_links_lead_somewhere(page: Path) -> None:
    links = Links()
    links.feed(page.read_text())
    assert any("prosperity_top.fst" in target for target in links.targets)
    assert any(target.startswith("logs/") for target in links.targets)
    for target in links.targets:
        parts = urlparse(target)
        assert not parts.scheme and not parts.netloc, target
        if parts.path:
            assert (page.parent / unquote(parts.path)).is_file(), target
        else:
            assert parts.fragment in links.names, target


def test_the_page_says_it_all(page: Path) -> None:
    text = page.read_text()
    for part in (
        "2 failed: # outputs differ from the model, first at row # column #",
        "1 of 6 runs have no result",
        "last &amp; least",
        "expected 2 &lt;b&gt;",
        "make rerun ID=",
        "+10.00 %",
        "1,000 to 1,100 in 2 sessions",
        "was begun 2 times",
        "conv&lt;2&gt;",
    ):
        assert part in text, part


def test_a_report_is_written_again(page: Path) -> None:
    before = sorted(path.name for path in page.parent.iterdir())
    assert before == ["badge.svg", "index.html", "junit.xml", "logs", "report.json"]
    assert not page.parent.with_suffix(".part").exists()


ROWS = "document.getElementById('{}').closest('section').querySelector('table.data')"
SHOWN = "[...{}.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[{}].textContent.trim())"


async def look(page: Path, folder: Path) -> None:
    """Open the page, sort and filter its table of runs."""
    async with browser.opened(page, folder / "profile") as shown:
        assert await shown.value("document.title") == "some: FAILED"
        table = ROWS.format("runs")
        assert len(await shown.value(SHOWN.format(table, 0))) == 6

        seconds = f"{table}.tHead.rows[0].cells[4]"
        for order in ("ascending", "descending"):
            await shown.value(f"{seconds}.querySelector('button').click()")
            assert await shown.value(f"{seconds}.getAttribute('aria-sort')") == order
            values = await shown.value(SHOWN.format(table, 4))
            numbers = [float(value) for value in values if value]
            assert numbers == sorted(numbers, reverse=order == "descending")
            assert set(numbers) == {2.0, 30.0}

        field = f"{table}.closest('.scroll').previousElementSibling.querySelector('input')"
        for words, count in (("layers.shapes", 3), ("shapes NOTHING", 1), ("zzz", 0), ("", 6)):
            await shown.value(
                f"{field}.value = '{words}'; {field}.dispatchEvent(new Event('input'))"
            )
            assert len(await shown.value(SHOWN.format(table, 0))) == count
        assert await shown.value(f"{field}.nextElementSibling.textContent") == "6 of 6"

        loaded = "[...document.images].every(i => i.complete && i.naturalWidth > 0)"
        assert await shown.value(loaded)
        wide = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        assert await shown.value(wide), "the page scrolls sideways"
        await shown.screenshot(folder / "page.png")
        assert shown.errors == []


@needs_browser
def test_it_opens_in_a_browser(page: Path, tmp_path: Path) -> None:
    asyncio.run(look(page, tmp_path))
    assert (tmp_path / "page.png").stat().st_size > 10_000


async def widths(page: Path, folder: Path) -> tuple[int, list[str]]:
    """Return how wide a page is on a narrow screen, and its testplan's columns that are crushed."""
    async with browser.opened(page, folder / "profile") as shown:
        screen = {"width": NARROW, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await shown.call("Emulation.setDeviceMetricsOverride", **screen)
        crushed = await shown.value(
            "[...document.querySelectorAll('td.text:not(.short)')]"
            ".filter((cell) => cell.offsetParent && cell.offsetWidth < 150)"
            ".map((cell) => cell.textContent)"
        )
        return await shown.value("document.documentElement.scrollWidth"), crushed


@needs_browser
def test_it_fits_a_narrow_screen(page: Path, tmp_path: Path) -> None:
    width, crushed = asyncio.run(widths(page, tmp_path))
    assert width <= NARROW
    assert [text for text in crushed if text] == []


async def complaints(page: Path, folder: Path) -> list[str]:
    """Open a page and return what the browser complains of."""
    async with browser.opened(page, folder / "profile") as shown:
        return shown.errors


@needs_browser
def test_a_broken_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<img src='none.png'><script>missing();</script>")
    found = asyncio.run(complaints(page, tmp_path))
    assert any("missing is not defined" in text for text in found)
    assert any("none.png" in text for text in found)
