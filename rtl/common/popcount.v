// SPDX-License-Identifier: Apache-2.0
// Number of ones in a word, as a binary tree of adders.
//
// Function:   count = sum of the bits of word.
// Latency:    combinational, clog2(W) additions of one bit and more.
`default_nettype none

module popcount #(
    // bits of the word, 1 or more
    parameter W     = 16,
    // bits of the count, derived
    parameter CNT_W = $clog2(W + 1)
) (
    input  wire [W-1:0]     word,
    output wire [CNT_W-1:0] count
);

    // The tree is built over the next power of two; the added leaves are zero.
    localparam LEVELS = $clog2(W);
    localparam LEAVES = 1 << LEVELS;

    generate
        if (W < 1) begin : g_check_w
            illegal_parameter_W_below_1 u_stop ();
        end
        if (CNT_W != $clog2(W + 1)) begin : g_check_cnt_w
            illegal_parameter_CNT_W_is_derived u_stop ();
        end
    endgenerate

    // A node of level l holds the ones of 2**l bits: l + 1 bits.
    genvar l;
    genvar n;
    generate
        for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
            wire [(LEAVES>>l)*(l+1)-1:0] ones;

            if (l == 0) begin : g_leaf
                if (LEAVES == W) begin : g_exact
                    assign ones = word;
                end else begin : g_padded
                    assign ones = {{(LEAVES - W) {1'b0}}, word};
                end
            end else begin : g_inner
                for (n = 0; n < (LEAVES >> l); n = n + 1) begin : g_node
                    assign ones[n*(l+1) +: l+1] = {1'b0, g_level[l-1].ones[2*n*l +: l]}
                        + {1'b0, g_level[l-1].ones[(2*n+1)*l +: l]};
                end
            end
        end
    endgenerate

    // Below the next power of two the root's highest bit is never set.
    assign count = g_level[LEVELS].ones[CNT_W-1:0];

    generate
        if (LEVELS + 1 > CNT_W) begin : g_top
            wire unused = g_level[LEVELS].ones[LEVELS];
        end
    endgenerate

endmodule

`default_nettype wire
