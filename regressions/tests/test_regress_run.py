"""Regressions on simulators: failures of every kind, kills, clusters, repetitions."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from snn_rtl.regressions import cli
from snn_rtl.regressions.builds import Product, make, target
from snn_rtl.regressions.execute import Place, execute
from snn_rtl.regressions.kinds import RUNNERS
from snn_rtl.regressions.sessions import Session
from snn_rtl.regressions.tests.regress_helpers import record, run_regress, session, spec
from snn_rtl.run.places import BUILD, ROOT
from snn_rtl.run.tests.helpers import call

Json = dict[str, Any]

Failed = tuple[Path, subprocess.CompletedProcess[str]]
"""Folder of a session, and its driver's end."""

PATIENCE_S = 120

SIMULATOR = "vvp -m"
"""In the command of a simulation, and of nothing else that Icarus starts."""


def write(folder: Path, text: str) -> str:
    path = folder / "few.yaml"
    path.write_text("doc: a few\ndefaults: {design: prosperity, simulators: icarus}\n" + text)
    return str(path)


def report(sessions: Path) -> Json:
    """Return the newest session's report."""
    session = Session.open("last", sessions)
    content: Json = json.loads((session.folder / "report" / "report.json").read_text())
    return content


def wait_for(what: Callable[[], bool], driver: subprocess.Popen[str] | None = None) -> None:
    """Wait until something is so, which a driver is to bring about.

    Raises:
        AssertionError: it took too long, or the driver ended before.
    """
    end = time.monotonic() + PATIENCE_S
    while not what():
        if driver is not None and driver.poll() is not None:
            pytest.fail("the driver ended first: " + "".join(driver.communicate()))
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


# ---- every kind of failure ----

FAILURES = """
tests:
- {test: layers.Random, config: small, options: {layers: 2}}
- {test: sabotage.CorruptOutput, config: small, reseed: 2, reason: two of one kind}
- {test: sabotage.DroppedOutput, config: small, must_fail: tlast of output row}
- {test: layers.Random, config: small, options: {layers: 500}, label: wall, wall_s: 1.5}
- {test: layers.Random, config: small, options: {layers: 500}, label: cycles, cycles: 100}
- {test: layers.Random, config: small, options: {layers: 2}, label: disk, file_mb: 0.001}
- {unit: snn_fifo}
- {workload: examples/digits/digits_small.npz, config: small, images: 1}
known_failures:
- {test: '*-cycles.*', message: simulated cycles, reason: they are few, expires: 2999-01-01}
"""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Failed:
    """Return the folder of a session with failures of every kind, and its driver's end.

    The processes of one pytest share it.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "failures"
    folder.mkdir(exist_ok=True)
    done = folder / "done.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            ended = run_regress(f"--list={write(folder, FAILURES)}", f"--out={folder}")
            done.write_text(json.dumps([ended.returncode, ended.stdout, ended.stderr]))
    return folder, subprocess.CompletedProcess([], *json.loads(done.read_text()))


def test_the_others_go_on(failed: Failed) -> None:
    folder, done = failed
    assert done.returncode == 1, done.stdout + done.stderr
    found = report(folder)
    states = {run["id"]: (run["state"], run["failure"]) for run in found["runs"]}
    name = "prosperity.layers.Random-small-icarus-none"
    assert states[f"{name}.1"] == ("passed", "")
    assert states[f"{name}-wall.1"] == ("failed", "not finished after 1.5 s")
    assert states[f"{name}-cycles.1"] == ("known", "not finished after 100 simulated cycles")
    assert states[f"{name}-disk.1"][0] == "failed"
    assert states["prosperity.sabotage.DroppedOutput-small-icarus-none.1"] == ("passed", "")
    assert states["unit.snn_fifo-icarus.1"] == ("passed", "")
    assert states["prosperity.digits_small-small-icarus-none-product.1"] == ("passed", "")
    assert not found["missing"]


def test_numbers_come_from_the_runs(failed: Failed) -> None:
    runs = {run["id"]: run["numbers"] for run in report(failed[0])["runs"]}
    random = runs["prosperity.layers.Random-small-icarus-none.1"]
    assert random["layers"] == 2
    assert random["tiles"] >= 2
    assert random["checks"] > 100
    assert random["cycles"] > 100
    assert runs["unit.snn_fifo-icarus.1"]["checks"] >= 3


def test_failures_of_one_kind_are_one_bucket_with_waves(
    failed: Failed,
) -> None:
    folder, _ = failed
    title = "# outputs differ from the model, first at row # column #"
    (bucket,) = [b for b in report(folder)["buckets"] if b["title"] == title]
    assert len(bucket["runs"]) == 2
    first = bucket["runs"][0]
    waves = Session.open("last", folder).folder / "waves" / first / "run"
    assert (waves / "prosperity_top.fst").stat().st_size > 1000
    assert not (waves.parents[1] / bucket["runs"][1]).exists()


def test_a_failure_is_repeated_with_waves(
    failed: Failed,
) -> None:
    folder, done = failed
    lines = done.stdout.splitlines()
    command = next(line for line in lines if "ID=" in line and "CorruptOutput" in line)
    identity = command.split("ID=")[1].split()[0]
    again = run_regress(f"--id={identity}", "--waves=1", f"--out={folder}", command="rerun")
    assert again.returncode == 1, again.stderr
    assert "reproduced, word by word" in again.stdout
    endings = {line.rsplit(".", 1)[1] for line in again.stdout.splitlines() if "waves: " in line}
    assert endings == {"fst", "gtkw", "sucl"}
    (save_file,) = (Session.open("last", folder).folder / "rerun").rglob("*.gtkw")
    lines = save_file.read_text().splitlines()
    assert lines[0] == '[dumpfile] "prosperity_top.fst"'
    assert {"prosperity_top.clk", "prosperity_top.s_axis_spike_tvalid"} <= set(lines)
    assert "-s_axis_spike" in lines
    assert any(line.startswith("prosperity_top.u_") for line in lines)


def test_verilator_leaves_waves_too(tmp_path: Path) -> None:
    one = spec(simulator="verilator", options={"layers": 1})
    made = session(tmp_path, [record(one)])
    done = run_regress(f"--id=last/{one.id}", "--waves=1", f"--out={tmp_path}", command="rerun")
    assert done.returncode == 0, done.stderr
    assert "the sources have changed since the session" in done.stdout
    assert "passed, as in the session" in done.stdout
    (save_file,) = (made.folder / "rerun").rglob("*.sucl")
    assert "variable_add prosperity_top.m_axis_out_tvalid" in save_file.read_text().splitlines()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--list=none"], "regress: there is no list 'none'"),
        (["--jobs=0"], "regress: JOBS: 0 is not in the range 1<=x<="),
        (["--seed=x"], "regress: SEED: 'x' is not a valid whole number"),
        (["--cluster=x"], "regress: CLUSTER: 'x' is not one of 'slurm', "),
        (["--cluster=slurm", "--scheduler=tcp://x:1"], "regress: either SCHEDULER or CLUSTER"),
        (["--resume=last", "--list=smoke"], "regress: RESUME goes on with a session"),
        (["--resume=last"], "regress: there is no session in"),
    ],
)
def test_bad_input_is_one_line(tmp_path: Path, options: list[str], message: str) -> None:
    done = call(cli.regress, *options, f"--out={tmp_path}")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(message)


@pytest.mark.parametrize("identity", ["", "last", "none/x.1", "last/none.1"])
def test_an_unknown_run_is_refused(failed: Failed, identity: str) -> None:
    done = call(cli.rerun, f"--id={identity}", f"--out={failed[0]}")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_failed_build_is_a_failed_run(tmp_path: Path) -> None:
    place = Place(folder=str(tmp_path / "run"))
    product = Product(failure="build of x failed: see build.log", log=("%Error: why",))
    done = execute(spec(), product, place)
    assert done.record.failure == "build of x failed: see build.log"
    assert done.record.log == ("%Error: why",)


def test_a_build_that_cannot_be_made_is_a_failure() -> None:
    wanted = target(spec())
    assert wanted is not None
    broken = replace(wanted, design=replace(wanted.design, parameters={"LANES": 0}))
    product = make(broken)
    assert product.failure.startswith("build of prosperity_top for icarus failed: see ")
    assert any("error" in line for line in product.log)


# ---- kills ----

MANY = """
tests:
- {test: layers.Random, config: small, options: {layers: 8}, reseed: 8, reason: something to do}
"""


@contextmanager
def driver(*options: str) -> Iterator[subprocess.Popen[str]]:
    """Start a driver, which Ctrl-C interrupts even where the tests run in the background."""
    with subprocess.Popen(
        [sys.executable, "-m", "snn_rtl", "regress", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def results(sessions: Path) -> list[str]:
    """Return the lines of the newest session's results."""
    found = sorted(sessions.glob("*/results.jsonl"))
    return found[-1].read_text().splitlines() if found else []


def below(process: subprocess.Popen[str], word: str) -> list[Any]:
    """Return the processes below one whose command holds a word."""
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            if word in " ".join(child.cmdline()):
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def young(process: subprocess.Popen[str]) -> list[Any]:
    """Return the simulators below a driver that have just begun."""
    return [child for child in below(process, SIMULATOR) if time.time() - child.create_time() < 0.8]


def kill_one(processes: list[Any]) -> bool:
    """Kill the first of some processes; return whether there was one."""
    for process in processes[:1]:
        process.kill()
    return bool(processes)


def test_what_had_finished_survives_every_kill(tmp_path: Path) -> None:
    """Ctrl-C, then a killed driver, then a killed worker and a killed simulator: all runs done."""
    out = f"--out={tmp_path}"
    with driver(f"--list={write(tmp_path, MANY)}", out) as process:
        wait_for(lambda: len(results(tmp_path)) >= 1, process)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate()
        assert process.returncode == 130
    interrupted = Session.open("last", tmp_path)
    assert f"make regress RESUME={interrupted.name} OUT={tmp_path}" in stderr
    assert "Traceback" not in stdout + stderr
    found = report(tmp_path)
    assert not found["passed"]
    assert len(found["runs"]) + len(found["missing"]) == 8

    first = results(tmp_path)
    with driver(f"--resume={interrupted.name}", out) as process:
        wait_for(
            lambda: len(results(tmp_path)) > len(first) and bool(below(process, SIMULATOR)), process
        )
        rest = below(process, "")
        process.kill()
        process.wait()
        wait_for(lambda: not any(child.is_running() for child in rest))

    second = results(tmp_path)
    assert second[: len(first)] == first
    with driver("--resume=last", out) as process:
        wait_for(lambda: bool(below(process, SIMULATOR)), process)
        worker = next(p for p in below(process, "spawn_main") if p.children())
        worker.kill()
        stdout, stderr = process.communicate()
        assert process.returncode == 0, stdout + stderr
    last = results(tmp_path)
    assert last[: len(second)] == second
    assert len({json.loads(line)["id"] for line in last}) == 8
    assert any("its worker was lost" in line for line in report(tmp_path)["warnings"])


def test_a_killed_simulator_fails_its_run_alone(tmp_path: Path) -> None:
    with driver(f"--list={write(tmp_path, MANY)}", f"--out={tmp_path}") as process:
        # One that has just begun: a kill after its results are written would change nothing.
        wait_for(lambda: kill_one(young(process)), process)
        process.communicate()
        assert process.returncode == 1
    states = [run["state"] for run in report(tmp_path)["runs"]]
    assert (states.count("failed"), states.count("passed")) == (1, 7)


def test_resume_refuses_other_sources(tmp_path: Path, failed: Failed) -> None:
    past = Session.open("last", failed[0])
    other = tmp_path / past.name
    other.mkdir()
    shutil.copy(past.folder / "token", other)
    text = (past.folder / "session.json").read_text()
    (other / "session.json").write_text(text.replace(past.plan.sources, "0123456789ab"))
    done = run_regress("--resume=last", f"--out={tmp_path}")
    assert done.returncode == 2
    assert "ran other sources" in done.stderr


# ---- a cluster that is there ----


@contextmanager
def cluster(nodes: list[Path], address_file: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start a scheduler and a worker for each node, a copy of the tree; yield the workers."""
    with ExitStack() as stack:

        def start(module: str, node: Path, *options: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *options],
                cwd=node,
                env={**os.environ, "PYTHONPATH": str(node)},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        place = f"--scheduler-file={address_file}"
        local = ("--host=127.0.0.1", place)
        start("dask_scheduler", nodes[0], "--port=0", "--dashboard-address=127.0.0.1:0", *local)
        yield [
            start("dask_worker", node, "--no-nanny", "--nthreads=1", "--no-dashboard", *local)
            for node in nodes
        ]


def copy_tree(node: Path) -> Path:
    """Copy what runs depend on, without builds, as another machine has it."""
    package = ROOT / "snn_rtl"
    for path in (package, *(link.resolve() for link in package.iterdir() if link.is_symlink())):
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(path, node / path.name, symlinks=True, ignore=leave)
    shutil.copy(ROOT / "pyproject.toml", node)
    return node


def test_a_cluster_gets_builds_and_gives_back_files(tmp_path: Path) -> None:
    """Two machines that share no disk; one is lost in the middle."""
    nodes = [copy_tree(tmp_path / name) for name in ("one", "two")]
    # Below the root, so that the machines look for it below theirs.
    sessions = BUILD / "regress-tests" / tmp_path.name
    address_file = tmp_path / "scheduler.json"
    try:
        with cluster(nodes, address_file) as workers:
            wait_for(address_file.exists)
            address = json.loads(address_file.read_text())["address"]
            options = (f"--list={write(tmp_path, MANY)}", f"--scheduler={address}")
            with driver(*options, f"--out={sessions}") as process:
                wait_for(
                    lambda: all(list(node.glob("build/sim/*/sim.vvp")) for node in nodes), process
                )
                wait_for(lambda: len(results(sessions)) >= 2, process)
                workers[0].kill()
                stdout, stderr = process.communicate()
                assert process.returncode == 0, stdout + stderr
            assert len(report(sessions)["runs"]) == 8
            done = Session.open("last", sessions)
            logs = [done.run_folder(one) / "run" / "sim.log" for one in done.plan.specs]
            assert all(log.is_file() for log in logs)
            # One built; the other was handed the simulation's program alone.
            built = [list(node.glob("build/sim/*/build.log")) for node in nodes]
            assert sorted(map(len, built)) == [0, 1]
            (nodes[1] / "rtl" / "common" / "snn_fifo.v").write_text("// another source\n")
            with cluster(nodes[1:], tmp_path / "other.json"):
                wait_for((tmp_path / "other.json").exists)
                address = json.loads((tmp_path / "other.json").read_text())["address"]
                time.sleep(2)
                refused = run_regress(options[0], f"--scheduler={address}", f"--out={sessions}")
                assert refused.returncode == 2
                assert "has other sources" in refused.stderr
    finally:
        shutil.rmtree(sessions, ignore_errors=True)


def test_a_scheduler_that_is_not_there(tmp_path: Path) -> None:
    options = (f"--list={write(tmp_path, MANY)}", f"--out={tmp_path}")
    done = run_regress(*options, "--scheduler=127.0.0.1:x")
    assert done.returncode == 2
    assert "SCHEDULER=127.0.0.1:x" in done.stderr


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("mutate", "left no report: mutate: DESIGN: 'eyeriss' is not one of 'common'"),
        ("synth", "left no report: synth: DESIGN: 'eyeriss' is not one of "),
        ("workload", "left no report: sim: DESIGN: 'eyeriss' is not one of "),
        ("unit", "checked nothing"),
    ],
)
def test_a_command_without_a_report_says_why(kind: str, words: str, tmp_path: Path) -> None:
    one = spec(kind=kind, name=f"{kind}.eyeriss", design="eyeriss")
    outcome = RUNNERS[kind](one, tmp_path, waves=False)
    assert re.match(words, outcome.failure)
    assert (tmp_path / outcome.log).is_file()
