// SPDX-License-Identifier: Apache-2.0
// Finds, for each issued row, the rows of its tile that it contains and that were issued before.
//
// Function:   match[j] is high when row j is known (issued earlier in this tile) and a subset
//             of the query. Because rows come in stable popcount order, "known" replaces the index
//             compare of the definition. Queries with fewer than two ones, empty issues and
//             all queries with reuse low match nothing.
// Latency:    2 cycles from issue_* to found_*: row read, search.
// Throughput: one search a cycle; it never stalls.
// Reset:      drops the searches under way.
`default_nettype none

module prosperity_detector #(
    // rows and columns of a tile
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS  = 64,
    // derived
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input  wire                        clk,
    input  wire                        rst,
    // product sparsity on
    input  wire                        reuse,
    // load
    input  wire                        load_valid,
    input  wire                        load_bank,
    input  wire [BEAT_IDX_W-1:0]       load_beat,
    input  wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    // issued row
    input  wire                        issue_valid,
    input  wire                        issue_bank,
    input  wire [ROW_W-1:0]            issue_idx,
    input  wire [ONES_W-1:0]           issue_ones,
    input  wire                        issue_first,
    input  wire                        issue_last,
    input  wire                        issue_empty,
    // search under way, for who merges equal rows
    output wire                        search_valid,
    output wire                        search_bank,
    output wire [ROW_W-1:0]            search_idx,
    output wire [ONES_W-1:0]           search_ones,
    output wire                        search_first,
    output wire                        search_empty,
    output wire [TILE_M-1:0]           subset,
    // the row has no result of its own: no prefix for others
    input  wire                        search_twin,
    // search result
    output reg                         found_valid,
    output reg                         found_bank,
    output reg  [ROW_W-1:0]            found_idx,
    output reg  [ONES_W-1:0]           found_ones,
    output reg                         found_last,
    output reg  [TILE_K-1:0]           found_row,
    output reg  [TILE_M-1:0]           found_match,
    // read of a prefix row
    input  wire                        prefix_bank,
    input  wire [ROW_W-1:0]            prefix_idx,
    output wire [TILE_K-1:0]           prefix_row
);

    localparam [31:0] TWO = 2;

    // ---- row read ----
    wire [TILE_K-1:0] query_row;
    reg               search_valid_q;
    reg               search_bank_q;
    reg  [ROW_W-1:0]  search_idx_q;
    reg  [ONES_W-1:0] search_ones_q;
    reg               search_first_q;
    reg               search_last_q;
    reg               search_empty_q;
    reg  [TILE_K-1:0] search_row_q;

    always @(posedge clk) begin
        if (rst) begin
            search_valid_q <= 1'b0;
            search_bank_q  <= 1'b0;
            search_idx_q   <= {ROW_W{1'b0}};
            search_ones_q  <= {ONES_W{1'b0}};
            search_first_q <= 1'b0;
            search_last_q  <= 1'b0;
            search_empty_q <= 1'b0;
            search_row_q   <= {TILE_K{1'b0}};
        end else begin
            search_valid_q <= issue_valid;
            search_bank_q  <= issue_bank;
            search_idx_q   <= issue_idx;
            search_ones_q  <= issue_ones;
            search_first_q <= issue_first;
            search_last_q  <= issue_last;
            search_empty_q <= issue_empty;
            search_row_q   <= issue_empty ? {TILE_K{1'b0}} : query_row;
        end
    end

    // ---- search ----
    assign search_valid = search_valid_q;
    assign search_bank  = search_bank_q;
    assign search_idx   = search_idx_q;
    assign search_ones  = search_ones_q;
    assign search_first = search_first_q;
    assign search_empty = search_empty_q;

    reg  [TILE_M-1:0] known_q;
    wire [TILE_M-1:0] known   = search_first_q ? {TILE_M{1'b0}} : known_q;
    wire              compares = reuse && !search_empty_q && search_ones_q >= TWO[ONES_W-1:0];

    // All-zero rows, which only dense mode issues, must never become known: they are subsets of everything.
    wire [TILE_M-1:0] self_oh = search_ones_q == {ONES_W{1'b0}} || search_twin ? {TILE_M{1'b0}}
        : {{(TILE_M - 1) {1'b0}}, 1'b1} << search_idx_q;

    always @(posedge clk) begin
        if (rst) begin
            known_q     <= {TILE_M{1'b0}};
            found_valid <= 1'b0;
            found_bank  <= 1'b0;
            found_idx   <= {ROW_W{1'b0}};
            found_ones  <= {ONES_W{1'b0}};
            found_last  <= 1'b0;
            found_row   <= {TILE_K{1'b0}};
            found_match <= {TILE_M{1'b0}};
        end else begin
            if (search_valid_q) begin
                known_q <= known | self_oh;
            end
            found_valid <= search_valid_q;
            found_bank  <= search_bank_q;
            found_idx   <= search_idx_q;
            found_ones  <= search_ones_q;
            found_last  <= search_last_q;
            found_row   <= search_row_q;
            found_match <= compares ? subset & known : {TILE_M{1'b0}};
        end
    end

    prosperity_tcam #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_tcam (
        .clk        (clk),
        .rst        (rst),
        .load_valid (load_valid),
        .load_bank  (load_bank),
        .load_beat  (load_beat),
        .load_rows  (load_rows),
        .query_bank (issue_bank),
        .query_idx  (issue_idx),
        .query_row  (query_row),
        .search_bank(search_bank_q),
        .search_row (search_row_q),
        .subset     (subset),
        .prefix_bank(prefix_bank),
        .prefix_idx (prefix_idx),
        .prefix_row (prefix_row)
    );

endmodule

`default_nettype wire
