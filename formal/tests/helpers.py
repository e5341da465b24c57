"""A small project with one proof, for the tests of the driver."""

from __future__ import annotations

from pathlib import Path

COUNTER = """
module counter (input wire clk, input wire rst, output reg [2:0] count);
    always @(posedge clk) begin
        if (rst || count == 3'd5) count <= 3'd0;
        else count <= count + 1'b1;
    end
endmodule
"""

HARNESS = """
module counter_formal (input wire clk, input wire rst);
    wire [2:0] count;
    counter u_dut (.clk(clk), .rst(rst), .count(count));
    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);
    always @* if (started) begin
        a_bound: assert (count <= 5);
        c_end: cover (count == 5);
    end
endmodule
"""

SBY = """
[tasks]
prove
cover

[options]
prove: mode prove
cover: mode cover
depth 8

[engines]
smtbmc yices

[script]
read_verilog counter.v
read_verilog -formal counter_formal.v
prep -top counter_formal -flatten

[files]
../../../rtl/counter.v
counter_formal.v
"""

BROKEN = """
- name: counts_on
  property: a_bound
  task: prove
  file: rtl/counter.v
  old: if (rst || count == 3'd5)
  new: if (rst)
"""


def project(
    root: Path,
    *,
    counter: str = COUNTER,
    harness: str = HARNESS,
    sby: str = SBY,
    broken: str = BROKEN,
) -> Path:
    """Write the project into a folder and return it."""
    folder = root / "formal" / "proofs" / "counter"
    folder.mkdir(parents=True)
    (root / "rtl").mkdir()
    (root / "rtl" / "counter.v").write_text(counter)
    (folder / "counter_formal.v").write_text(harness)
    (folder / "counter.sby").write_text(sby)
    (folder / "broken.yaml").write_text(broken)
    return root
