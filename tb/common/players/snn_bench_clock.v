// SPDX-License-Identifier: Apache-2.0
// A clock made in the simulation: no program is woken for its edges.
//
// Function:   clk is high for HALF_NS nanoseconds, then low for as long, and so on.
`default_nettype none

module snn_bench_clock #(
    // half a period in nanoseconds, 1 or more
    parameter HALF_NS = 1
) (
    output reg clk
);

    initial begin
        clk = 1'b1;
    end

    always begin
        #(HALF_NS) clk = ~clk;
    end

endmodule

`default_nettype wire
