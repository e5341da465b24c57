// SPDX-License-Identifier: Apache-2.0
// Number of ones in a word.
//
// Function:   count = sum of the bits of word.
// Latency:    combinational, clog2(W) levels.
`default_nettype none

module snn_popcount #(
    // bits of the word, 1 or more
    parameter W     = 16,
    // bits of the count, derived
    parameter CNT_W = $clog2(W + 1)
) (
    input  wire [W-1:0]     word,
    output wire [CNT_W-1:0] count
);

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

    // A level adds neighbouring fields of S bits, all in one addition: no sum leaves its field of 2 * S.
    genvar l;
    generate
        for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
            wire [LEAVES-1:0] fields;

            if (l > 0) begin : g_sums
                localparam              S   = 1 << (l - 1);
                localparam [LEAVES-1:0] LOW = {(LEAVES / (2 * S)) {{S{1'b0}}, {S{1'b1}}}};

                assign fields = (g_level[l-1].fields & LOW) + ((g_level[l-1].fields >> S) & LOW);
            end else if (LEAVES == W) begin : g_word
                assign fields = word;
            end else begin : g_padded
                assign fields = {{(LEAVES - W) {1'b0}}, word};
            end
        end

        if (LEAVES > CNT_W) begin : g_rest
            wire unused = &{1'b0, g_level[LEVELS].fields[LEAVES-1:CNT_W]};
        end
    endgenerate

    assign count = g_level[LEVELS].fields[CNT_W-1:0];

endmodule

`default_nettype wire
