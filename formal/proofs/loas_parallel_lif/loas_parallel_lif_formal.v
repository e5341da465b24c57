// SPDX-License-Identifier: Apache-2.0
// Properties of loas_parallel_lif, for every column after any others: the neuron in numbers that no step
// can overflow.
`default_nettype none

module loas_parallel_lif_formal #(
    parameter ROWS       = 1,
    parameter TIME_STEPS = 3,
    parameter ACC_W      = 2,
    parameter BIAS_W     = 2
) (
    input wire                             clk,
    input wire                             valid,
    input wire [BIAS_W-1:0]                bias,
    input wire [BIAS_W-1:0]                threshold,
    input wire [ROWS*TIME_STEPS*ACC_W-1:0] sums
);

    // Settings hold while a column is under way.
    (* anyconst *) wire [4:0] leak_shift;
    (* anyconst *) wire       soft_reset;
    (* anyconst *) wire       fire_ge;

    // Far more than the potential of TIME_STEPS steps takes.
    localparam X_W = 9;

    wire [ROWS*TIME_STEPS-1:0] words;

    loas_parallel_lif #(
        .ROWS      (ROWS),
        .TIME_STEPS(TIME_STEPS),
        .ACC_W     (ACC_W),
        .BIAS_W    (BIAS_W)
    ) u_dut (
        .clk       (clk),
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .valid     (valid),
        .bias      (bias),
        .threshold (threshold),
        .sums      (sums),
        .words     (words)
    );

    reg signed [X_W-1:0]          u;
    reg signed [X_W-1:0]          x;
    reg                           fires;
    reg [ROWS*TIME_STEPS-1:0]     spikes;
    wire signed [X_W-1:0]         bias_x = $signed(bias);
    wire signed [X_W-1:0]         thr_x  = $signed(threshold);
    reg signed [ACC_W-1:0]        sum;
    integer                       r;
    integer                       t;

    always @* begin
        for (r = 0; r < ROWS; r = r + 1) begin
            u = 0;
            for (t = 0; t < TIME_STEPS; t = t + 1) begin
                sum = sums[(r*TIME_STEPS+t)*ACC_W +: ACC_W];
                x = (leak_shift == 0 ? u : u - (u >>> leak_shift)) + sum + bias_x;
                fires = fire_ge ? x >= thr_x : x > thr_x;
                spikes[r*TIME_STEPS+t] = fires;
                u = !fires ? x : soft_reset ? x - thr_x : 0;
            end
        end
    end

    // What the last column must have become.
    reg                       shown = 1'b0;
    reg [ROWS*TIME_STEPS-1:0] expected;
    reg                       was_valid = 1'b0;

    always @(posedge clk) begin
        if (valid) expected <= spikes;
        shown     <= shown || valid;
        was_valid <= valid;
    end

    always @* begin
        if (shown) a_spikes: assert (words == expected);
        c_late: cover (shown && words == 3'b100 && leak_shift == 1 && soft_reset && !was_valid);
        c_negative: cover (valid && u < -9);
        c_next: cover (shown && valid && was_valid && spikes != expected);
    end

endmodule

`default_nettype wire
