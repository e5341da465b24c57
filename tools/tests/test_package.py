"""The package: built as a wheel, installed without the checkout, with what it says it needs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import snn_rtl
from snn_rtl.run.places import ROOT

_PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
_LEFT_OUT = re.compile(r"\.md$|^(?!tb/)[^/]+/tests/")
"""Files of the folders that a wheel does not have: pages, and tests of the Python."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy, offline."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns("build", ".venv", ".git", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, folder / "tree", symlinks=True, ignore=ignored)
    command = [*_PIP, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run([*command, str(folder / "tree")], check=True)
    shutil.rmtree(folder / "tree")
    (built,) = folder.glob("*.whl")
    return built


def needs(names: Iterable[str]) -> dict[str, Distribution]:
    """Return installed packages by name, with all that they need in turn."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in found:
            continue
        found[name] = distribution(name)
        for text in found[name].requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return found


def extra(wheel: Path, name: str) -> list[Requirement]:
    """Return what the package needs with an extra, or without any if there is no name."""
    with zipfile.ZipFile(wheel) as archive:
        (file,) = (entry for entry in archive.namelist() if entry.endswith("/METADATA"))
        text = archive.read(file).decode()
    every = [Requirement(line) for line in re.findall(r"^Requires-Dist: (.*)", text, re.M)]
    return [
        requirement
        for requirement in every
        if (requirement.marker is None and not name)
        or (requirement.marker and name and requirement.marker.evaluate({"extra": name}))
    ]


class Environment:
    """A virtual environment that holds the wheel and some packages, and nothing else."""

    def __init__(self, folder: Path, wheel: Path, packages: Iterable[str]) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
        self.python = folder / "env" / "bin" / "python"
        pip = [*_PIP, "--python", str(self.python), "install", "-q", "--no-deps", "--no-index"]
        subprocess.run([*pip, str(wheel)], check=True)
        (self.site,) = (folder / "env" / "lib").glob("python*/site-packages")
        for package in needs(packages).values():
            for file in package.files or ():
                top = file.parts[0]
                if top not in ("..", "__pycache__") and not (self.site / top).exists():
                    (self.site / top).symlink_to(Path(str(package.locate_file(top))))
        (folder / "work").mkdir()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment, from a folder of its own."""
        env = {
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
        }
        return subprocess.run(
            command,
            cwd=self.folder / "work",
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    def evaluate(self, script: str) -> str:
        """Return what a script prints."""
        done = self.run(str(self.python), "-c", script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files(self) -> set[str]:
        """Return the package's files, without Python's caches."""
        package = self.site / "snn_rtl"
        return {str(path) for path in package.rglob("*") if "__pycache__" not in path.parts}


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel with what it needs without an extra."""
    packages = [requirement.name for requirement in extra(wheel, "")]
    return Environment(tmp_path_factory.mktemp("plain"), wheel, packages)


def test_wheel_has_every_file_of_the_folders(wheel: Path) -> None:
    links = {path.name for path in (ROOT / "snn_rtl").iterdir() if path.is_symlink()}
    listed = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, check=True)
    tracked = listed.stdout.decode().splitlines()
    expected = {
        f"snn_rtl/{name}"
        for name in tracked
        if name.split("/")[0] in links and not _LEFT_OUT.search(name) and (ROOT / name).is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        found = set(archive.namelist())
        top = archive.read("snn_rtl/rtl/prosperity/prosperity_top.v")
    assert expected <= found
    assert top == (ROOT / "rtl" / "prosperity" / "prosperity_top.v").read_bytes()
    assert not [name for name in found if _LEFT_OUT.search(name.removeprefix("snn_rtl/"))]


def test_wheel_needs_numpy_alone_and_offers_extras(wheel: Path) -> None:
    assert [requirement.name for requirement in extra(wheel, "")] == ["numpy"]
    for name in ("sim", "flow", "export", "nir"):
        assert extra(wheel, name)


def test_pins_are_within_the_ranges(wheel: Path) -> None:
    text = (ROOT / "requirements.txt").read_text()
    pins = {canonicalize_name(n): v for n, v in re.findall(r"^([\w.-]+)==(\S+)$", text, re.M)}
    for requirement in [*extra(wheel, ""), *extra(wheel, "sim"), *extra(wheel, "flow")]:
        if requirement.name != "snn-rtl":
            assert requirement.specifier, f"{requirement.name} has no range"
            assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_import_needs_numpy_alone(plain: Environment) -> None:
    script = (
        "import snn_rtl, sys\n"
        "early = [m for m in sys.modules if m.startswith(('numpy', 'snn_rtl.'))]\n"
        "for name in set(snn_rtl.__all__) - {'simulate'}: getattr(snn_rtl, name)\n"
        "tops = {m.split('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(early, sorted(t for t in tops if not t.startswith('_')), snn_rtl.__file__)"
    )
    expected = f"[] ['numpy', 'snn_rtl'] {plain.site / 'snn_rtl' / '__init__.py'}\n"
    assert plain.evaluate(script) == expected


def test_three_lines_give_densities_and_cycles(plain: Environment) -> None:
    script = (
        "import snn_rtl\n"
        "w = snn_rtl.load(snn_rtl.bundled('prosperity'))\n"
        "e = snn_rtl.estimate(w, images=1); "
        "print(e.cycles, f'{e.bit_density:.6f} {e.product_density:.6f}')"
    )
    assert plain.evaluate(script) == "24132 0.120828 0.048539\n"


def test_lines_of_the_readme_run(plain: Environment) -> None:
    (lines,) = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    assert plain.evaluate(lines).splitlines()[-1].startswith("total ")


def test_plain_matrix_gives_the_same_installed_as_here(plain: Environment) -> None:
    spikes = np.random.default_rng(4).random((96, 64)) < 0.25
    for design in ("prosperity", "loas"):
        here = snn_rtl.estimate(snn_rtl.Workload.from_matrix(spikes, time_steps=4), design)
        script = (
            "import numpy, snn_rtl\n"
            "spikes = numpy.random.default_rng(4).random((96, 64)) < 0.25\n"
            "w = snn_rtl.Workload.from_matrix(spikes, time_steps=4)\n"
            f"print(snn_rtl.estimate(w, {design!r}))"
        )
        assert plain.evaluate(script) == f"{here}\n"


def test_simulate_without_its_extra_says_so(plain: Environment) -> None:
    script = "import snn_rtl\ntry: snn_rtl.simulate\nexcept ImportError as error: print(error)"
    line = r'simulate needs \w+: pip install "snn-rtl\[sim\]"\n'
    assert re.fullmatch(line, plain.evaluate(script))


def test_command_without_its_extra_says_so(plain: Environment) -> None:
    done = plain.run("snn-rtl", "sim")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r'snn-rtl: \w+ is not installed: pip install "snn-rtl\[sim\]"\n', done.stderr
    )


@pytest.mark.sim
def test_sim_runs_with_its_extra(wheel: Path, tmp_path: Path) -> None:
    packages = [r.name for r in [*extra(wheel, ""), *extra(wheel, "sim")]]
    installed = Environment(tmp_path, wheel, packages)
    before = installed.files()
    done = installed.run(
        *("snn-rtl", "sim", "--config=small", "--sim=icarus", "--images=1", "--layers=fc")
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.rstrip().endswith("passed")
    assert (tmp_path / "work" / "build" / "out" / "report.json").is_file()
    assert list((tmp_path / "home" / ".cache" / "snn-rtl" / "sim").iterdir())
    assert installed.files() == before
    page = (ROOT / "docs" / "user" / "python.md").read_text()
    ((script, shown),) = re.findall(
        r"^```python\n(import .*?)^```\n\n```text\n(.*?)^```$", page, re.M | re.S
    )
    assert installed.evaluate(script) == shown
    assert (tmp_path / "work" / "mine" / "report.html").is_file()
    assert installed.files() == before
    done = installed.run("snn-rtl", "regress")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(
        r'regress: \w+ is not installed: pip install "snn-rtl\[flow\]"\n', done.stderr
    )
