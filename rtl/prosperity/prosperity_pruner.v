// SPDX-License-Identifier: Apache-2.0
// Chooses each row's prefix among its matches and leaves the residual pattern.
//
// Function:   prefix = the match with the most ones, of equals the smallest index; pattern =
//             row XOR prefix row, or the row itself without a match.
// Latency:    2 cycles from found_* to desc_*, which then reads the prefix row and is combinational.
// Throughput: one row a cycle; it never stalls (the dispatcher holds a queue place for each).
// Reset:      drops the rows under way.
`default_nettype none

module prosperity_pruner #(
    // rows and columns of a tile
    parameter TILE_M = 256,
    parameter TILE_K = 16,
    // derived
    parameter ROW_W  = $clog2(TILE_M),
    parameter ONES_W = $clog2(TILE_K + 1)
) (
    input  wire                     clk,
    input  wire                     rst,
    // popcount tables of both banks
    input  wire [TILE_M*ONES_W-1:0] ones_0,
    input  wire [TILE_M*ONES_W-1:0] ones_1,
    // search result
    input  wire                     found_valid,
    input  wire                     found_bank,
    input  wire [ROW_W-1:0]         found_idx,
    input  wire [ONES_W-1:0]        found_ones,
    input  wire                     found_last,
    input  wire [TILE_K-1:0]        found_row,
    input  wire [TILE_M-1:0]        found_match,
    // read of the prefix row
    output wire                     prefix_bank,
    output wire [ROW_W-1:0]         prefix_idx,
    input  wire [TILE_K-1:0]        prefix_row,
    // row descriptor
    output wire                     desc_valid,
    output wire                     desc_last,
    output wire [ROW_W-1:0]         desc_row,
    output wire [ROW_W-1:0]         desc_prefix,
    output wire                     desc_reuse,
    output wire [TILE_K-1:0]        desc_pattern,
    // beside it, for the counters
    output wire [ONES_W-1:0]        desc_ones,
    output wire                     desc_bank
);

    localparam SIDE_W = 2 + ROW_W + ONES_W + TILE_K;

    // A row that is not a match has key 0; a match has a one at least.
    wire [TILE_M*ONES_W-1:0] ones = found_bank ? ones_1 : ones_0;
    wire [TILE_M*ONES_W-1:0] keys;

    genvar j;
    generate
        for (j = 0; j < TILE_M; j = j + 1) begin : g_key
            assign keys[j*ONES_W +: ONES_W] = ones[j*ONES_W +: ONES_W] & {ONES_W{found_match[j]}};
        end
    endgenerate

    wire [ONES_W-1:0] best_ones;
    wire [ROW_W-1:0]  best_idx;

    snn_arg_max #(
        .N    (TILE_M),
        .KEY_W(ONES_W)
    ) u_arg_max (
        .clk (clk),
        .keys(keys),
        .max (best_ones),
        .idx (best_idx)
    );

    // What belongs to the row travels beside the two stages of the tree.
    reg [SIDE_W-1:0] side_1_q;
    reg [SIDE_W-1:0] side_2_q;
    reg              valid_1_q;
    reg              valid_2_q;

    always @(posedge clk) begin
        if (rst) begin
            side_1_q  <= {SIDE_W{1'b0}};
            side_2_q  <= {SIDE_W{1'b0}};
            valid_1_q <= 1'b0;
            valid_2_q <= 1'b0;
        end else begin
            side_1_q  <= {found_bank, found_last, found_idx, found_ones, found_row};
            side_2_q  <= side_1_q;
            valid_1_q <= found_valid;
            valid_2_q <= valid_1_q;
        end
    end

    wire [TILE_K-1:0] row;

    assign {desc_bank, desc_last, desc_row, desc_ones, row} = side_2_q;

    assign desc_valid   = valid_2_q;
    assign desc_reuse   = best_ones != {ONES_W{1'b0}};
    assign desc_prefix  = best_idx;
    assign desc_pattern = desc_reuse ? row ^ prefix_row : row;
    assign prefix_bank  = desc_bank;
    assign prefix_idx   = best_idx;

endmodule

`default_nettype wire
