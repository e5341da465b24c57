"""Results on disk: what is damaged is not there, and writers do not meet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snn_rtl.run.store import Store

CONTENT = {"cycles": [1, 2.5, None], "name": "fifo"}


def test_kept_and_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "new" / "folder")
    assert store.read("a") is None
    store.write("a", CONTENT)
    store.write("a.b", 0)
    assert store.read("a") == CONTENT
    assert store.read("a.b") == 0
    assert sorted(path.name for path in store.folder.iterdir()) == ["a.b.json", "a.json"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-4],
        lambda text: text.replace("2.5", "2.6"),
        lambda text: "[]",
        lambda text: "7",
        lambda text: '{"result": 1}',
        lambda text: "\0\xff",
        lambda text: "[" * 100_000,
    ],
)
def test_damaged_is_not_there(damage: Callable[[str], str], tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("a", CONTENT)
    path = tmp_path / "a.json"
    path.write_text(damage(path.read_text()))
    assert store.read("a") is None


def test_of_another_name_is_not_there(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.write("a", CONTENT)
    (tmp_path / "a.json").rename(tmp_path / "b.json")
    assert store.read("b") is None


def test_threads_write_the_same_name(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.write("a", CONTENT), range(200)))
    assert store.read("a") == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
