"""Proves with yosys that a mutant changes nothing.

The mutant's netlist is taken twice, once with the mutant selected. A first proof cuts both at their
registers: if outputs and next values are equal for every input and every state, they are
equal for ever. A second one lets both run from one reset and shows by induction over a few cycles
that outputs and registers stay equal; it also finds what only unreachable states would tell apart.
What neither proves in time is not proven; that is no verdict on the mutant.
"""

from __future__ import annotations

import re
from typing import Final

from snn_rtl.mutate import yosys
from snn_rtl.mutate.names import SELECT_W
from snn_rtl.mutate.netlist import Mutation, Netlist
from snn_rtl.run.runner import RunFailure

_PROVEN: Final = "SAT proof finished - no model found: SUCCESS!"
_INDUCED: Final = "Induction step proven: SUCCESS!"
_MOST_STEPS: Final = 4

METHOD: Final = 4
"""Changes with the scripts below, so that earlier proofs are not taken for theirs."""


# The solver takes every register's clock for granted: nothing is proven of a changed one.
_CLOCKS: Final = re.compile(r"-(port (CLK|RD_CLK|WR_CLK|clk)|wire clk)(?!\S)")


def _twice(netlist: Netlist, mutation: Mutation, expose: str) -> str:
    """Return the script that leaves `miter`: the module and its mutant, compared."""
    name = netlist.bench.module
    return (
        f"read_rtlil {netlist.base}; hierarchy -top {name}; {mutation.command}; flatten; "
        f"memory_map; async2sync; dffunmap; opt_expr; opt_clean; {expose} {name}; "
        f"copy {name} gold; rename {name} gate; "
        f"cd gold; delete -input w:mutsel; connect -set mutsel {SELECT_W}'d0; "
        f"cd gate; delete -input w:mutsel; connect -set mutsel {SELECT_W}'d{mutation.number}; "
        "cd ..; opt_expr gold gate; opt_clean gold gate; "
        "miter -equiv -flatten -make_outputs gold gate miter; hierarchy -top miter; "
        # What both have in common and sees the same inputs becomes one: little is left to solve.
        "opt_expr; opt_merge; opt_expr; opt_merge; opt_clean; "
    )


def _holds(script: str, words: str, limit_s: int) -> bool:
    try:
        return words in yosys.run(script, limit_s=limit_s)
    except (RunFailure, TimeoutError):
        return False


def proven_equivalent(netlist: Netlist, mutation: Mutation, limit_s: int) -> bool:
    """Return whether a mutant is proven to change nothing.

    Args:
        netlist: that holds it.
        mutation: which one.
        limit_s: seconds of work for each of the two proofs.
    """
    if _CLOCKS.search(mutation.command):
        return False
    cut = _twice(netlist, mutation, "expose -evert-dff")
    if _holds(f"{cut} sat -prove trigger 0 miter", _PROVEN, limit_s):
        return True
    reset = "-set-at 1 in_rst 1 -set-init-zero " if netlist.has_reset else ""
    run = _twice(netlist, mutation, "expose -dff")
    proof = f"sat -tempinduct -seq 1 -maxsteps {_MOST_STEPS} {reset}-prove trigger 0 miter"
    return _holds(f"{run} {proof}", _INDUCED, limit_s)
