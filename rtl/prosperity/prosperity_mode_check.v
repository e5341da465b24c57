// SPDX-License-Identifier: Apache-2.0
// Says why mode and time steps cannot run: an undefined mode, or a T that the neurons cannot take.
//
// Function:   mode_error is the code of the first rule that is broken, ERR_NONE if there is none. With
//             spikes out T is a power of two, at most TILE_M, that divides M.
// Latency:    none: combinational.
`default_nettype none

module prosperity_mode_check #(
    // rows of a tile
    parameter TILE_M = 256
) (
    input  wire [31:0] dim_m,
    input  wire [31:0] time_steps,
    input  wire [1:0]  sparsity,
    input  wire        spikes_out,
    output reg  [3:0]  mode_error
);

`include "prosperity_regs.vh"

    localparam [31:0] MAX_T = TILE_M;

    // T is a power of two when no bit of it is in T - 1; then T - 1 masks the remainder of M by T.
    wire [31:0] time_mask = time_steps - 32'd1;
    wire        time_bad  = spikes_out && (time_steps == 32'd0
        || (time_steps & time_mask) != 32'd0
        || time_steps > MAX_T
        || (dim_m & time_mask) != 32'd0);

    always @* begin
        mode_error = ERR_NONE;
        if (sparsity > MODE_DENSE) begin
            mode_error = ERR_MODE;
        end else if (time_bad) begin
            mode_error = ERR_TIME_STEPS;
        end
    end

endmodule

`default_nettype wire
