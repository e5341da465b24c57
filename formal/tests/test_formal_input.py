"""What the driver reads: task files, variants, reasons; faults are named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_rtl.formal.catalogue import read_all
from snn_rtl.formal.tests.helpers import BROKEN, SBY, project
from snn_rtl.models.errors import InputError
from snn_rtl.run.places import ROOT


def test_every_proof_can_be_read() -> None:
    modules = read_all()
    assert {path.stem for path in (ROOT / "rtl" / "common").glob("*.v")} <= {
        m.name for m in modules
    }
    for module in modules:
        assert {job.task.mode for job in module.jobs} > {"cover"}
        assert any(job.variant for job in module.jobs)


def test_tasks_and_variants(tmp_path: Path) -> None:
    (module,) = read_all(project(tmp_path))
    assert [job.name for job in module.jobs] == [
        "counter/prove",
        "counter/cover",
        "counter/prove:counts_on",
    ]
    assert [job.kind for job in module.jobs] == ["prove", "cover", "broken"]
    plain, _, broken = module.jobs
    assert b"count == 3'd5" in plain.sources["rtl/counter.v"]
    assert b"count == 3'd5" not in broken.sources["rtl/counter.v"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[tasks]\nprove\ncover\n", "", "no tasks"),
        ("prove: mode prove\n", "", "task prove needs a depth, and a mode"),
        ("mode cover", "mode live", "task cover needs"),
        ("depth 8", "depth deep", "needs a depth"),
        ("[engines]", "prove:\nmode bmc\n[engines]", "blocks of a tag"),
        ("../../../rtl/counter.v", "../../../rtl/none.v", "No such file"),
        ("../../../rtl/counter.v", "../../../../../../etc/hostname", "outside the project"),
        ("\n[tasks]", "prove\n[tasks]", "before the first section"),
    ],
)
def test_bad_task_file(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in SBY
    with pytest.raises(InputError, match=message):
        read_all(project(tmp_path, sby=SBY.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  new: if (rst)\n", "", r"broken\.yaml:2: \[0\]\.new: is missing"),
        ("old: if (rst || count == 3'd5)", "old: count", "6 times in rtl/counter.v, not once"),
        ("old: if (rst || count == 3'd5)", "old: nothing", "0 times"),
        ("task: prove", "task: bmc", "there is no task bmc"),
        ("file: rtl/counter.v", "file: rtl/other.v", "reads no rtl/other.v"),
        ("name: counts_on", "name: ../out", "is no name"),
        ("property: a_bound", "property: 5", "property: must be a text"),
        ("- name", "-name", "broken.yaml"),
    ],
)
def test_bad_variant(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in BROKEN
    with pytest.raises(InputError, match=message):
        read_all(project(tmp_path, broken=BROKEN.replace(old, new)))


def test_two_variants_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two variants are called counts_on"):
        read_all(project(tmp_path, broken=BROKEN + BROKEN))


def test_bad_reasons(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "formal" / "proofs" / "counter" / "bounded.yaml").write_text("a_bound:\n")
    with pytest.raises(InputError, match=r"bounded\.yaml:1: a_bound: must be a text"):
        read_all(root)


def test_no_proofs(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no proofs"):
        read_all(tmp_path)
