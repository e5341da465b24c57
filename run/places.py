"""Where things are: the project's own files, what it builds, what it reports.

In a checkout all is below its root. Installed, the package's own folder is read and never written
to: builds go to the user's cache, reports below the current folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
"""Folder of rtl/, tb/, models/ and so on: a checkout's root, or the installed package."""

CHECKOUT: Final = (ROOT / "pyproject.toml").is_file()
"""Whether this is a checkout; a package is installed without the project's file."""


def _cache() -> Path:
    """Return the user's folder for what can be built again."""
    given = Path(os.environ.get("XDG_CACHE_HOME", ""))
    # A relative path counts as none, by the XDG base directory specification.
    return (given if given.is_absolute() else Path.home() / ".cache") / "snn-rtl"


BUILD: Final = ROOT / "build" if CHECKOUT else _cache()
"""Folder of builds, caches and runs."""

OUT: Final = BUILD if CHECKOUT else Path.cwd() / "build"
"""Folder below which the commands leave their reports unless told otherwise."""


def from_root(path: Path) -> str:
    """Return a path as another machine, or a program that is run in ROOT, understands it."""
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()
