// SPDX-License-Identifier: Apache-2.0
// One step of a leaky integrate-and-fire neuron in integers.
//
// Function:   V = u - (u >>> leak_shift), leak_shift = 0: V = u; at the first step V = 0.
//             x = V + sum + bias;  spike = x > threshold (fire_ge: x >= threshold);
//             u_next = spike ? (soft_reset ? x - threshold : 0) : x.
// Latency:    combinational.
// Limits:     U_W bits must hold the potential of all steps: for 2**S steps
//             max(SUM_W, BIAS_W) + 2 + S bits do.
`default_nettype none

module lif_cell #(
    // bits of the input sum, of bias and threshold, and of the membrane potential, all signed
    parameter SUM_W  = 24,
    parameter BIAS_W = 32,
    parameter U_W    = 42
) (
    // settings
    input  wire [4:0]        leak_shift,
    input  wire              soft_reset,
    input  wire              fire_ge,
    // step
    input  wire              first,
    input  wire [SUM_W-1:0]  sum,
    input  wire [BIAS_W-1:0] bias,
    input  wire [BIAS_W-1:0] threshold,
    input  wire [U_W-1:0]    u,
    output wire              spike,
    output wire [U_W-1:0]    u_next
);

    generate
        if (U_W < SUM_W + 2 || U_W < BIAS_W + 2) begin : g_check_u_w
            illegal_parameter_U_W_too_narrow u_stop ();
        end
    endgenerate

    wire signed [U_W-1:0] u_s    = u;
    wire signed [U_W-1:0] leak   = u_s >>> leak_shift;
    wire signed [U_W-1:0] kept   = leak_shift == 5'd0 ? u_s : u_s - leak;
    wire signed [U_W-1:0] sum_s  = {{(U_W - SUM_W) {sum[SUM_W-1]}}, sum};
    wire signed [U_W-1:0] bias_s = {{(U_W - BIAS_W) {bias[BIAS_W-1]}}, bias};
    wire signed [U_W-1:0] thr_s  = {{(U_W - BIAS_W) {threshold[BIAS_W-1]}}, threshold};
    wire signed [U_W-1:0] start  = first ? {U_W{1'b0}} : kept;
    wire signed [U_W-1:0] x      = start + sum_s + bias_s;

    assign spike  = x > thr_s || (fire_ge && x == thr_s);
    assign u_next = !spike ? x : soft_reset ? x - thr_s : {U_W{1'b0}};

endmodule

`default_nettype wire
