// SPDX-License-Identifier: Apache-2.0
// Starts layers, refuses those that cannot run, and keeps the first error.
//
// Function:   a start request with a legal configuration gives one start pulse; busy is then
//             high until layer_done. A wrong tlast abandons the layer: halt stays until rst. After any
//             error no layer starts until rst, and a request raises error_event again. The first error
//             is kept, unless it let the layer go on and the layer is abandoned later. mode_error,
//             looked at with a start request only, is the code of a setting that the machine does not
//             have, 0 for none.
// Latency:    start one cycle after the request.
// Reset:      idle, no error (rst is the hard or the soft reset).
`default_nettype none

module snn_layer_control #(
    // bits of a weight and of a sum: they bound K
    parameter WEIGHT_W = 8,
    parameter ACC_W    = 24,
    // bits of a dimension, 31 at most
    parameter DIM_W    = 24
) (
    input  wire        clk,
    input  wire        rst,
    // requests
    input  wire        start_request,
    input  wire        config_busy,
    // configuration
    input  wire [31:0] dim_m,
    input  wire [31:0] dim_k,
    input  wire [31:0] dim_n,
    input  wire [3:0]  mode_error,
    // events
    input  wire        spike_tlast_error,
    input  wire        weight_tlast_error,
    input  wire        layer_done,
    // state
    output reg         start,
    output reg         busy,
    output reg         done,
    output reg         halt,
    output reg  [3:0]  error,
    output wire        done_event,
    output wire        error_event
);

`include "snn_machine_regs.vh"

    localparam [63:0] MAX_DIM   = (64'd1 << DIM_W) - 64'd1;
    // More than 32 spare bits hold the sums of any K.
    localparam        SPARE_W   = ACC_W - WEIGHT_W < 32 ? ACC_W - WEIGHT_W : 32;
    localparam [63:0] MAX_SUM_K = 64'd1 << SPARE_W;
    localparam [63:0] MAX_K     = MAX_SUM_K < MAX_DIM ? MAX_SUM_K : MAX_DIM;

    wire dim_zero  = dim_m == 32'd0 || dim_k == 32'd0 || dim_n == 32'd0;
    wire dim_large = {32'd0, dim_m} > MAX_DIM || {32'd0, dim_n} > MAX_DIM || {32'd0, dim_k} > MAX_K;

    reg [3:0] cause;

    always @* begin
        cause = ERR_NONE;
        if (spike_tlast_error) begin
            cause = ERR_SPIKE_TLAST;
        end else if (weight_tlast_error) begin
            cause = ERR_WEIGHT_TLAST;
        end else if (config_busy) begin
            cause = ERR_CONFIG_BUSY;
        end else if (start_request && (busy || start)) begin
            cause = ERR_START_BUSY;
        end else if (start_request && dim_zero) begin
            cause = ERR_DIM_ZERO;
        end else if (start_request && dim_large) begin
            cause = ERR_DIM_LARGE;
        end else if (start_request) begin
            cause = mode_error;
        end
    end

    wire no_error = error == ERR_NONE;
    wire accept   = start_request && cause == ERR_NONE && no_error;
    wire fatal    = spike_tlast_error || weight_tlast_error;

    wire replaces = cause != ERR_NONE && (no_error || (fatal && !halt));

    assign done_event  = busy && layer_done;
    // A start that an earlier error keeps from running is told again; ERROR still says why.
    assign error_event = replaces || (start_request && !no_error);

    always @(posedge clk) begin
        if (rst) begin
            start <= 1'b0;
            busy  <= 1'b0;
            done  <= 1'b0;
            halt  <= 1'b0;
            error <= ERR_NONE;
        end else begin
            start <= accept;
            if (accept) begin
                done <= 1'b0;
            end
            if (start) begin
                busy <= 1'b1;
            end else if (done_event) begin
                busy <= 1'b0;
                done <= 1'b1;
            end
            if (fatal) begin
                halt <= 1'b1;
                busy <= 1'b0;
            end
            if (replaces) begin
                error <= cause;
            end
        end
    end

endmodule

`default_nettype wire
