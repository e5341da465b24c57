"""Each lint step passes a clean tree and finds a fault planted for it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from snn_rtl.run.command import run_command
from snn_rtl.tools.cli import lint as command
from snn_rtl.tools.lint.command import STEPS

ROOT = Path(__file__).resolve().parents[2]
Edit = Callable[[Path], None]

CELL = """\
// One register.
`default_nettype none

module cell_reg #(
    parameter W = 8
) (
    input  wire         clk,
    input  wire [W-1:0] d,
    output reg  [W-1:0] q
);

    always @(posedge clk) begin
        q <= d;
    end

endmodule

`default_nettype wire
"""

TOP = """\
// Two registers in a row.
`default_nettype none

module demo_top #(
    parameter W = 8
) (
    input  wire         clk,
    input  wire [W-1:0] d,
    output wire [W-1:0] q
);

    wire [W-1:0] middle;

    cell_reg #(.W(W)) u_first (.clk(clk), .d(d), .q(middle));
    cell_reg #(.W(W)) u_last (.clk(clk), .d(middle), .q(q));

endmodule

`default_nettype wire
"""

PYTHON = '''\
"""A module."""


def double(value: int) -> int:
    """Return twice the value."""
    return 2 * value
'''


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Build a small tree that every step passes."""
    files = {
        "rtl/common/cell_reg.v": CELL,
        "rtl/demo/demo_top.v": TOP,
        "rtl/demo/demo_top.f": "demo_top.v\n../common/cell_reg.v\n",
        "models/__init__.py": '"""Models."""\n',
        "models/double.py": PYTHON,
        "README.md": "See [the models](models/double.py).\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "snn_rtl").mkdir()
    (tmp_path / "snn_rtl" / "models").symlink_to("../models")
    (tmp_path / "rtl" / "lint").mkdir()
    shutil.copy(ROOT / "rtl" / "lint" / "verible.rules", tmp_path / "rtl" / "lint")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(root: Path, *steps: str) -> int:
    return run_command(command, [f"--root={root}", f"--steps={','.join(steps)}"])


def replace(name: str, old: str, new: str) -> Edit:
    def edit(root: Path) -> None:
        text = (root / name).read_text(encoding="utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def add(name: str, text: str) -> Edit:
    def edit(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    return edit


def remove(folder: str) -> Edit:
    return lambda root: shutil.rmtree(root / folder)


cell, top = "rtl/common/cell_reg.v", "rtl/demo/demo_top.v"
# A path that no tracked file may name, in two parts for this file's own sake.
SOMEWHERE = "/" + "home/someone/project"

FAULTS = {
    "verilator-width": ("verilator", replace(cell, "q <= d;", "q <= {d, 1'b0};"), "WIDTHTRUNC"),
    "verilator-unused": ("verilator", replace(top, ".d(d)", ".d({W{1'b0}})"), "UNUSED"),
    "verilator-2005": ("verilator", replace(cell, "output reg ", "output logic"), "logic"),
    "icarus-list": ("icarus", add("rtl/demo/demo_top.f", "demo_top.v\n"), "cell_reg"),
    "verilator-list-names": ("verilator", add("rtl/demo/demo_top.f", "../no.v\n"), "rtl/no.v"),
    "verilator-bench": (
        "verilator",
        add("tb/common/clock.v", CELL.replace("cell_reg", "clock").replace("<= d", "<= #1 e")),
        "tb/common/clock.v",
    ),
    "verilator-none": ("verilator", remove("rtl"), "no Verilog modules"),
    "icarus-2005": ("icarus", replace(cell, "always @(", "always_ff @("), "cell_reg.v:12"),
    "icarus-warning": ("icarus", replace(top, ".d(middle), ", ""), "floating"),
    "icarus-missing": ("icarus", replace(top, "cell_reg #(.W(W)) u_l", "other u_l"), "other"),
    "icarus-none": ("icarus", remove("rtl"), "no Verilog modules"),
    "verible-begin": ("verible", replace(cell, "clk) begin\n", "clk)\n"), "cell_reg.v"),
    "verible-name": (
        "verible",
        replace(top, "wire [W-1:0] middle", "wire [W-1:0] Mid"),
        "signal-name",
    ),
    "verible-parameter": ("verible", replace(cell, "parameter W", "parameter w"), "parameter-name"),
    "verible-syntax": ("verible", replace(cell, "endmodule", ""), "syntax error"),
    "verible-rule": ("verible", add("rtl/lint/verible.rules", "-no-such-rule\n"), "no-such-rule"),
    "verible-rules": ("verible", remove("rtl/lint"), "verible.rules is missing"),
    "verible-none": ("verible", remove("rtl"), "no Verilog modules"),
    "yosys-none": ("yosys", remove("rtl"), "no Verilog modules"),
    "waivers-file": (
        "waivers",
        add("rtl/lint/demo.vlt", '`verilator_config\nlint_off -rule UNUSED -file "*/a.v"\n'),
        "demo.vlt:2",
    ),
    "waivers-inline": (
        "waivers",
        replace(cell, "    always", "    // verilator lint_off WIDTH\n    always"),
        "cell_reg.v:12",
    ),
    "waivers-allow": ("waivers", add("rtl/lint/icarus.allow", "floating\n"), "icarus.allow:1"),
    "ruff-unused": ("ruff", replace("models/double.py", "\n\n\n", "\n\nimport os\n\n"), "F401"),
    "ruff-docstring": ("ruff", replace("models/double.py", '"""A module."""', ""), "D100"),
    "ruff-none": ("ruff", remove("models"), "no Python files"),
    "format-quotes": ("format", replace("models/double.py", "2 * value", "2*value"), "double.py"),
    "format-none": ("format", remove("models"), "no Python files"),
    "mypy-type": ("mypy", replace("models/double.py", "2 * value", "str(value)"), "return-value"),
    "mypy-untyped": ("mypy", replace("models/double.py", "value: int", "value"), "no-untyped-def"),
    "mypy-none": ("mypy", remove("models"), "no Python files"),
    "tree-path": ("tree", add("docs/a.md", f"cd {SOMEWHERE}\n"), "docs/a.md:1: names a path"),
    "tree-link": ("tree", add("docs/a.md", "[b](b.md#c)\n"), "links to b.md, which is not there"),
    "tree-anchor": (
        "tree",
        add("docs/a.md", "# A title\n\n[b](#a-title) [c](#another)\n"),
        "links to #another: there is no such heading",
    ),
    "tree-outside": (
        "tree",
        add("docs/a.md", "[b](../..)\n"),
        "links to ../.., which is outside the project",
    ),
    "tree-blank": ("tree", replace(top, "endmodule\n", "endmodule \n"), "demo_top.v:17: white"),
    "tree-newline": ("tree", add("docs/a.md", "text"), "docs/a.md: no newline"),
}


@pytest.mark.parametrize("step", [name for name in STEPS if name not in ("yosys", "loops")])
def test_lint_passes_clean_tree(step: str, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tree, step) == 0, capsys.readouterr().out
    assert f"ok   {step}" in capsys.readouterr().out


@pytest.mark.parametrize("fault", FAULTS)
def test_lint_finds_fault(fault: str, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    step, edit, expected = FAULTS[fault]
    edit(tree)
    assert lint(tree, step) == 1
    output = capsys.readouterr().out
    assert f"FAIL {step}" in output
    assert expected in output


def test_lint_yosys(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One test for all of yosys: its first call on a machine takes most of a minute."""
    assert lint(tree, "yosys") == 0, capsys.readouterr().out
    loop = CELL.replace("cell_reg", "loop").replace("@(posedge clk)", "@*").replace("<= d", "= ~q")
    faults = {
        "loop": (loop, "logic loop"),
        "undriven": (
            TOP.replace("demo_top", "undriven").replace(".q(middle)", ".q()"),
            "no driver",
        ),
        "latch": (
            CELL.replace("cell_reg", "latch").replace("@(posedge clk) begin", "@* if (clk) begin"),
            "rtl/demo/latch.v: a latch",
        ),
        "reset": (
            CELL.replace("cell_reg", "reset")
            .replace("@(posedge clk)", "@(posedge clk or posedge d[0])")
            .replace("q <= d", "if (d[0]) q <= {W{1'b0}}; else q <= d"),
            "rtl/demo/reset.v: an asynchronous reset",
        ),
        "falling": (
            CELL.replace("cell_reg", "falling").replace("posedge", "negedge"),
            "rtl/demo/falling.v: a register on the falling edge",
        ),
        "gated": (
            CELL.replace("cell_reg", "gated").replace("posedge clk", "posedge d[0]"),
            "rtl/demo/gated.v: a register on another clock than clk",
        ),
        "clock": (
            CELL.replace("cell_reg", "clock").replace("<= d", "<= d & {W{clk}}"),
            "rtl/demo/clock.v: clk used as something else",
        ),
        "missing": (TOP.replace("demo_top", "missing").replace("cell_reg", "absent"), "absent"),
    }
    for name, (text, _) in faults.items():
        add(f"rtl/demo/{name}.v", text)(tree)
    capsys.readouterr()
    assert lint(tree, "yosys") == 1
    output = capsys.readouterr().out
    for _, expected in faults.values():
        assert expected in output
    add("rtl/lint/yosys.allow", "# Only for this test.\nno driver|logic loop|ERROR\n")(tree)
    assert lint(tree, "yosys") == 1, "a failed run counts, whatever is allowed"
    add("rtl/demo/broken.v", "module broken (\n")(tree)
    assert lint(tree, "yosys") == 1
    assert "rtl/demo/broken.v: yosys ended with status 1" in capsys.readouterr().out


CROSS = """\
// One gate.
`default_nettype none

module cross (
    input  wire a,
    output wire y
);

    assign y = ~a;

endmodule

`default_nettype wire
"""


def test_lint_loops(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A loop, and a net with two drivers, over two modules of which neither sees it."""
    assert lint(tree, "loops") == 0, capsys.readouterr().out
    add("rtl/demo/cross.v", CROSS)(tree)
    add("rtl/demo/demo_top.f", "demo_top.v\n../common/cell_reg.v\ncross.v\n")(tree)
    replace(
        top,
        "endmodule",
        "    wire one;\n    wire two;\n\n    cross u_one (.a(two), .y(one));\n"
        "    cross u_two (.a(one), .y(two));\n\nendmodule",
    )(tree)
    capsys.readouterr()
    assert lint(tree, "yosys") == 0, capsys.readouterr().out
    assert lint(tree, "loops") == 1
    assert "logic loop" in capsys.readouterr().out
    replace(top, ".a(two), .y(one)", ".a(d[0]), .y(two)")(tree)
    replace(top, ".a(one)", ".a(d[1])")(tree)
    assert lint(tree, "loops") == 1
    assert "multiple conflicting drivers" in capsys.readouterr().out
    remove("rtl")(tree)
    assert lint(tree, "loops") == 1
    assert "no file lists" in capsys.readouterr().out


def test_lint_paths_through_a_bus(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A ready that follows its valid within the cycle; a register between them is no path."""
    ports = "    output wire [W-1:0] q,\n    input  wire         s_axil_arvalid,\n"
    ports += "    output wire         s_axil_arready\n);\n"
    replace(top, "    output wire [W-1:0] q\n);\n", ports)(tree)
    replace(top, "endmodule", "    assign s_axil_arready = !s_axil_arvalid;\n\nendmodule")(tree)
    assert lint(tree, "loops") == 1
    assert "an output of a bus follows an input within a cycle" in capsys.readouterr().out
    taken = "cell_reg #(.W(1)) u_taken (.clk(clk), .d(s_axil_arvalid), .q(s_axil_arready));"
    replace(top, "assign s_axil_arready = !s_axil_arvalid;", taken)(tree)
    assert lint(tree, "loops") == 0, capsys.readouterr().out


def test_lint_bench_may_use_delays(tree: Path) -> None:
    text = CELL.replace("cell_reg", "delayed").replace("<= d", "<= #1 d")
    add("tb/common/delayed.v", text)(tree)
    assert lint(tree, "verilator", "icarus", "verible") == 0


def test_lint_allows_named_warnings(tree: Path) -> None:
    replace(top, ".d(middle), ", "")(tree)
    add("rtl/lint/icarus.allow", "# The last register is fed later.\nfloating\n")(tree)
    assert lint(tree, "icarus", "waivers") == 0


@pytest.mark.parametrize(
    "waiver",
    [
        "    // verilator lint_off WIDTH  // the sum wraps on purpose\n",
        "    // The sum wraps on purpose.\n    // verilator lint_off WIDTH\n",
        "    /* verilator lint_off WIDTH */ // the sum wraps on purpose\n",
    ],
)
def test_lint_takes_waiver_with_reason(waiver: str, tree: Path) -> None:
    replace(cell, "    always", waiver + "    always")(tree)
    assert lint(tree, "waivers") == 0


def test_lint_file_list_by_the_name_of_the_machine(tree: Path) -> None:
    (tree / "rtl" / "demo" / "demo_top.f").rename(tree / "rtl" / "demo" / "demo.f")
    assert lint(tree, "verilator", "icarus") == 0


def test_lint_uses_waiver_files(tree: Path) -> None:
    replace(top, ".d(d)", ".d({W{1'b0}})")(tree)
    waiver = 'lint_off -rule UNUSEDSIGNAL -file "*/demo_top.v" // the input is a spare pin\n'
    add("rtl/lint/demo.vlt", "`verilator_config\n" + waiver)(tree)
    assert lint(tree, "verilator", "waivers") == 0


def test_lint_tracked_build_output(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add("build/result.json", "{}\n")(tree)
    add(".gitignore", "/build/\n")(tree)
    git = ["git", "-C", str(tree), "-c", "init.defaultBranch=main"]
    subprocess.run([*git, "init", "-q"], check=True)
    assert lint(tree, "tree") == 0
    subprocess.run([*git, "add", "-f", "build/result.json"], check=True)
    assert lint(tree, "tree") == 1
    assert "build/result.json: generated" in capsys.readouterr().out


def test_lint_goes_on_after_a_failed_step(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remove("rtl")(tree)
    assert lint(tree, "verible", "waivers", "ruff") == 1
    assert "lint: 2 of 3 steps passed" in capsys.readouterr().out


def test_lint_unknown_step(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(tree, "spelling") == 2
    error = capsys.readouterr().err
    assert error.startswith("lint: unknown step 'spelling'")
    assert error.count("\n") == 1


def test_lint_missing_checker(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("snn_rtl.run.tools.shutil.which", lambda *_, **__: None)
    assert lint(tree, "icarus") == 2
    assert capsys.readouterr().err == "lint: iverilog is not installed\n"
