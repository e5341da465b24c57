"""Names and numbers that a netlist, its simulation and its caller agree on."""

from typing import Final

from snn_rtl.machines import MACHINES

DESIGN_NAMES: Final = ("common", *MACHINES)
"""Folders of rtl/ with modules: those that machines share, and each machine's own."""

DEFAULT_COUNT: Final = 40
DEFAULT_SEED: Final = 1
"""Mutants of each module, and where their choice begins: the reasons for survivors are of these."""

SELECT_W: Final = 16
"""Bits of the input that selects a mutant."""

MOST_MUTANTS: Final = (1 << SELECT_W) - 1
"""Most mutants of one netlist."""

SELECT_FILE: Final = "mutsel.hex"
"""File in the folder of a run that holds the number of the mutant, in hexadecimal."""

SESSION: Final = "snn_rtl.mutate.session"
"""What runs inside the simulation, in front of the tests."""

SESSION_VARIABLE: Final = "MUTATE_SESSION"
"""Environment variable with the JSON file that says what to run."""

VERDICTS_FILE: Final = "verdicts.jsonl"
"""File in the folder of a run with a line for each mutant that is done."""
