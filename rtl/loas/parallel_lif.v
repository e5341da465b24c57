// SPDX-License-Identifier: Apache-2.0
// Leaky integrate-and-fire neurons of one output column, all time steps in one cycle.
//
// Function:   for each row the sums of its time steps pass a chain of lif_cell, from a potential of zero; bit t of
//             its word is the spike of step t. Bias and threshold are the column's.
// Latency:    combinational.
`default_nettype none

module parallel_lif #(
    parameter ROWS       = 16,
    parameter TIME_STEPS = 4,
    parameter ACC_W      = 24,
    parameter BIAS_W     = 32
) (
    // settings
    input  wire [4:0]                       leak_shift,
    input  wire                             soft_reset,
    input  wire                             fire_ge,
    // column
    input  wire [BIAS_W-1:0]                bias,
    input  wire [BIAS_W-1:0]                threshold,
    input  wire [ROWS*TIME_STEPS*ACC_W-1:0] sums,
    output wire [ROWS*TIME_STEPS-1:0]       words
);

    // sums of TIME_STEPS steps, each below 3 * 2**(max - 1) in size
    localparam U_W = (ACC_W > BIAS_W ? ACC_W : BIAS_W) + 2 + $clog2(TIME_STEPS);

    genvar r;
    genvar t;
    generate
        for (r = 0; r < ROWS; r = r + 1) begin : g_row
            for (t = 0; t < TIME_STEPS; t = t + 1) begin : g_step
                wire [U_W-1:0] u;
                wire [U_W-1:0] u_next;

                if (t == 0) begin : g_first
                    assign u = {U_W{1'b0}};
                end else begin : g_chain
                    assign u = g_step[t-1].u_next;
                end
                if (t == TIME_STEPS - 1) begin : g_last
                    wire unused = &{1'b0, u_next};
                end

                lif_cell #(
                    .SUM_W (ACC_W),
                    .BIAS_W(BIAS_W),
                    .U_W   (U_W)
                ) u_cell (
                    .leak_shift(leak_shift),
                    .soft_reset(soft_reset),
                    .fire_ge   (fire_ge),
                    .first     (t == 0),
                    .sum       (sums[(r*TIME_STEPS+t)*ACC_W +: ACC_W]),
                    .bias      (bias),
                    .threshold (threshold),
                    .u         (u),
                    .spike     (words[r*TIME_STEPS+t]),
                    .u_next    (u_next)
                );
            end
        end
    endgenerate

endmodule

`default_nettype wire
