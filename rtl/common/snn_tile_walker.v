// SPDX-License-Identifier: Apache-2.0
// Walks the tiles of one spiking GeMM: loops m, n, k with k innermost.
//
// Function:   describes the current tile while active is high; advance steps to the next one.
//             Ragged edges show as fewer rows, cols or used lanes.
// Latency:    the first tile is described in the cycle after start, the next one in the cycle
//             after advance.
// Reset:      ends the walk.
// Limits:     dimensions from 1 to 2**DIM_W - 1; tile sizes below 2**DIM_W.
`default_nettype none

module snn_tile_walker #(
    // rows, columns and lanes of a full tile
    parameter TILE_M = 256,
    parameter TILE_K = 16,
    parameter LANES  = 128,
    // bits of a dimension
    parameter DIM_W  = 24,
    // derived
    parameter ROWS_W = $clog2(TILE_M + 1),
    parameter COLS_W = $clog2(TILE_K + 1),
    parameter USED_W = $clog2(LANES + 1)
) (
    input  wire              clk,
    input  wire              rst,
    // walk control
    input  wire              start,
    input  wire              advance,
    input  wire [DIM_W-1:0]  dim_m,
    input  wire [DIM_W-1:0]  dim_k,
    input  wire [DIM_W-1:0]  dim_n,
    // current tile
    output wire              active,
    output wire [ROWS_W-1:0] rows,
    output wire [COLS_W-1:0] cols,
    output wire [USED_W-1:0] used_lanes,
    output wire              first_n,
    output wire              first_k,
    output wire              last_k,
    output wire              last
);

    localparam [31:0] TILE_M_32 = TILE_M;
    localparam [31:0] TILE_K_32 = TILE_K;
    localparam [31:0] LANES_32  = LANES;

    localparam [DIM_W-1:0] STEP_M = TILE_M_32[DIM_W-1:0];
    localparam [DIM_W-1:0] STEP_K = TILE_K_32[DIM_W-1:0];
    localparam [DIM_W-1:0] STEP_N = LANES_32[DIM_W-1:0];

    reg             active_q;
    reg             first_n_q;
    reg             first_k_q;
    reg [DIM_W-1:0] left_m_q;
    reg [DIM_W-1:0] left_k_q;
    reg [DIM_W-1:0] left_n_q;

    wire last_m = left_m_q <= STEP_M;
    wire last_n = left_n_q <= STEP_N;

    assign active     = active_q;
    assign first_n    = first_n_q;
    assign first_k    = first_k_q;
    assign last_k     = left_k_q <= STEP_K;
    assign last       = last_m && last_n && last_k;
    assign rows       = last_m ? left_m_q[ROWS_W-1:0] : STEP_M[ROWS_W-1:0];
    assign cols       = last_k ? left_k_q[COLS_W-1:0] : STEP_K[COLS_W-1:0];
    assign used_lanes = last_n ? left_n_q[USED_W-1:0] : STEP_N[USED_W-1:0];

    always @(posedge clk) begin
        if (rst) begin
            active_q  <= 1'b0;
            first_n_q <= 1'b0;
            first_k_q <= 1'b0;
            left_m_q  <= {DIM_W{1'b0}};
            left_k_q  <= {DIM_W{1'b0}};
            left_n_q  <= {DIM_W{1'b0}};
        end else if (start) begin
            active_q  <= 1'b1;
            first_n_q <= 1'b1;
            first_k_q <= 1'b1;
            left_m_q  <= dim_m;
            left_k_q  <= dim_k;
            left_n_q  <= dim_n;
        end else if (advance) begin
            first_k_q <= last_k;
            if (!last_k) begin
                left_k_q <= left_k_q - STEP_K;
            end else begin
                left_k_q  <= dim_k;
                first_n_q <= last_n;
                if (!last_n) begin
                    left_n_q <= left_n_q - STEP_N;
                end else begin
                    left_n_q <= dim_n;
                    if (!last_m) begin
                        left_m_q <= left_m_q - STEP_M;
                    end else begin
                        active_q <= 1'b0;
                    end
                end
            end
        end
    end

endmodule

`default_nettype wire
