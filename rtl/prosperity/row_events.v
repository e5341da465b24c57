// SPDX-License-Identifier: Apache-2.0
// Counts what the pruner says about rows: ones, residual ones, exact and partial matches, zero rows.
//
// Function:   increments for the counters, from the row descriptors of the first n tile only, so
//             that every m and k tile counts once.
// Latency:    combinational from desc_*.
// Reset:      forgets the tiles.
`default_nettype none

module row_events #(
    parameter TILE_M = 256,
    parameter TILE_K = 16,
    // derived
    parameter ROWS_W = $clog2(TILE_M + 1),
    parameter ONES_W = $clog2(TILE_K + 1)
) (
    input  wire              clk,
    input  wire              rst,
    // tile load
    input  wire              load_done,
    input  wire              load_bank,
    input  wire              load_first_n,
    input  wire [ROWS_W-1:0] load_tile_rows,
    // row descriptor
    input  wire              desc_valid,
    input  wire              desc_last,
    input  wire              desc_bank,
    input  wire              desc_reuse,
    input  wire [ONES_W-1:0] desc_ones,
    input  wire [TILE_K-1:0] desc_pattern,
    // increments
    output wire [ONES_W-1:0] inc_bit_nnz,
    output wire [ONES_W-1:0] inc_residual_nnz,
    output wire              inc_exact,
    output wire              inc_partial,
    output wire [ROWS_W-1:0] inc_zero
);

    reg  [1:0]        first_n_q;
    reg  [ROWS_W-1:0] rows_0_q;
    reg  [ROWS_W-1:0] rows_1_q;
    // rows with a one, of the tile so far: below its last row fewer than TILE_M
    reg  [ROWS_W-2:0] filled_q;

    wire [ONES_W-1:0] pattern_ones;

    popcount #(
        .W(TILE_K)
    ) u_popcount (
        .word (desc_pattern),
        .count(pattern_ones)
    );

    wire              counts   = desc_valid && first_n_q[desc_bank];
    wire              has_ones = desc_ones != {ONES_W{1'b0}};
    wire              exact    = desc_reuse && pattern_ones == {ONES_W{1'b0}};
    wire [ROWS_W-1:0] filled   = {1'b0, filled_q} + {{(ROWS_W - 1) {1'b0}}, has_ones};
    wire [ROWS_W-1:0] rows     = desc_bank ? rows_1_q : rows_0_q;
    wire [ROWS_W-1:0] zeros    = rows - filled;

    assign inc_bit_nnz      = counts ? desc_ones : {ONES_W{1'b0}};
    assign inc_residual_nnz = counts ? pattern_ones : {ONES_W{1'b0}};
    assign inc_exact        = counts && exact;
    assign inc_partial      = counts && desc_reuse && !exact;
    assign inc_zero         = counts && desc_last ? zeros : {ROWS_W{1'b0}};

    always @(posedge clk) begin
        if (rst) begin
            first_n_q <= 2'b00;
            rows_0_q  <= {ROWS_W{1'b0}};
            rows_1_q  <= {ROWS_W{1'b0}};
            filled_q  <= {(ROWS_W - 1) {1'b0}};
        end else begin
            if (load_done) begin
                first_n_q[load_bank] <= load_first_n;
                if (load_bank) begin
                    rows_1_q <= load_tile_rows;
                end else begin
                    rows_0_q <= load_tile_rows;
                end
            end
            if (desc_valid) begin
                filled_q <= desc_last ? {(ROWS_W - 1) {1'b0}} : filled[ROWS_W-2:0];
            end
        end
    end

endmodule

`default_nettype wire
