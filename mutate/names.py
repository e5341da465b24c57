"""Names that a netlist, its simulation and its caller agree on."""

from typing import Final

SELECT_FILE: Final = "mutsel.hex"
"""File in the folder of a run that holds the number of the mutant, in hexadecimal."""

SESSION: Final = "snn_rtl.mutate.session"
"""What runs inside the simulation, in front of the tests."""

SESSION_VARIABLE: Final = "MUTATE_SESSION"
"""Environment variable with the JSON file that says what to run."""

VERDICTS_FILE: Final = "verdicts.jsonl"
"""File in the folder of a run with a line for each mutant that is done."""
