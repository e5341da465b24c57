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

module snn_lif_cell #(
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

    // A potential less a threshold takes a bit more than a potential.
    localparam D_W = U_W + 1;

    wire [D_W-1:0] sum_s  = {{(D_W - SUM_W) {sum[SUM_W-1]}}, sum};
    wire [D_W-1:0] bias_s = {{(D_W - BIAS_W) {bias[BIAS_W-1]}}, bias};
    wire [D_W-1:0] thr_s  = {{(D_W - BIAS_W) {threshold[BIAS_W-1]}}, threshold};

    // ---- V as two terms: the potential, and what subtracts the leak: its complement and a one ----
    wire                  leaks  = leak_shift != 5'd0 && !first;
    wire signed [U_W-1:0] u_s    = u;
    wire signed [U_W-1:0] leak   = u_s >>> leak_shift;
    wire        [D_W-1:0] kept   = {u[U_W-1], u} & {D_W{!first}};
    wire        [D_W-1:0] lost   = ~{leak[U_W-1], leak} & {D_W{leaks}};

    // ---- x, x - threshold and the sign that decides, all at once: three terms become two without a
    // carry, the leak, which is last to come, joins last, and then each is a single addition ----
    wire [D_W-1:0] x_bits    = kept ^ sum_s ^ bias_s;
    wire [D_W-1:0] x_carry   = carries(kept, sum_s, bias_s, leaks);
    wire [D_W-1:0] rest_bits = x_bits ^ x_carry ^ ~thr_s;

    wire [D_W-1:0] x     = total(x_bits, x_carry, lost);
    wire [D_W-1:0] rest  = total(rest_bits, carries(x_bits, x_carry, ~thr_s, 1'b1), lost);
    // x - threshold, less one where the threshold itself does not fire
    wire [D_W-1:0] above = total(rest_bits, carries(x_bits, x_carry, ~thr_s, fire_ge), lost);

    wire unused = &{1'b0, x[D_W-1], rest[D_W-1], above[U_W-1:0]};

    assign spike  = !above[D_W-1];
    assign u_next = !spike ? x[U_W-1:0] : rest[U_W-1:0] & {U_W{soft_reset}};

    // What the sum of three carries: a bit from wherever two of them have a one, and one from below.
    function [D_W-1:0] carries(
        input [D_W-1:0] a, input [D_W-1:0] b, input [D_W-1:0] c, input below
    );
        carries = (((a & b) | (a & c) | (b & c)) << 1) | {{U_W{1'b0}}, below};
    endfunction

    function [D_W-1:0] total(input [D_W-1:0] a, input [D_W-1:0] b, input [D_W-1:0] c);
        total = (a ^ b ^ c) + carries(a, b, c, 1'b0);
    endfunction

endmodule

`default_nettype wire
