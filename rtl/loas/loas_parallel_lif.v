// SPDX-License-Identifier: Apache-2.0
// Leaky integrate-and-fire neurons of one output column, all time steps of a column in one cycle.
//
// Function:   for each row the sums of its time steps pass a chain of snn_lif_cell, from a potential of zero; bit t of
//             its word is the spike of step t. Bias and threshold are the column's.
// Latency:    a column with valid in cycle c: its words show in c + 1, and stay until the next one's.
// Throughput: a column a cycle: the chain has a register behind the first half of the steps.
`default_nettype none

module loas_parallel_lif #(
    parameter ROWS       = 16,
    parameter TIME_STEPS = 4,
    parameter ACC_W      = 24,
    parameter BIAS_W     = 32
) (
    input  wire                             clk,
    // settings
    input  wire [4:0]                       leak_shift,
    input  wire                             soft_reset,
    input  wire                             fire_ge,
    // column
    input  wire                             valid,
    input  wire [BIAS_W-1:0]                bias,
    input  wire [BIAS_W-1:0]                threshold,
    input  wire [ROWS*TIME_STEPS*ACC_W-1:0] sums,
    output wire [ROWS*TIME_STEPS-1:0]       words
);

    // sums of TIME_STEPS steps, each below 3 * 2**(max - 1) in size
    localparam U_W    = (ACC_W > BIAS_W ? ACC_W : BIAS_W) + 2 + $clog2(TIME_STEPS);
    // steps before the register, and those behind it
    localparam EARLY  = TIME_STEPS / 2;
    localparam LATE   = TIME_STEPS - EARLY;
    localparam LATE_W = LATE * ACC_W;

    reg [BIAS_W-1:0] late_bias_q;
    reg [BIAS_W-1:0] late_threshold_q;

    always @(posedge clk) begin
        if (valid) begin
            late_bias_q      <= bias;
            late_threshold_q <= threshold;
        end
    end

    genvar r;
    genvar t;
    generate
        for (r = 0; r < ROWS; r = r + 1) begin : g_row
            reg [LATE_W-1:0] late_sums_q;

            always @(posedge clk) begin
                if (valid) begin
                    late_sums_q <= sums[(r*TIME_STEPS+EARLY)*ACC_W +: LATE_W];
                end
            end

            for (t = 0; t < TIME_STEPS; t = t + 1) begin : g_step
                wire [ACC_W-1:0] sum;
                wire [U_W-1:0]   u;
                wire [U_W-1:0]   u_next;
                wire             spike;

                if (t == 0) begin : g_first
                    assign u = {U_W{1'b0}};
                end else if (t == EARLY) begin : g_register
                    reg [U_W-1:0] u_q;

                    assign u = u_q;

                    always @(posedge clk) begin
                        if (valid) begin
                            u_q <= g_step[t-1].u_next;
                        end
                    end
                end else begin : g_chain
                    assign u = g_step[t-1].u_next;
                end
                if (t < EARLY) begin : g_early
                    reg spike_q;

                    assign sum                   = sums[(r*TIME_STEPS+t)*ACC_W +: ACC_W];
                    assign words[r*TIME_STEPS+t] = spike_q;

                    always @(posedge clk) begin
                        if (valid) begin
                            spike_q <= spike;
                        end
                    end
                end else begin : g_late
                    assign sum                   = late_sums_q[(t-EARLY)*ACC_W +: ACC_W];
                    assign words[r*TIME_STEPS+t] = spike;
                end
                if (t == TIME_STEPS - 1) begin : g_last
                    wire unused = &{1'b0, u_next};
                end

                snn_lif_cell #(
                    .SUM_W (ACC_W),
                    .BIAS_W(BIAS_W),
                    .U_W   (U_W)
                ) u_cell (
                    .leak_shift(leak_shift),
                    .soft_reset(soft_reset),
                    .fire_ge   (fire_ge),
                    .first     (t == 0),
                    .sum       (sum),
                    .bias      (t < EARLY ? bias : late_bias_q),
                    .threshold (t < EARLY ? threshold : late_threshold_q),
                    .u         (u),
                    .spike     (spike),
                    .u_next    (u_next)
                );
            end
        end
    endgenerate

endmodule

`default_nettype wire
