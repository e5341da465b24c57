"""What tests of the regressions need: specs, records, sessions without a simulator; the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snn_rtl.machines.spec import Spec
from snn_rtl.regressions.history import History
from snn_rtl.regressions.lists import Guard
from snn_rtl.regressions.record import Record
from snn_rtl.regressions.result import SessionResult, judge
from snn_rtl.regressions.sessions import Plan, Session
from snn_rtl.run.places import ROOT

WRONG = (
    "tie_rows 19x16x9 product: 3 outputs differ from the model, first at row 4 column 0: got 1, "
)
"""Beginning of a failure's message, as the scoreboard writes it."""


def spec(**values: Any) -> Spec:
    """Return a run of a test."""
    base: dict[str, Any] = {
        "kind": "test",
        "design": "prosperity",
        "name": "layers.Random",
        "config": "small",
        "simulator": "icarus",
        "seed": 1,
    }
    return Spec(**{**base, **values})


def record(one: Spec, **values: Any) -> Record:
    """Return the result of a run, passed unless a failure is given."""
    base: dict[str, Any] = {
        "wall_s": 2.0,
        "started": 1000.0 + one.seed,
        "host": "here",
        "build": "prosperity_top-icarus-0123456789ab",
        "numbers": {"checks": 100, "layers": 2, "tiles": 12, "cycles": 4000, "wall_s": 1.0},
    }
    return Record(spec=one, **{**base, **values})


def network(cycles: int, **values: Any) -> Record:
    """Return the result of a network's run."""
    layer = {
        "name": "conv<2>",
        "m": 10,
        "k": 10,
        "cycles": cycles,
        "model_cycles": cycles,
        "bit_nnz": 20,
        "residual_nnz": 5,
    }
    totals = {"cycles": cycles, "model_cycles": cycles, "bit_density": 0.2, "product_density": 0.05}
    one = spec(kind="workload", name="examples/net.npz", label="product", simulator="verilator")
    return record(one, workload={"layers": [layer], "totals": totals}, **values)


def plan(specs: tuple[Spec, ...], folder: Path, **values: Any) -> Plan:
    """Return a plan; its baseline lies in the folder."""
    base: dict[str, Any] = {
        "name": "some",
        "doc": "A list of <this> test.",
        "seed": 1,
        "known": (),
        "guard": Guard(),
        "baseline": str(folder / "baseline.json"),
        "revision": "abc",
        "sources": "0",
        "tools": {"icarus": "11"},
        "machine": {"host": "here"},
        "started": 1000.0,
    }
    return Plan(specs=specs, **{**base, **values})


def session(folder: Path, records: list[Record], **values: Any) -> Session:
    """Return a session with results; values are the plan's, specs those of the records."""
    specs = values.pop("specs", tuple(one.spec for one in records))
    made = Session.create(plan(specs, folder, **values), folder)
    for one in records:
        assert made.add(one)
    return made


def judged(folder: Path, records: list[Record], **values: Any) -> SessionResult:
    """Return a session, judged."""
    return judge(session(folder, records, **values), History(folder))


def run_regress(
    *options: str, command: str = "regress", env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command of the regressions."""
    return subprocess.run(
        [sys.executable, "-m", "snn_rtl", command, *options],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
