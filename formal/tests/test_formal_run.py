"""The driver on real proofs: proved, refuted, stopped, resumed, and the command around it."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import psutil
import pytest

from snn_rtl.formal import command
from snn_rtl.formal import execute as execution
from snn_rtl.formal.catalogue import Job, read_all
from snn_rtl.formal.cli import formal
from snn_rtl.formal.execute import Tools, execute, find_tools, job_key
from snn_rtl.formal.judge import Result
from snn_rtl.formal.pool import from_store, run_all
from snn_rtl.formal.tests.helpers import COUNTER, HARNESS, project
from snn_rtl.run.board import Board
from snn_rtl.run.command import run_command
from snn_rtl.run.processes import Stopped
from snn_rtl.run.store import Store
from snn_rtl.run.tools import MissingToolError


@pytest.fixture(scope="session")
def tools() -> Tools:
    return find_tools()


def prove(root: Path, tools: Tools) -> dict[str, Result]:
    """Run all jobs of a small project; results by name."""
    (module,) = read_all(root)
    found = run_all(
        module.jobs,
        tools,
        Store(root / "cache"),
        root / "out",
        workers=2,
        limit_s=120,
        begin=lambda job: None,
    )
    return {result.job.name: result for result in found}


def test_proved_and_kept(tmp_path: Path, tools: Tools) -> None:
    root = project(tmp_path)
    results = prove(root, tools)
    assert [name for name, result in results.items() if result.problem] == []
    assert all(result.outcome.cpu_s > 0 for result in results.values())
    (module,) = read_all(root)
    store = Store(root / "cache")
    assert {r.job.name for r in from_store(module.jobs, tools, store)} == set(results)
    # Another source, another version: nothing is taken from before.
    (root / "rtl" / "counter.v").write_text(COUNTER + "// changed\n")
    (changed,) = read_all(root)
    assert list(from_store(changed.jobs, tools, store)) == []
    newer = {name: "0" for name in tools.versions}
    assert job_key(module.jobs[0], newer) != job_key(module.jobs[0], tools.versions)


def test_not_proved_vacuous_not_refuted(tmp_path: Path, tools: Tools) -> None:
    harness = HARNESS.replace("count <= 5", "count <= 6").replace("count == 5", "count == 7")
    results = prove(project(tmp_path, harness=harness.replace("count <= 6", "count < 5")), tools)
    assert results["counter/prove"].problem == "fails: a_bound"
    assert results["counter/cover"].problem == "not reached: c_end"
    (module,) = read_all(tmp_path)
    assert list(from_store(module.jobs[:2], tools, Store(tmp_path / "cache"))) == []

    other = tmp_path / "other"
    other.mkdir()
    results = prove(project(other, harness=HARNESS.replace("count <= 5", "count <= 7")), tools)
    problem = results["counter/prove:counts_on"].problem
    assert problem == "not refuted: a_bound holds all the same"


def test_source_that_yosys_refuses(tmp_path: Path, tools: Tools) -> None:
    result = prove(project(tmp_path, counter=COUNTER.replace("endmodule", "end")), tools)[
        "counter/prove"
    ]
    assert "not proved (ERROR" in result.problem
    assert "syntax error" in result.problem


@pytest.mark.parametrize("how", ["limit", "stop"])
def test_stopped_leaves_nothing_running(how: str, tmp_path: Path, tools: Tools) -> None:
    (module,) = read_all(project(tmp_path))
    stop = threading.Event()
    started = time.monotonic()
    if how == "limit":
        outcome = execute(module.jobs[0], tools, tmp_path / "out", limit_s=0.5, stop=stop)
        assert outcome.status == "LIMIT"
    else:
        threading.Timer(0.5, stop.set).start()
        with pytest.raises(Stopped):
            execute(module.jobs[0], tools, tmp_path / "out", limit_s=60, stop=stop)
    assert time.monotonic() - started < 30
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        left = [p for p in psutil.process_iter(["cmdline"]) if str(tmp_path) in _words(p)]
        if not left:
            return
        time.sleep(0.2)
    pytest.fail(f"still running: {left}")


def _words(process: psutil.Process) -> str:
    return " ".join(process.info["cmdline"] or [])


def run(*arguments: str) -> int:
    """Run the command in this process and return its status."""
    return run_command(formal, arguments)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the command at the small project and a cache of its own."""
    root = project(tmp_path / "project")
    monkeypatch.setattr(command, "read_all", lambda: read_all(root))
    monkeypatch.setattr(command, "CACHE", tmp_path / "cache")
    return tmp_path / "out"


def test_command(small: Path) -> None:
    assert run(f"--out={small}") == 0
    report = json.loads((small / "report.json").read_text())
    assert report["schema"] == "formal-report/1"
    assert report["passed"] is True
    assert report["totals"]["by_induction"] == report["totals"]["properties"] == 1
    assert (report["totals"]["covers"], report["totals"]["variants"]) == (1, 1)
    assert report["totals"]["cached"] == 0
    assert "refuted by a_bound" in (small / "index.html").read_text()
    assert run(f"--out={small}") == 0
    assert json.loads((small / "report.json").read_text())["totals"]["cached"] == 3


def test_command_fails(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    harness = small.parent / "project" / "formal" / "proofs" / "counter" / "counter_formal.v"
    harness.write_text(HARNESS.replace("count <= 5", "count < 5"))
    assert run(f"--out={small}", "--task=prove") == 1
    assert "counter/prove: fails: a_bound" in capsys.readouterr().out
    assert json.loads((small / "report.json").read_text())["passed"] is False


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--module=none", "unknown module 'none'"),
        ("--task=none", "no task's name holds 'none'"),
        ("--jobs=0", "JOBS: 0 is not in the range 1<=x<="),
        ("--limit=soon", "LIMIT: 'soon' is not a valid whole number"),
        ("--wrong", "No such option"),
    ],
)
def test_command_bad_input(
    argument: str,
    message: str,
    small: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(f"--out={small}", argument) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_command_without_solver(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def find(name: str) -> str:
        if name == "yices-smt2":
            raise MissingToolError(f"{name} is not installed")
        return name

    monkeypatch.setattr(execution, "find_tool", find)
    assert run(f"--out={small}") == 2
    assert capsys.readouterr().err == "formal: yices-smt2 is not installed\n"
    assert not (small / "report.json").exists()


def test_interrupted_and_resumed(
    small: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(board: Board, name: str) -> None:
        if name == "counter/cover":
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Board, "begin", interrupt)
        assert run(f"--out={small}", "--jobs=1") == 130
    error = capsys.readouterr().err
    assert "1 of 3 tasks are kept" in error
    assert error.count("\n") == 1
    assert not (small / "report.json").exists()
    assert run(f"--out={small}") == 0
    report = json.loads((small / "report.json").read_text())
    cached = [task["name"] for task in report["modules"][0]["tasks"] if task["cached"]]
    assert cached == ["counter/prove"]


@pytest.mark.parametrize(
    "name", ["snn_fifo/prove_3", "snn_popcount/prove_8", "prosperity_pruner/prove_5"]
)
def test_proofs_of_the_project(name: str, tmp_path: Path, tools: Tools) -> None:
    job: Job = next(job for module in read_all() for job in module.jobs if job.name == name)
    outcome = execute(job, tools, tmp_path, limit_s=300, stop=threading.Event())
    assert Result(job=job, outcome=outcome).problem == ""
