"""Read a design's testplan and generate its page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hjson
import jinja2

from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.run.places import ROOT

STAGES: Final = ("V1", "V2", "V2S", "V3")
PARTS: Final = ("**Stimulus**", "**Checks**")
"""What every testpoint's desc must have, after its goal."""


@dataclass(frozen=True, kw_only=True)
class Testpoint:
    """One thing to verify (OpenTitan's schema).

    Attributes:
        name: of the testpoint.
        desc: goal, stimulus and checks.
        stage: V1, V2, V2S or V3.
        tests: names of tests.
        tags: the feature, then limits.
    """

    name: str
    desc: str
    stage: str
    tests: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def feature(self) -> str:
        """The feature that the testpoint belongs to."""
        return self.tags[0]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A design's testpoints and covergroups (name to desc); title is what people call it."""

    name: str
    testpoints: tuple[Testpoint, ...]
    covergroups: dict[str, str]
    title: str = ""

    def tests(self, tag: str = "") -> set[str]:
        """Return the tests of all testpoints, or of those with a tag."""
        return {t for p in self.testpoints if not tag or tag in p.tags for t in p.tests}

    @property
    def features(self) -> dict[str, list[Testpoint]]:
        """Feature to its testpoints, in the order of the plan."""
        result: dict[str, list[Testpoint]] = {}
        for point in self.testpoints:
            result.setdefault(point.feature, []).append(point)
        return result


def source_of(design: str) -> Path:
    """Return the file of a design's testplan."""
    return ROOT / "tb" / design / "testplan.hjson"


def _unindent(text: str) -> str:
    """Return a desc without the indentation of its lines in the file."""
    return "\n".join(line.strip() for line in text.split("\n"))


def _read(path: Path) -> list[dict[str, Any]]:
    """Return a testplan as it is written, and behind it those that it imports."""
    raw = hjson.loads(path.read_text())
    imported = [path.parent / other for other in raw.get("import_testplans", ())]
    return [raw, *(plan for other in imported for plan in _read(other))]


def load(path: Path) -> Plan:
    """Read a testplan, its own testpoints first, then those of the plans it imports.

    Raises:
        InputError: it is no Hjson, lacks a field, names something twice, or has an unknown stage.
    """
    try:
        plans = _read(path)
        name = str(plans[0]["name"])
        points = tuple(
            Testpoint(
                name=p["name"],
                desc=_unindent(p["desc"]).strip(),
                stage=p["stage"],
                tests=tuple(p["tests"]),
                tags=tuple(p["tags"]),
            )
            for raw in plans
            for p in raw["testpoints"]
        )
        groups = [
            (g["name"].replace("{name}", name), " ".join(g["desc"].split()))
            for raw in plans
            for g in raw["covergroups"]
        ]
        title = str(plans[0].get("title", name))
    except (OSError, KeyError, hjson.HjsonDecodeError) as error:
        raise InputError(f"{path}: {type(error).__name__}: {error}") from None
    names = [p.name for p in points] + [g for g, _ in groups]
    for what in names:
        if names.count(what) > 1:
            raise InputError(f"{path}: {what} is there twice")
    for point in points:
        if point.stage not in STAGES or not point.tests or not point.tags:
            raise InputError(f"{path}: {point.name} needs a stage of {STAGES}, tests and tags")
    return Plan(name=name, title=title, testpoints=points, covergroups=dict(groups))


def render(design: str) -> dict[Path, str]:
    """Return the generated page of a design's testplan, path to text."""
    source = source_of(design)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "run" / "templates"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
    )
    text = environment.get_template("testplan.md.j2").render(
        plan=load(source), source=source.relative_to(ROOT).as_posix()
    )
    return {ROOT / "docs" / "reference" / MACHINES[design].testplan_page: text}


def main() -> int:
    """Write the pages of all designs."""
    for design in MACHINES:
        for path, text in render(design).items():
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
    return 0
