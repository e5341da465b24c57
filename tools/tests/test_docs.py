"""The pages under docs/ agree with what they describe."""

from __future__ import annotations

import doctest
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.regressions import testplan
from snn_rtl.tools.lint.links import broken_links, local_links
from snn_rtl.tools.regmap import MAPS, render

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = DOCS / "reference" / "modules"
CATALOGUE = PAGES / "README.md"
FOLDERS = ("common", "loas", "prosperity")
SOURCES = sorted(path for name in FOLDERS for path in ROOT.glob(f"rtl/{name}/*.v"))
TEXTS = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]

_ROW = re.compile(r"^\| `(\w+)` \|(.*)\|$", re.MULTILINE)
_PARAMETER = re.compile(r"^\s*parameter\s+(?:\[[^\]]*\]\s*)?(\w+)\s*=\s*(.*?),?\s*$", re.MULTILINE)
_INSTANCE = re.compile(r"^ *(\w+) +(?:#\(|u_\w+ \()", re.MULTILINE)
_PORT = re.compile(
    r"^\s*(input|output|inout)\s+(?:wire|reg)?\s*(?:signed\s+)?(?:\[([^\]]*):0\])?\s*(\w+),?\s*$",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Interface:
    """Parameters as name to default; ports as name to direction and width."""

    parameters: dict[str, str]
    ports: dict[str, tuple[str, str]]


def _width(top_bit: str) -> str:
    """Return the width of [top_bit:0] as the pages write it."""
    if not top_bit:
        return "1"
    if top_bit.isdigit():
        return str(int(top_bit) + 1)
    return top_bit.removesuffix("-1") if top_bit.endswith("-1") else f"{top_bit}+1"


@cache
def interface_of(source: Path) -> Interface:
    """Return what a module declares."""
    text = re.sub(r"//.*", "", source.read_text())
    found = re.search(rf"^module {source.stem}\b(.*?)\);", text, re.MULTILINE | re.DOTALL)
    assert found, f"{source} holds no module of its name"
    head = found[1]
    ports = {name: (kind, _width(top)) for kind, top, name in _PORT.findall(head)}
    declared = len(re.findall(r"\b(?:input|output|inout)\b", head))
    assert len(ports) == declared, f"{source}: {declared} ports, {len(ports)} understood"
    parameters = dict(_PARAMETER.findall(head))
    declared = len(re.findall(r"\bparameter\b", head))
    assert len(parameters) == declared, f"{source}: {declared} parameters"
    return Interface(parameters, ports)


def _section(page: Path, title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page.read_text(), re.MULTILINE | re.DOTALL)
    assert found, f"{page.name} has no section {title!r}"
    return found[1]


def _table(page: Path, title: str) -> dict[str, list[str]]:
    """Return the rows of a section's table by the name in their first cell."""
    rows = _ROW.findall(_section(page, title))
    twice = [name for name, count in Counter(name for name, _ in rows).items() if count > 1]
    assert not twice, f"{page.name}: rows given twice: {twice}"
    return {name: [cell.strip() for cell in cells.split(" | ")] for name, cells in rows}


def test_modules_are_found() -> None:
    assert len(SOURCES) > 10
    assert {path.parent.name for path in SOURCES} == set(FOLDERS)


def test_every_module_has_a_page_and_every_page_a_module() -> None:
    pages = {path.stem for path in PAGES.glob("*.md")} - {CATALOGUE.stem}
    assert pages == {path.stem for path in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_page_gives_parameters_and_ports(source: Path) -> None:
    page = PAGES / f"{source.stem}.md"
    assert page.read_text().startswith(f"# {source.stem}\n")
    interface = interface_of(source)

    assert "```" in page.read_text(), "no drawing"
    for title in ("Timing", "Why it is built so"):
        assert _section(page, title).strip()

    if interface.parameters:
        rows = _table(page, "Parameters")
        assert {name: cells[0] for name, cells in rows.items()} == {
            name: f"`{default}`" for name, default in interface.parameters.items()
        }
        assert all(len(cells) == 3 and all(cells) for cells in rows.values())
    else:
        assert _section(page, "Parameters").strip() == "None."

    rows = _table(page, "Ports")
    assert {name: tuple(cells[:2]) for name, cells in rows.items()} == {
        name: (kind, f"`{width}`") for name, (kind, width) in interface.ports.items()
    }
    assert all(len(cells) == 3 and all(cells) for cells in rows.values())


def test_catalogue_names_every_module() -> None:
    rows = re.findall(r"^\| \[(\w+)\]\((\w+)\.md\) \| .+ \|$", CATALOGUE.read_text(), re.MULTILINE)
    assert all(name == target for name, target in rows)
    assert sorted(name for name, _ in rows) == sorted(path.stem for path in SOURCES)


def _hierarchy(module: str, depth: int = 0) -> Iterator[str]:
    """Yield a module and what it instantiates, indented."""
    yield "  " * depth + module
    sources = {path.stem: path for path in SOURCES}
    for name in sorted(set(_INSTANCE.findall(sources[module].read_text())) & set(sources)):
        yield from _hierarchy(name, depth + 1)


def test_catalogue_draws_the_hierarchy() -> None:
    trees = ("\n".join(_hierarchy(top)) for top in ("prosperity_top", "loas_top"))
    assert _section(CATALOGUE, "Hierarchy").strip() == "```text\n{}\n\n{}\n```".format(*trees)


@pytest.mark.parametrize("page", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert broken_links(page, ROOT) == []


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.is_relative_to(DOCS):
            continue
        reached.add(page)
        waiting += [
            (page.parent / link.partition("#")[0]).resolve()
            for link in local_links(page)
            if not link.startswith("#")
        ]
    assert reached == set(DOCS.rglob("*.md"))


@pytest.mark.parametrize("name", MAPS)
def test_generated_register_files_are_up_to_date(name: str) -> None:
    files = render(name)
    assert files
    for path, text in files.items():
        assert path.read_text() == text, f"{path.relative_to(ROOT)} is old: run `make regmap`"


@pytest.mark.parametrize("design", MACHINES)
def test_generated_testplan_page_is_up_to_date(design: str) -> None:
    for path, text in testplan.render(design).items():
        assert path.read_text() == text, f"{path.relative_to(ROOT)} is old: run `make docs`"


EXAMPLES = [path for path in TEXTS if re.search(r"^>>> ", path.read_text(), re.MULTILINE)]


def test_examples_are_found() -> None:
    names = {path.name for path in EXAMPLES}
    assert names >= {"streams.md", "loas_streams.md", "workload_format.md"}


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda path: path.stem)
def test_examples_give_what_the_page_shows(page: Path) -> None:
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.attempted
    assert not result.failed
