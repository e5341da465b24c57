// SPDX-License-Identifier: Apache-2.0
// Ones of a bitmask below one position, at once: the paper's fast prefix sum.
//
// Function:   sum = number of ones in mask[position-1:0].
// Latency:    combinational.
`default_nettype none

module loas_fast_prefix_sum #(
    // bits of the mask, 2 or more
    parameter W     = 128,
    // derived
    parameter IDX_W = $clog2(W)
) (
    input  wire [W-1:0]     mask,
    input  wire [IDX_W-1:0] position,
    output wire [IDX_W-1:0] sum
);

    localparam COUNT_W = $clog2(W + 1);

    wire [COUNT_W-1:0] count;

    snn_popcount #(
        .W(W)
    ) u_count (
        .word (mask & ~({W{1'b1}} << position)),
        .count(count)
    );

    // Below a position there are fewer than W ones.
    assign sum = count[IDX_W-1:0];

    generate
        if (COUNT_W > IDX_W) begin : g_top
            wire unused = count[COUNT_W-1];
        end
    endgenerate

endmodule

`default_nettype wire
