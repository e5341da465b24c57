"""Things that take long to build, each in a folder whose name is all that it depends on.

Whoever comes first builds; others wait for it. A folder without its mark was left by a build that
failed or was stopped: it is built again.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from snn_rtl.run.places import BUILD

_COMPLETE: Final = "complete"


def key_of(*parts: object) -> str:
    """Return a digest of values, by their text, and of files, by their content."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else repr(part).encode()
        digest.update(b"%d\0" % len(content) + content)
    return digest.hexdigest()[:24]


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an error of the system say where: a full disk is noticed by writes, which name no file.

    Raises:
        OSError: with a path.
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.filename is not None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def kept(folder: Path, make: Callable[[], None], sound: Callable[[], bool] = lambda: True) -> bool:
    """Build something unless it is there.

    Args:
        folder: for it; its name is found nowhere else below build/.
        make: fills the folder, which is there and empty.
        sound: whether what a completed build left is still what it should be.

    Returns:
        Whether it was there.

    Raises:
        OSError: with the path that cannot be written.
    """
    complete = folder / _COMPLETE
    with _naming(folder), _locked(BUILD / "locks" / folder.name):
        if complete.exists() and sound():
            return True
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make()
        complete.touch()
    return False
