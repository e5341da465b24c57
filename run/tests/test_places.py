"""Where builds and reports go, in a checkout and in an installed package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.run.places import BUILD, CHECKOUT, OUT, ROOT

_PRINT = (
    "from snn_rtl.run import places as p, provenance\n"
    "print(p.ROOT, p.BUILD, p.OUT, provenance.git_revision(), sep='\\n')"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A folder like site-packages with what an installed package has, in a repository."""
    site = tmp_path / "site"
    package = site / "snn_rtl"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "snn_rtl" / "__init__.py", package)
    for name in ("models", "run"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "theirs"], check=True)
    return package


def _places(package: Path, cwd: Path, **env: str) -> list[str]:
    known = {**os.environ, "PYTHONPATH": str(package.parent), **env}
    done = subprocess.run(
        [sys.executable, "-c", _PRINT],
        cwd=cwd,
        env=known,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_checkout_builds_and_reports_below_its_root() -> None:
    assert CHECKOUT
    assert (ROOT / "pyproject.toml").is_file()
    assert BUILD == OUT == ROOT / "build"


@pytest.mark.parametrize("cache", ["absolute", "relative", ""])
def test_installed_package_writes_into_the_cache_and_the_current_folder(
    package: Path, tmp_path: Path, cache: str
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    work.mkdir()
    given = str(tmp_path / "cache") if cache == "absolute" else cache
    found = _places(package, work, HOME=str(home), XDG_CACHE_HOME=given)
    parent = tmp_path / "cache" if cache == "absolute" else home / ".cache"
    assert found[:3] == [str(package), str(parent / "snn-rtl"), str(work / "build")]


def test_installed_package_has_no_revision_of_a_repository_around_it(
    package: Path, tmp_path: Path
) -> None:
    assert _places(package, tmp_path)[3] == "None"


def test_checkout_without_a_repository_of_its_own_has_no_revision(
    package: Path, tmp_path: Path
) -> None:
    (package / "pyproject.toml").touch()
    assert _places(package, tmp_path)[3] == "None"
