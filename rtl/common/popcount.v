// SPDX-License-Identifier: Apache-2.0
// Number of ones in a word.
//
// Function:   count = sum of the bits of word.
// Latency:    combinational.
`default_nettype none

module popcount #(
    // bits of the word, 1 or more
    parameter W     = 16,
    // bits of the count, derived
    parameter CNT_W = $clog2(W + 1)
) (
    input  wire [W-1:0]     word,
    output reg  [CNT_W-1:0] count
);

    generate
        if (W < 1) begin : g_check_w
            illegal_parameter_W_below_1 u_stop ();
        end
        if (CNT_W != $clog2(W + 1)) begin : g_check_cnt_w
            illegal_parameter_CNT_W_is_derived u_stop ();
        end
    endgenerate

    integer i;

    always @* begin
        count = {CNT_W{1'b0}};
        for (i = 0; i < W; i = i + 1) begin
            if (word[i]) begin
                count = count + 1'b1;
            end
        end
    end

endmodule

`default_nettype wire
