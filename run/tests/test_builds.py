"""Builds: made once, whoever wants them; again where something is missing."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from snn_rtl.run import builds
from snn_rtl.run.builds import kept, key_of
from snn_rtl.run.jobs import run_jobs
from snn_rtl.run.store import Store


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builds, "BUILD", tmp_path)


def test_built_once(tmp_path: Path) -> None:
    folder, made = tmp_path / "thing", threading.Semaphore(0)

    def make() -> None:
        made.release()
        (folder / "a").write_text("a")

    found = dict(run_jobs(lambda _: kept(folder, make), range(8), jobs=8, threads=True))
    assert sorted(found.values()) == [False] + 7 * [True]
    assert made.acquire(blocking=False)
    assert not made.acquire(blocking=False)
    assert (folder / "a").read_text() == "a"


@pytest.mark.parametrize("left", ["failed", "killed", "damaged"])
def test_built_again(left: str, tmp_path: Path) -> None:
    folder = tmp_path / "thing"
    file = folder / "a"

    def fail() -> None:
        (folder / "part").touch()
        raise ValueError

    if left == "failed":
        with pytest.raises(ValueError):
            kept(folder, fail)
        assert (folder / "part").exists(), "its logs can be read"
    elif left == "killed":
        folder.mkdir()
        (folder / "part").touch()
    else:
        kept(folder, (folder / "part").touch, file.exists)
    assert not kept(folder, file.touch, file.exists)
    assert file.exists()
    assert not (folder / "part").exists()
    assert kept(folder, fail, file.exists)


def test_key(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("one")
    keys = [key_of(file, "a", 1), key_of(file, "a1"), key_of("a", file, 1)]
    file.write_text("two")
    keys.append(key_of(file, "a", 1))
    assert len(set(keys)) == 4
    assert keys[-1] == key_of(file, "a", 1)


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match=r"No space left on device: '.*/thing'"):
        kept(tmp_path / "thing", full)
    monkeypatch.setattr(Path, "write_bytes", lambda *_: full())
    with pytest.raises(OSError, match=r"No space left on device: '.*key\.json'"):
        Store(tmp_path).write("key", 1)

    def late() -> None:
        raise TimeoutError("late")

    with pytest.raises(TimeoutError, match=r"^late$"):
        kept(tmp_path / "other", late)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file"):
        kept(tmp_path / "file" / "thing", full)
