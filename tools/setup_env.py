"""Makes .venv from requirements.txt, and again when that file has changed; adds the project to it.

Standard library only, run by the system's Python::

    python3 tools/setup_env.py [--extra NAME]

A stamp in .venv names what was installed. It is written last, so that an interrupted set-up is
done again, and holds the folder's own path, since a virtual environment cannot be moved.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOG_LINES = 5


class SetupError(Exception):
    """The environment cannot be made; the message is one line."""


def say(text: str) -> None:
    """Print a line that says what is being done."""
    print(f"setup: {text}", flush=True)


def digest(*parts: str) -> str:
    """Return a short hash of the given texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def base_python() -> str:
    """Return the interpreter behind this one, if this one is itself in a virtual environment.

    .venv may be active in the shell that calls: it cannot rebuild itself.
    """
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def run_logged(command: list[str], log: Path, what: str) -> None:
    """Run a command with its output in a file.

    Raises:
        SetupError: it failed; the log's last lines have been printed.
    """
    with log.open("a", encoding="utf-8") as stream:
        status = subprocess.run(
            command, stdout=stream, stderr=subprocess.STDOUT, cwd=ROOT, check=False
        ).returncode
    if status != 0:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        print("\n".join(errors[-LOG_LINES:]), file=sys.stderr)
        raise SetupError(f"{what} failed; all of its output: {os.path.relpath(log)}")


def is_ready(venv: Path, stamp: Path, key: str) -> bool:
    """Say whether the stamp fits and the environment's interpreter still starts."""
    try:
        if stamp.read_text(encoding="utf-8").strip() != key:
            return False
        return (
            subprocess.run([venv / "bin" / "python", "-c", ""], check=False, timeout=60).returncode
            == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def write_stamp(stamp: Path, key: str) -> None:
    """Write a stamp in one step."""
    partial = stamp.with_suffix(".part")
    partial.write_text(key + "\n", encoding="utf-8")
    partial.replace(stamp)


def make_base(venv: Path, requirements: Path) -> None:
    """Make the environment unless it is there.

    Raises:
        SetupError: Python or pip failed, or Python has no shared library for the simulators.
    """
    stamp = venv / ".stamp"
    key = digest(requirements.read_text(encoding="utf-8"), sys.version, str(venv))
    if is_ready(venv, stamp, key):
        return
    start = time.monotonic()
    python = base_python()
    say(f"making {venv.name} from {requirements.name} (once; about a minute)")
    if venv.is_symlink():
        venv.unlink()
    shutil.rmtree(venv, ignore_errors=True)
    log = ROOT / "build" / "setup.log"
    log.write_text("", encoding="utf-8")
    run_logged([python, "-m", "venv", str(venv)], log, "python -m venv")
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run_logged([*pip, "install", "-r", str(requirements)], log, "pip install -r requirements.txt")
    find = "import find_libpython as f, sys; sys.exit(f.find_libpython() is None)"
    if subprocess.run([venv / "bin" / "python", "-c", find], check=False).returncode != 0:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"Python {version} at {python} has no shared library, which cocotb loads into the "
            f"simulator: install it (Debian: apt-get install libpython{version}) or choose "
            "another with 'make PYTHON=...'"
        )
    write_stamp(stamp, key)
    say(f"{venv.name} is ready ({time.monotonic() - start:.0f} s)")


def add_project(venv: Path) -> None:
    """Make the project importable from any folder, and `snn-rtl` callable, unless they are.

    Raises:
        SetupError: pip failed.
    """
    stamp = venv / ".stamp-project"
    key = digest((ROOT / "pyproject.toml").read_text(encoding="utf-8"), str(venv))
    if is_ready(venv, stamp, key):
        return
    stamp.unlink(missing_ok=True)
    command = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    # What it needs is there, and so is what builds it.
    command += ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    run_logged(command, ROOT / "build" / "setup.log", "pip install of the project")
    write_stamp(stamp, key)


def add_extra(venv: Path, name: str) -> None:
    """Install one of pyproject.toml's optional extras into the environment unless it is there.

    Raises:
        SetupError: there is no such extra, or pip failed.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras: dict[str, list[str]] = project.get("optional-dependencies", {})
    if name not in extras:
        raise SetupError(f"unknown extra {name!r}: choose from {', '.join(extras)}")
    stamp = venv / f".stamp-{name}"
    key = digest(*extras[name], str(venv))
    if is_ready(venv, stamp, key):
        return
    say(f"adding to {venv.name}: {', '.join(extras[name])} (once; some minutes)")
    stamp.unlink(missing_ok=True)
    command = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    # The pins of the base hold while the extra's own dependencies are chosen.
    command += ["-c", str(ROOT / "requirements.txt"), *extras[name]]
    run_logged(command, ROOT / "build" / "setup.log", f"pip install of the extra {name!r}")
    write_stamp(stamp, key)


def main() -> int:
    """Make what is asked for, one process at a time; return the exit status."""
    parser = argparse.ArgumentParser(description="Make .venv from requirements.txt.")
    parser.add_argument("--extra", help="also install an optional extra of pyproject.toml")
    arguments = parser.parse_args()
    venv = ROOT / ".venv"
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            make_base(venv, ROOT / "requirements.txt")
            add_project(venv)
            if arguments.extra:
                add_extra(venv, arguments.extra)
        except SetupError as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("error: set-up interrupted; the next make starts it again", file=sys.stderr)
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
