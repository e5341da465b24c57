"""The coverage layer: bins, crosses, ignored bins, merging."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.tb.common import coverage
from snn_rtl.tb.common.coverage import CoverGroup, Cross, Point


def group(
    reason: str = "red is never big", sizes: tuple[str, ...] = ("big", "small")
) -> CoverGroup:
    return CoverGroup(
        "test_shapes_cg",
        "shapes",
        [Point("colour", ("red", "blue")), Point("size", sizes), Point("corner", ("3", "4", "9"),
                                                                       {"9": "no such shape"})],
        [Cross("both", ("colour", "size"), {("red", "big"): reason})],
    )  # fmt: skip


def test_samples_hit_bins_and_crosses() -> None:
    g = group()
    g.sample(colour="red", size="small", corner=("3", "4"))
    g.sample(colour="blue")
    g.sample(colour=("red", "blue"), size="small")
    content = g.to_dict()
    assert content["points"]["colour"]["bins"] == {"red": 2, "blue": 2}
    assert content["points"]["corner"]["bins"] == {"3": 1, "4": 1}
    assert content["crosses"]["both"]["bins"] == {
        "red x small": 2,
        "blue x big": 0,
        "blue x small": 1,
    }
    exported = coverage.export([g])
    assert coverage.totals(exported) == {"test_shapes_cg": (7, 9)}
    assert coverage.holes(exported) == [
        "test_shapes_cg.size: big",
        "test_shapes_cg.both: blue x big",
    ]
    assert not coverage.impossible_hits(exported)


def test_a_new_group_starts_at_zero() -> None:
    group().sample(colour="red")
    assert group().to_dict()["points"]["colour"]["bins"] == {"red": 0, "blue": 0}


def test_unknown_bins_and_points_are_refused() -> None:
    with pytest.raises(KeyError, match="colour has no bin 'green'"):
        group().sample(colour="green")
    with pytest.raises(KeyError, match="weight"):
        group().sample(weight="1")


def test_hits_of_ignored_bins_are_found() -> None:
    g = group()
    g.sample(colour="red", size="big", corner="9")
    assert coverage.impossible_hits(coverage.export([g])) == [
        "test_shapes_cg.corner: 9 was hit, but is ignored: no such shape",
        "test_shapes_cg.both: red x big was hit, but is ignored: red is never big",
    ]


def test_merge_adds_up() -> None:
    parts = []
    for _ in range(3):
        g = group()
        g.sample(colour="red", size="small")
        parts.append(json.loads(json.dumps(coverage.export([g]))))
    merged = coverage.merge(parts)
    assert merged["groups"]["test_shapes_cg"]["points"]["colour"]["bins"] == {"red": 3, "blue": 0}
    assert merged["groups"]["test_shapes_cg"]["crosses"]["both"]["bins"]["red x small"] == 3
    assert parts[0]["groups"]["test_shapes_cg"]["points"]["colour"]["bins"]["red"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"reason": "another"},
        {"sizes": ("big", "small", "tiny")},
        {"sizes": ("small", "big")},
    ],
)
def test_merge_refuses_other_shapes(other: dict[str, Any]) -> None:
    shapes = coverage.export([group()])
    with pytest.raises(InputError, match="different shapes"):
        coverage.merge([shapes, coverage.export([group(**other)])])


def test_merge_refuses_nothing_and_other_schemas() -> None:
    with pytest.raises(InputError, match="no coverage"):
        coverage.merge([])
    with pytest.raises(InputError, match="schema"):
        coverage.merge([{"schema": "x"}])


def test_load_refuses_what_is_no_coverage(tmp_path: Path) -> None:
    path = tmp_path / coverage.FILE_NAME
    for text in ("{", "[]", '{"schema": "x"}'):
        path.write_text(text)
        with pytest.raises(InputError):
            coverage.load(path)
    with pytest.raises(InputError):
        coverage.load(tmp_path / "absent")
    path.write_text(json.dumps(coverage.export([group()])))
    assert coverage.load(path)["groups"].keys() == {"test_shapes_cg"}
