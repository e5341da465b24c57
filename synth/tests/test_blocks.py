"""The table of blocks covers every module, and says so when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from snn_rtl.machines import MACHINES
from snn_rtl.models.errors import InputError
from snn_rtl.run.design import read_file_list
from snn_rtl.run.places import ROOT
from snn_rtl.run.runner import RunFailure
from snn_rtl.synth.blocks import PARENT, load_blocks
from snn_rtl.synth.elaborate import parse
from snn_rtl.synth.mapping import Mapped
from snn_rtl.synth.session import add_up

MACHINE = r"""
module \cell
  wire input 1 \clk
end
module $paramod\holder\W=8
  parameter \W 8
  wire input 1 \clk
  cell \cell \u_first
  end
  cell \cell \u_second
  end
end
module \demo_top
  wire input 1 \clk
  memory width 8 size 16 \store
  cell $paramod\holder\W=8 \u_holder
  end
  cell \cell \u_own
  end
end
"""

TABLE = """
demo:
  source: "a paper"
  blocks:
    core: {title: "Core", area_mm2: 0.5}
    rest: {title: "Rest"}
  modules:
    demo_top: rest
    holder: core
    cell: parent
"""


def mapped(area: float, memories: dict[str, int] | None = None) -> Mapped:
    return Mapped(
        key="",
        generic_cells=1,
        flip_flops=2,
        latches=0,
        cells=3,
        area=area,
        register_area=0.0,
        memories=memories or {},
        capacitance=1.0,
        clock_capacitance=1.0,
        cpu_s=0.0,
    )


@pytest.mark.parametrize("design", MACHINES)
def test_blocks_cover_every_module(design: str) -> None:
    sources, _ = read_file_list(ROOT / MACHINES[design].file_list)
    names = {path.stem for path in sources}
    blocks = load_blocks(design)
    assert blocks.uncovered(names) == []
    assert set(blocks.modules) == names, "a module that is gone"


@pytest.mark.parametrize("design", MACHINES)
def test_every_block_has_a_module(design: str) -> None:
    blocks = load_blocks(design)
    assert set(blocks.blocks) == set(blocks.modules.values()) - {PARENT}


def test_published_figures_add_up() -> None:
    prosperity = load_blocks("prosperity").blocks.values()
    assert sum(block.area_mm2 or 0 for block in prosperity) == pytest.approx(0.529, abs=2e-3)
    loas = load_blocks("loas").blocks.values()
    assert sum(block.power_mw or 0 for block in loas) == pytest.approx(188.9)


def test_shared_cells_belong_to_what_holds_them(tmp_path: Path) -> None:
    (tmp_path / "blocks.yaml").write_text(TABLE)
    blocks = load_blocks("demo", tmp_path / "blocks.yaml")
    machine = parse(MACHINE, "demo_top")
    holder = "$paramod\\holder\\W=8"
    assert list(machine.modules) == ["cell", holder, "demo_top"]
    assert machine.modules[holder].parameters == {"W": "8"}
    assert machine.modules["demo_top"].arrays == {"store": 128}
    assert machine.counts() == {"demo_top": 1, holder: 1, "cell": 3}
    assert blocks.instances(machine) == {
        ("demo_top", "rest"): 1,
        (holder, "core"): 1,
        ("cell", "core"): 2,
        ("cell", "rest"): 1,
    }
    found = {"cell": mapped(10), holder: mapped(5), "demo_top": mapped(1, {"store": 128})}
    totals = add_up(machine, found, blocks)
    assert totals["core"].area == 25
    assert totals["rest"].area == 11
    assert totals["rest"].memory_bits == 128


def test_a_module_without_a_block_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "blocks.yaml").write_text(TABLE.replace("    holder: core\n", ""))
    blocks = load_blocks("demo", tmp_path / "blocks.yaml")
    with pytest.raises(RunFailure, match=r"gives no block to holder"):
        add_up(parse(MACHINE, "demo_top"), {}, blocks)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("holder: core", "holder: kernel", "there is no block 'kernel'"),
        ("  modules:", "  module:", "demo.module: unknown key; did you mean modules?"),
        ("demo:", "other:", "there is no machine demo"),
        ("source", "]", "blocks.yaml:3: "),
    ],
)
def test_a_damaged_table_is_refused(old: str, new: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "blocks.yaml").write_text(TABLE.replace(old, new))
    with pytest.raises(InputError, match=expected):
        load_blocks("demo", tmp_path / "blocks.yaml")
