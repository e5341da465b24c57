// SPDX-License-Identifier: Apache-2.0
// Counts what the pruner says about rows: ones, residual ones, exact and partial matches, zero rows.
//
// Function:   increments for the counters, from the row descriptors of the first n tile only, so
//             that every m and k tile counts once. Rows that leave with another one count as what
//             they are: exact matches of it, or rows of a single one, which have no prefix.
// Latency:    combinational from desc_*.
// Reset:      forgets the tiles.
`default_nettype none

module prosperity_row_events #(
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // 1: a descriptor may stand for several rows
    parameter MERGE_ROWS = 0,
    // derived
    parameter ROW_W      = $clog2(TILE_M),
    parameter ROWS_W     = $clog2(TILE_M + 1),
    parameter ONES_W     = $clog2(TILE_K + 1),
    parameter NNZ_W      = MERGE_ROWS != 0 ? ROWS_W + ONES_W : ONES_W,
    parameter MANY_W     = MERGE_ROWS != 0 ? ROWS_W : 1
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
    // stands for no row; for how many besides its own
    input  wire              desc_none,
    input  wire [ROW_W-1:0]  desc_twins,
    // increments
    output wire [NNZ_W-1:0]  inc_bit_nnz,
    output wire [NNZ_W-1:0]  inc_residual_nnz,
    output wire [MANY_W-1:0] inc_exact,
    output wire              inc_partial,
    output wire [ROWS_W-1:0] inc_zero
);

    localparam FILLED_W = MERGE_ROWS != 0 ? ROWS_W : ROW_W;

    reg  [1:0]          first_n_q;
    reg  [ROWS_W-1:0]   rows_0_q;
    reg  [ROWS_W-1:0]   rows_1_q;
    // rows with a one, of the tile so far: fewer than TILE_M below its last row, unless rows merge
    reg  [FILLED_W-1:0] filled_q;

    wire [ONES_W-1:0] pattern_ones;

    snn_popcount #(
        .W(TILE_K)
    ) u_popcount (
        .word (desc_pattern),
        .count(pattern_ones)
    );

    wire               counts = desc_valid && first_n_q[desc_bank];
    wire               row    = desc_ones != {ONES_W{1'b0}} && !desc_none;
    wire               exact  = desc_reuse && pattern_ones == {ONES_W{1'b0}};
    wire [ROWS_W-1:0]  filled;
    wire [ROWS_W-1:0]  rows   = desc_bank ? rows_1_q : rows_0_q;
    wire [ROWS_W-1:0]  zeros  = rows - filled;

    generate
        if (MERGE_ROWS != 0) begin : g_groups
            // Twins are exact matches, unless they have a single one: then each is its own pattern.
            wire              single = desc_ones == {{(ONES_W - 1) {1'b0}}, 1'b1};
            wire [ROWS_W-1:0] twins  = {{(ROWS_W - ROW_W) {1'b0}}, desc_twins};
            wire [ROWS_W-1:0] group  = row ? twins + 1'b1 : {ROWS_W{1'b0}};

            assign filled = filled_q + group;

            assign inc_bit_nnz      = counts && row
                ? {{ONES_W{1'b0}}, group} * {{ROWS_W{1'b0}}, desc_ones} : {NNZ_W{1'b0}};
            assign inc_residual_nnz = !counts || !row ? {NNZ_W{1'b0}}
                : single ? {{ONES_W{1'b0}}, group} : {{ROWS_W{1'b0}}, pattern_ones};
            assign inc_exact        = counts && row && !single ? twins : {ROWS_W{1'b0}};
        end else begin : g_rows
            wire unused_twins = &{1'b0, desc_twins};

            assign filled = {1'b0, filled_q} + {{(ROWS_W - 1) {1'b0}}, row};

            assign inc_bit_nnz      = counts ? desc_ones : {ONES_W{1'b0}};
            assign inc_residual_nnz = counts ? pattern_ones : {ONES_W{1'b0}};
            assign inc_exact        = counts && exact;
        end
    endgenerate

    assign inc_partial = counts && row && desc_reuse && !exact;
    assign inc_zero    = counts && desc_last ? zeros : {ROWS_W{1'b0}};

    always @(posedge clk) begin
        if (rst) begin
            first_n_q <= 2'b00;
            rows_0_q  <= {ROWS_W{1'b0}};
            rows_1_q  <= {ROWS_W{1'b0}};
            filled_q  <= {FILLED_W{1'b0}};
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
                filled_q <= desc_last ? {FILLED_W{1'b0}} : filled[FILLED_W-1:0];
            end
        end
    end

endmodule

`default_nettype wire
