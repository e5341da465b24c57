// SPDX-License-Identifier: Apache-2.0
// Properties of snn_lif_cell, for every input whose potential fits: the neuron in exact arithmetic.
`default_nettype none

module snn_lif_cell_formal #(
    parameter SUM_W  = 3,
    parameter BIAS_W = 4,
    parameter U_W    = 8
) (
    input wire [4:0]        leak_shift,
    input wire              soft_reset,
    input wire              fire_ge,
    input wire              first,
    input wire [SUM_W-1:0]  sum,
    input wire [BIAS_W-1:0] bias,
    input wire [BIAS_W-1:0] threshold,
    input wire [U_W-1:0]    u
);

    // Wide enough for u << 31.
    localparam X_W = U_W + 34;

    wire           spike;
    wire [U_W-1:0] u_next;

    snn_lif_cell #(
        .SUM_W (SUM_W),
        .BIAS_W(BIAS_W),
        .U_W   (U_W)
    ) u_dut (
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .first     (first),
        .sum       (sum),
        .bias      (bias),
        .threshold (threshold),
        .u         (u),
        .spike     (spike),
        .u_next    (u_next)
    );

    wire signed [X_W-1:0] u_x   = $signed(u);
    wire signed [X_W-1:0] sum_x = $signed(sum);
    wire signed [X_W-1:0] bias_x = $signed(bias);
    wire signed [X_W-1:0] thr_x = $signed(threshold);

    // The leak is the floor of u / 2**leak_shift: the one number q with q * 2**s <= u < (q + 1) * 2**s.
    (* anyconst *) wire signed [U_W-1:0] leak;
    wire signed [X_W-1:0] leak_x = leak;
    wire signed [X_W-1:0] above_x = leak_x + 1;
    always @* assume ((leak_x <<< leak_shift) <= u_x && u_x < (above_x <<< leak_shift));

    wire signed [X_W-1:0] kept   = leak_shift == 0 ? u_x : u_x - leak_x;
    wire signed [X_W-1:0] x      = (first ? 0 : kept) + sum_x + bias_x;
    wire signed [X_W-1:0] rest   = x - thr_x;
    wire signed [X_W-1:0] most   = (1 << (U_W - 1)) - 1;
    wire                  fits   = x <= most && x >= -most - 1;
    wire                  fires  = fire_ge ? x >= thr_x : x > thr_x;
    wire signed [X_W-1:0] next_x = $signed(u_next);

    always @* if (fits) begin
        a_spike: assert (spike == fires);
        if (!fires) a_keep: assert (next_x == x);
        if (fires && !soft_reset) a_hard: assert (next_x == 0);
        if (fires && soft_reset && rest <= most) a_soft: assert (next_x == rest);
        c_leak: cover (leak_shift == 2 && leak == -3 && !first && spike);
        c_equal: cover (x == thr_x && spike);
        c_soft: cover (soft_reset && spike && rest == 5);
        c_long_leak: cover (leak_shift == 31 && u_x == -1 && !first);
    end

endmodule

`default_nettype wire
