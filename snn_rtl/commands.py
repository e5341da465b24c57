"""The commands: where each is declared, and what it does; as a program, the list of them.

It needs nothing but Python, so that `make help` works before anything is set up.
"""

from __future__ import annotations

from typing import Final

COMMANDS: Final = {
    "sim": (
        "sim",
        "infer the bundled network, or WORKLOAD, on the RTL and check every output",
    ),
    "estimate": ("sim", "the cycles and densities of sim by the models alone, in a moment"),
    "test": ("tools", "all tests, on both simulators"),
    "regress": (
        "regressions",
        "a list of tests with many seeds, in parallel; a report with trends and guard rails",
    ),
    "nightly": ("regressions", "the list of the night, as regress LIST=nightly"),
    "rerun": ("regressions", "repeat one run of a regression exactly, ID=<session>/<test>.<seed>"),
    "baseline": (
        "regressions",
        "hold later regressions against the numbers of SESSION, for a REASON",
    ),
    "coverage": (
        "regressions",
        "code and functional coverage of a machine, held against the bars",
    ),
    "mutate": ("mutate", "faults planted in the RTL's modules, to see whether their tests notice"),
    "sweep": (
        "studies",
        "cycles, storage, adders and area over ranges of parameters, by the timing model",
    ),
    "sweep-check": (
        "regressions",
        "the RTL's cycles against the timing model, on random machines and layers",
    ),
    "pareto": (
        "studies",
        "cycles against area over the parameters that matter, and what one would build",
    ),
    "bench": (
        "studies",
        "the speed of a workload's run beside a bare loop in C++ around the same RTL",
    ),
    "paper": ("studies", "the paper's tables and plots beside ours, for every workload at hand"),
    "synth": ("synth", "area, timing and relative energy by synthesis, module by module"),
    "area": (
        "synth",
        "fit the area model's constants, which sweep, pareto and paper use, to syntheses",
    ),
    "formal": (
        "formal",
        "prove the modules with an SMT solver, reach the covers, refute broken variants",
    ),
    "lint": (
        "tools",
        "Verilator, Icarus, Verible and yosys on the RTL; ruff and mypy on the Python",
    ),
    "rtl": ("tools", "where a machine's Verilog is, in words that simulators and synthesis take"),
    "regmap": ("tools", "write the register map's files again from their one source"),
    "docs": ("tools", "write the generated files again: register map, testplan page"),
    "train": ("tools", "train the bundled networks again (installs PyTorch into .venv first)"),
}
"""By name: the package whose module cli has the click command, and its line of help."""


if __name__ == "__main__":
    for _name, (_, _text) in COMMANDS.items():
        print(f"  {_name:12} {_text}")
