// SPDX-License-Identifier: Apache-2.0
// Prefix sums of a bitmask, ADDERS positions a step: the paper's laggy prefix sum.
//
// Function:   sums[i] = ones in all steps since first and in this step's bits below i.
// Latency:    combinational; the running total is kept between steps.
// Throughput: one step a cycle.
// Reset:      none: first starts a sum.
`default_nettype none

module laggy_prefix_sum #(
    // positions a step, 1 or more
    parameter ADDERS = 16,
    // bits of a sum; a total beyond them wraps
    parameter SUM_W  = 7
) (
    input  wire                    clk,
    input  wire                    step,
    input  wire                    first,
    input  wire [ADDERS-1:0]       bits,
    output wire [ADDERS*SUM_W-1:0] sums
);

    reg  [SUM_W-1:0]            total_q;
    wire [(ADDERS+1)*SUM_W-1:0] chain;

    assign chain[SUM_W-1:0] = first ? {SUM_W{1'b0}} : total_q;
    assign sums             = chain[ADDERS*SUM_W-1:0];

    genvar i;
    generate
        for (i = 0; i < ADDERS; i = i + 1) begin : g_adder
            if (SUM_W == 1) begin : g_bit
                assign chain[i+1] = chain[i] ^ bits[i];
            end else begin : g_word
                assign chain[(i+1)*SUM_W +: SUM_W] =
                    chain[i*SUM_W +: SUM_W] + {{(SUM_W - 1) {1'b0}}, bits[i]};
            end
        end
    endgenerate

    always @(posedge clk) begin
        if (step) begin
            total_q <= chain[ADDERS*SUM_W +: SUM_W];
        end
    end

endmodule

`default_nettype wire
