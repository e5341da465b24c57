"""A machine behind four pins: its streams are wider than any package.

Its inputs come from a shift register and its outputs leave through another one, so that every path
of the machine is timed from flip-flop to flip-flop, as it would be inside a larger chip.
"""

from __future__ import annotations

import re
from typing import Final

from snn_rtl.synth.elaborate import Module, base_name

TOP: Final = "pins"
"""Name of the module around the machine."""

_PORT: Final = re.compile(r"  wire (?:width (\d+) )?(input|output) \d+ \\(\S+)")
_CLOCK: Final = "clk"


def ports(machine: Module) -> dict[str, list[tuple[str, int]]]:
    """Return the ports of a machine but its clock: (name, bits) by direction."""
    found: dict[str, list[tuple[str, int]]] = {"input": [], "output": []}
    for line in machine.stub.splitlines():
        port = _PORT.match(line)
        if port and port[3] != _CLOCK:
            found[port[2]].append((port[3], int(port[1] or 1)))
    return found


def added_flip_flops(machine: Module) -> int:
    """Return the flip-flops that the pins add to a machine."""
    return sum(bits for group in ports(machine).values() for _, bits in group)


def behind_pins(machine: Module) -> str:
    """Return Verilog of a module named TOP that holds the machine."""
    sides = ports(machine)
    wired = [f".{_CLOCK}({_CLOCK})"]
    for group, register in (("input", "in_q"), ("output", "out")):
        low = 0
        for name, bits in sides[group]:
            wired.append(f".{name}({register}[{low} +: {bits}])")
            low += bits
    width = {group: sum(bits for _, bits in found) for group, found in sides.items()}
    return f"""\
module {TOP} (input wire {_CLOCK}, input wire take, input wire d, output wire q);
    reg  [{width["input"] - 1}:0] in_q;
    reg  [{width["output"] - 1}:0] out_q;
    wire [{width["output"] - 1}:0] out;

    assign q = out_q[{width["output"] - 1}];

    always @(posedge {_CLOCK}) begin
        in_q  <= {{in_q, d}};
        out_q <= take ? out : {{out_q, 1'b0}};
    end

    {base_name(machine.key)} u_machine ({", ".join(wired)});
endmodule
"""
