"""Set-up: what is missing is named in one line; half a set-up is never taken for a whole one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from snn_rtl.commands import COMMANDS
from snn_rtl.tools import setup_env

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ("c++", "ar", "make", "perl", "git", "id", "sh", "env", "mktemp", "tail", "rm")


def run_script(name: str, path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of tools/ in the folder above ``path``, with nothing but that on PATH."""
    shell = shutil.which("sh")
    assert shell is not None
    return subprocess.run(
        [shell, str(ROOT / "tools" / name), *arguments],
        cwd=path.parent,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def program(folder: Path, name: str, script: str) -> None:
    """Put a small shell program on the test's PATH."""
    (folder / name).unlink(missing_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Build a folder that holds every program the host must have, and no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in PROGRAMS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    program(folder, "python3", f'exec "{sys.executable}" "$@"')
    return folder


def test_check_host_silent_when_complete(path: Path) -> None:
    done = run_script("check_host.sh", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["c++", "ar", "make", "perl", "git", "python3"])
def test_check_host_names_missing(name: str, path: Path) -> None:
    (path / name).unlink()
    done = run_script("check_host.sh", path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {name} is missing: ")
    assert done.stderr.count("\n") == 1


def test_check_host_names_all_missing_at_once(path: Path) -> None:
    for name in ("perl", "git"):
        (path / name).unlink()
    program(path, "apt-get", "exit 1")
    program(path, "id", "echo 1000")
    lines = run_script("check_host.sh", path).stderr.splitlines()
    assert lines == [
        "error: perl is missing: sudo apt-get install perl",
        "error: git is missing: sudo apt-get install git",
    ]


def test_check_host_old_python(path: Path) -> None:
    # What an old interpreter answers to the two questions asked of it.
    script = 'case "$2" in *version_info*sys.exit*|*exit*) exit 1;; *) echo 3.9.2;; esac'
    program(path, "python3", script)
    done = run_script("check_host.sh", path)
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed and python3 is 3.9.2" in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_host_python_without_venv(path: Path) -> None:
    program(path, "python3", 'case "$2" in *ensurepip*) exit 1;; esac')
    done = run_script("check_host.sh", path)
    assert done.returncode == 2
    assert "python3 cannot make virtual environments" in done.stderr


@pytest.mark.parametrize("name", ["a b", "a:b", "a$b", "a#b", "it's", "a;b", "a(b)"])
def test_check_host_folder_no_make_can_build_in(name: str, path: Path, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    moved = path.rename(tmp_path / name / "bin")
    done = run_script("check_host.sh", moved)
    assert done.returncode == 2
    assert "Verilator cannot build in a folder of this name" in done.stderr


def test_icarus_present(path: Path) -> None:
    program(path, "iverilog", "exit 0")
    program(path, "vvp", "exit 0")
    done = run_script("ensure_icarus.sh", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def fake_apt(path: Path, *, lists: bool) -> None:
    """Let apt-get install make iverilog appear, only after an update unless there are lists."""
    updated = path / "updated"
    if lists:
        updated.touch()
    binary = path / "iverilog"
    install = f'[ -e "{updated}" ] || exit 100; printf "" >"{binary}"; "$chmod" +x "{binary}"'
    program(
        path,
        "apt-get",
        f"chmod={shutil.which('chmod')}\n"
        f'case "$*" in *update*) : >"{updated}";; *install*) {install};; esac',
    )


@pytest.mark.parametrize("lists", [True, False])
def test_icarus_installed_by_root(lists: bool, path: Path) -> None:
    fake_apt(path, lists=lists)
    program(path, "id", "echo 0")
    done = run_script("ensure_icarus.sh", path)
    assert done.returncode == 0
    assert done.stdout == "setup: installing Icarus Verilog (apt-get install iverilog)\n"


def test_icarus_installed_by_sudo_without_password(path: Path) -> None:
    fake_apt(path, lists=True)
    program(path, "id", "echo 1000")
    program(path, "sudo", 'shift; exec "$@"')
    program(path, "true", "exit 0")
    assert run_script("ensure_icarus.sh", path).returncode == 0


@pytest.mark.parametrize(
    ("user", "programs", "command"),
    [
        ("1000", ("apt-get",), "sudo apt-get install iverilog"),
        ("1000", ("apt-get", "sudo"), "sudo apt-get install iverilog"),
        ("0", ("dnf",), "sudo dnf install iverilog"),
        ("1000", ("brew",), "brew install icarus-verilog"),
        ("1000", (), "install Icarus Verilog 11 or newer"),
    ],
)
def test_icarus_names_command(
    user: str, programs: tuple[str, ...], command: str, path: Path
) -> None:
    program(path, "id", f"echo {user}")
    for name in programs:
        program(path, name, "exit 1")
    done = run_script("ensure_icarus.sh", path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Icarus Verilog (iverilog) is missing: {command}")
    assert done.stderr.count("\n") == 1


def test_icarus_install_fails(path: Path) -> None:
    program(path, "id", "echo 0")
    program(path, "apt-get", "echo E: no network; exit 100")
    done = run_script("ensure_icarus.sh", path)
    assert done.returncode == 2
    assert "E: no network" in done.stderr
    assert done.stderr.endswith("is missing: apt-get install iverilog\n")


class Installer:
    """Stands for venv and pip: notes the calls, makes what they would leave behind."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.calls: list[list[str]] = []
        self.error: BaseException | None = None

    def __call__(self, command: list[str], log: Path, what: str) -> None:
        self.calls.append(command)
        if "pip" in command and self.error is not None:
            raise self.error
        binaries = self.root / ".venv" / "bin"
        binaries.mkdir(parents=True, exist_ok=True)
        if not (binaries / "python").exists():
            program(binaries, "python", f'exec "{sys.executable}" "$@"')


@pytest.fixture
def installer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installer:
    """Point set-up at an empty tree and stand in for venv and pip."""
    stand_in = Installer(tmp_path)
    (tmp_path / "requirements.txt").write_text("one==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        "[project.optional-dependencies]\ntrain = ['two==2']\n", encoding="utf-8"
    )
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    monkeypatch.setattr(setup_env, "run_logged", stand_in)
    monkeypatch.setattr(sys, "argv", ["setup_env.py"])
    return stand_in


def test_setup_once(installer: Installer, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup_env.main() == 0
    assert len(installer.calls) == 3
    capsys.readouterr()
    assert setup_env.main() == 0
    assert len(installer.calls) == 3
    assert capsys.readouterr().out == ""


def test_setup_again_when_requirements_change(installer: Installer) -> None:
    assert setup_env.main() == 0
    left_over = installer.root / ".venv" / "left_over"
    left_over.touch()
    (installer.root / "requirements.txt").write_text("one==2\n", encoding="utf-8")
    assert setup_env.main() == 0
    assert len(installer.calls) == 6
    assert not left_over.exists()


def test_setup_adds_the_project_again_when_its_file_changes(installer: Installer) -> None:
    assert setup_env.main() == 0
    assert installer.calls[-1][-2:] == ["--editable", str(installer.root)]
    file = installer.root / "pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert setup_env.main() == 0
    assert len(installer.calls) == 4
    assert installer.calls[-1][-2:] == ["--editable", str(installer.root)]


def test_setup_again_when_python_is_gone(installer: Installer) -> None:
    assert setup_env.main() == 0
    (installer.root / ".venv" / "bin" / "python").unlink()
    assert setup_env.main() == 0
    assert len(installer.calls) == 6


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (setup_env.SetupError("no network"), 2)]
)
def test_setup_interrupted_leaves_no_stamp(
    error: BaseException, status: int, installer: Installer, capsys: pytest.CaptureFixture[str]
) -> None:
    installer.error = error
    assert setup_env.main() == status
    assert not (installer.root / ".venv" / ".stamp").exists()
    assert capsys.readouterr().err.count("\n") == 1
    installer.error = None
    assert setup_env.main() == 0
    assert (installer.root / ".venv" / ".stamp").exists()


def test_setup_extra(installer: Installer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["setup_env.py", "--extra", "train"])
    assert setup_env.main() == 0
    assert installer.calls[-1][-1] == "two==2"
    assert setup_env.main() == 0
    assert len(installer.calls) == 4


def test_setup_unknown_extra(
    installer: Installer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["setup_env.py", "--extra", "tea"])
    assert setup_env.main() == 2
    assert capsys.readouterr().err == "error: unknown extra 'tea': choose from train\n"


def test_run_logged_shows_the_end_of_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "print('much'); print('ERROR: no such package'); raise SystemExit(1)"
    with pytest.raises(setup_env.SetupError, match="pip failed"):
        setup_env.run_logged([sys.executable, "-c", script], tmp_path / "log", "pip")
    assert capsys.readouterr().err == "ERROR: no such package\n"


@pytest.fixture
def make_root(tmp_path: Path) -> Path:
    """Build a tree with the real Makefile, in which `python` writes down what it is given."""
    root = tmp_path / "a folder"
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("tests", "lint"))
    shutil.copy(ROOT / "Makefile", root)
    for script in ("check_host.sh", "setup_env.py", "ensure_icarus.sh"):
        (root / "tools" / script).write_text("", encoding="utf-8")
    (root / ".venv" / "bin").mkdir(parents=True)
    record = 'for word; do printf "%s\\0" "$word"; done >arguments; env -0 >environment'
    program(root / ".venv" / "bin", "python", record)
    return root


def clean() -> dict[str, str]:
    """Return the environment without what another make, or a test of a build, has left there."""
    names = ("DESIGN", "SIM", "WORKLOAD", "MODE", "CONFIG", "SEED", "OUT")
    left = {name: value for name, value in os.environ.items() if name not in names}
    return {name: value for name, value in left.items() if not name.startswith("MAKE")}


def make(root: Path, *arguments: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Run make; return the arguments that the program behind it got, and its environment."""
    subprocess.run(["make", *arguments], cwd=root, env=clean() | environment, check=True)
    words = (root / "arguments").read_text(encoding="utf-8").split("\0")[:-1]
    texts = (root / "environment").read_text(encoding="utf-8").split("\0")[:-1]
    return words, dict(text.split("=", 1) for text in texts)


def test_make_sim_plain(make_root: Path) -> None:
    words, found = make(make_root, "sim")
    assert words == ["-m", "snn_rtl", "sim"]
    assert found["MAKE_VARIABLES"] == ""


def test_make_passes_what_its_command_line_sets(make_root: Path) -> None:
    words, found = make(make_root, "sim", "DESIGN=loas", "LAYERS=a,b", "SEED=-3", "N=", OUT="out")
    assert words == ["-m", "snn_rtl", "sim"]
    assert sorted(found["MAKE_VARIABLES"].split()) == ["DESIGN", "LAYERS", "N", "SEED"]
    given = {name: text for name, text in found.items() if name.startswith("ARG_")}
    assert given.pop("ARG_PYTHON") == "python3"
    assert given == {"ARG_DESIGN": "loas", "ARG_LAYERS": "a,b", "ARG_SEED": "-3", "ARG_N": ""}
    assert not {"DESIGN", "LAYERS", "SEED", "N", "MAKEFLAGS", "MAKELEVEL"} & set(found)
    assert found["OUT"] == "out"


@pytest.mark.parametrize(
    "value",
    [
        "two words.npz",
        'it\'s "quoted".npz',
        "$(shell touch pwned).npz",
        "$HOME/`touch pwned`.npz",
        "; touch pwned #",
        "a\\b * ? [x] {y} ~ & | < > !",
        "naïve-ü.npz",
        "$$ % $@ $(value SEED)",
    ],
)
def test_make_leaves_values_alone(value: str, make_root: Path) -> None:
    assert make(make_root, "sim", f"WORKLOAD={value}")[1]["ARG_WORKLOAD"] == value
    assert not (make_root / "pwned").exists()


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_is_a_target(name: str, make_root: Path) -> None:
    assert make(make_root, name)[0] == ["-m", "snn_rtl", name]


@pytest.mark.parametrize("target", ["clean", "setup", "help"])
def test_targets_without_a_program_take_no_variables(target: str, make_root: Path) -> None:
    (make_root / "build").mkdir()
    done = subprocess.run(
        ["make", target, "SEED=1"],
        cwd=make_root,
        env=clean(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("make: no such variable here: SEED\n")
    assert (make_root / "build").exists()


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("sim DESGIN=loas", "sim: there is no variable DESGIN here: did you mean DESIGN?"),
        ("sim design=loas", "sim: there is no variable design here: did you mean DESIGN?"),
        ("sweep TILEM=32", "sweep: there is no variable TILEM here: did you mean TILE_M?"),
        ("formal MODULES=fifo", "formal: there is no variable MODULES here: did you mean MODULE?"),
        ("sim LIST=pr", "sim: there is no variable LIST here: "),
        ("test JOBS=0", "test: JOBS: 0 is not in the range 1<=x<="),
    ],
)
def test_make_refuses_what_its_target_does_not_take(words: str, line: str) -> None:
    # As it is: the environment that runs this test is the one that set-up makes.
    done = subprocess.run(
        ["make", "-o", "env", "-o", "icarus", *words.split()],
        cwd=ROOT,
        env=clean(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith(line)
    assert second.startswith("make: *** ")


def test_make_stops_when_setup_fails(make_root: Path) -> None:
    (make_root / "tools" / "check_host.sh").write_text("exit 2\n", encoding="utf-8")
    done = subprocess.run(
        ["make", "sim"], cwd=make_root, env=clean(), capture_output=True, check=False
    )
    assert done.returncode == 2
    assert not (make_root / "arguments").exists()


def test_make_help_lists_every_target() -> None:
    done = subprocess.run(
        ["make"], cwd=ROOT, env=clean(), capture_output=True, text=True, check=True
    )
    for target in (*COMMANDS, "setup", "clean", "help"):
        assert f"\n  {target} " in done.stdout
