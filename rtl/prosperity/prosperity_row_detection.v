// SPDX-License-Identifier: Apache-2.0
// Detection: from loaded spike tiles to a queue of row descriptors.
//
// Function:   popcount table -> dispatcher (order) -> detector (subset search) -> pruner (prefix and
//             pattern) -> descriptor queue. It runs ahead of the processor by as many rows as the
//             queue holds, over tile borders. With MERGE_ROWS = 1 a row merger before the queue gives
//             equal rows one descriptor.
// Latency:    the first row of a tile whose last beat is loaded in cycle c is offered in c + 7; with
//             MERGE_ROWS = 1 a cycle after the descriptor behind it, or the end of its tile.
// Throughput: one row a cycle.
// Reset:      forgets the layer.
`default_nettype none

module prosperity_row_detection #(
    // rows and columns of a tile
    parameter TILE_M      = 256,
    parameter TILE_K      = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS   = 64,
    // row descriptors between detection and processing, 2 or more
    parameter QUEUE_DEPTH = 512,
    // 1: equal rows leave as one
    parameter MERGE_ROWS  = 0,
    // distance of rows that are issued one after the other, a power of two below TILE_M
    parameter ROW_STRIDE  = 1,
    // derived
    parameter TILE_BEATS  = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W  = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W       = $clog2(TILE_M),
    parameter ONES_W      = $clog2(TILE_K + 1),
    parameter GROUP_W     = MERGE_ROWS != 0 ? TILE_M : 1
) (
    input  wire                        clk,
    input  wire                        rst,
    // mode: product sparsity on; zero rows too
    input  wire                        reuse,
    input  wire                        dense,
    // tile load
    input  wire                        load_valid,
    input  wire                        load_bank,
    input  wire [BEAT_IDX_W-1:0]       load_beat,
    input  wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input  wire [BEAT_ROWS-1:0]        load_present,
    input  wire                        load_last,
    output wire [1:0]                  bank_busy,
    // a tile is in it
    output wire                        detecting,
    // row descriptors
    output wire                        desc_valid,
    input  wire                        desc_ready,
    output wire                        desc_last,
    output wire [ROW_W-1:0]            desc_row,
    output wire [ROW_W-1:0]            desc_prefix,
    output wire                        desc_reuse,
    output wire [TILE_K-1:0]           desc_pattern,
    // all rows that it stands for (MERGE_ROWS = 1)
    output wire [GROUP_W-1:0]          desc_rows,
    // rows leaving the pruner, for the counters; none: without a descriptor of its own, twins: rows
    // that leave with it
    output wire                        pruned_valid,
    output wire                        pruned_last,
    output wire                        pruned_bank,
    output wire                        pruned_reuse,
    output wire [ONES_W-1:0]           pruned_ones,
    output wire [TILE_K-1:0]           pruned_pattern,
    output wire                        pruned_none,
    output wire [ROW_W-1:0]            pruned_twins,
    output wire                        queue_full
);

    // without last and rows
    localparam DESC_W  = 1 + 2 * ROW_W + TILE_K;
    localparam QUEUE_W = DESC_W + (MERGE_ROWS != 0 ? 1 + TILE_M : 1);

    // ---- order ----
    wire [TILE_M*ONES_W-1:0] ones_0;
    wire [TILE_M*ONES_W-1:0] ones_1;
    wire [TILE_K:0]          levels_0;
    wire [TILE_K:0]          levels_1;
    wire                     issue_valid;
    wire                     issue_bank;
    wire [ROW_W-1:0]         issue_idx;
    wire [ONES_W-1:0]        issue_ones;
    wire                     issue_first;
    wire                     issue_last;
    wire                     issue_empty;
    wire                     merge_valid;
    wire                     merge_bank;
    wire [TILE_M-1:0]        merge_rows;
    wire                     refund;

    prosperity_popcount_table #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_popcount_table (
        .clk         (clk),
        .rst         (rst),
        .load_valid  (load_valid),
        .load_bank   (load_bank),
        .load_beat   (load_beat),
        .load_rows   (load_rows),
        .load_present(load_present),
        .ones_0      (ones_0),
        .ones_1      (ones_1),
        .levels_0    (levels_0),
        .levels_1    (levels_1)
    );

    prosperity_dispatcher #(
        .TILE_M    (TILE_M),
        .TILE_K    (TILE_K),
        .BEAT_ROWS (BEAT_ROWS),
        .CREDITS   (QUEUE_DEPTH),
        .ROW_STRIDE(ROW_STRIDE)
    ) u_dispatcher (
        .clk          (clk),
        .rst          (rst),
        .dense        (dense),
        .load_valid   (load_valid),
        .load_bank    (load_bank),
        .load_beat    (load_beat),
        .load_present (load_present),
        .load_last    (load_last),
        .ones_0       (ones_0),
        .ones_1       (ones_1),
        .levels_0     (levels_0),
        .levels_1     (levels_1),
        .release_valid(pruned_valid && pruned_last),
        .release_bank (pruned_bank),
        .bank_busy    (bank_busy),
        .merge_valid  (merge_valid),
        .merge_bank   (merge_bank),
        .merge_rows   (merge_rows),
        .credit       (desc_valid && desc_ready),
        .refund       (refund),
        .issue_valid  (issue_valid),
        .issue_bank   (issue_bank),
        .issue_idx    (issue_idx),
        .issue_ones   (issue_ones),
        .issue_first  (issue_first),
        .issue_last   (issue_last),
        .issue_empty  (issue_empty),
        .blocked      (queue_full)
    );

    // ---- search ----
    wire              search_valid;
    wire              search_bank;
    wire [ROW_W-1:0]  search_idx;
    wire [ONES_W-1:0] search_ones;
    wire              search_first;
    wire              search_empty;
    wire [TILE_M-1:0] subset;
    wire              search_twin;
    wire              found_valid;
    wire              found_bank;
    wire [ROW_W-1:0]  found_idx;
    wire [ONES_W-1:0] found_ones;
    wire              found_last;
    wire [TILE_K-1:0] found_row;
    wire [TILE_M-1:0] found_match;
    wire              prefix_bank;
    wire [ROW_W-1:0]  prefix_idx;
    wire [TILE_K-1:0] prefix_row;

    prosperity_detector #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_detector (
        .clk         (clk),
        .rst         (rst),
        .reuse       (reuse),
        .load_valid  (load_valid),
        .load_bank   (load_bank),
        .load_beat   (load_beat),
        .load_rows   (load_rows),
        .issue_valid (issue_valid),
        .issue_bank  (issue_bank),
        .issue_idx   (issue_idx),
        .issue_ones  (issue_ones),
        .issue_first (issue_first),
        .issue_last  (issue_last),
        .issue_empty (issue_empty),
        .search_valid(search_valid),
        .search_bank (search_bank),
        .search_idx  (search_idx),
        .search_ones (search_ones),
        .search_first(search_first),
        .search_empty(search_empty),
        .subset      (subset),
        .search_twin (search_twin),
        .found_valid (found_valid),
        .found_bank  (found_bank),
        .found_idx   (found_idx),
        .found_ones  (found_ones),
        .found_last  (found_last),
        .found_row   (found_row),
        .found_match (found_match),
        .prefix_bank (prefix_bank),
        .prefix_idx  (prefix_idx),
        .prefix_row  (prefix_row)
    );

    // ---- prefix and pattern ----
    wire [ROW_W-1:0] pruned_row;
    wire [ROW_W-1:0] pruned_prefix;

    prosperity_pruner #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K)
    ) u_pruner (
        .clk         (clk),
        .rst         (rst),
        .ones_0      (ones_0),
        .ones_1      (ones_1),
        .found_valid (found_valid),
        .found_bank  (found_bank),
        .found_idx   (found_idx),
        .found_ones  (found_ones),
        .found_last  (found_last),
        .found_row   (found_row),
        .found_match (found_match),
        .prefix_bank (prefix_bank),
        .prefix_idx  (prefix_idx),
        .prefix_row  (prefix_row),
        .desc_valid  (pruned_valid),
        .desc_last   (pruned_last),
        .desc_row    (pruned_row),
        .desc_prefix (pruned_prefix),
        .desc_reuse  (pruned_reuse),
        .desc_pattern(pruned_pattern),
        .desc_ones   (pruned_ones),
        .desc_bank   (pruned_bank)
    );

    // ---- equal rows ----
    wire [DESC_W-1:0]  pruned_desc = {pruned_reuse, pruned_row, pruned_prefix, pruned_pattern};
    wire               queue_valid;
    wire [QUEUE_W-1:0] queue_in;
    wire [QUEUE_W-1:0] queue_out;
    wire               holds;

    assign detecting = bank_busy != 2'b00 || holds;

    generate
        if (MERGE_ROWS != 0) begin : g_merge
            assign desc_rows = queue_out[QUEUE_W-1:DESC_W+1];

            prosperity_row_merger #(
                .TILE_M   (TILE_M),
                .TILE_K   (TILE_K),
                .BEAT_ROWS(BEAT_ROWS),
                .W        (DESC_W)
            ) u_row_merger (
                .clk         (clk),
                .rst         (rst),
                .reuse       (reuse),
                .load_valid  (load_valid),
                .load_bank   (load_bank),
                .load_beat   (load_beat),
                .load_present(load_present),
                .ones_0      (ones_0),
                .ones_1      (ones_1),
                .search_valid(search_valid),
                .search_bank (search_bank),
                .search_idx  (search_idx),
                .search_ones (search_ones),
                .search_first(search_first),
                .search_empty(search_empty),
                .subset      (subset),
                .search_twin (search_twin),
                .merge_valid (merge_valid),
                .merge_bank  (merge_bank),
                .merge_rows  (merge_rows),
                .in_valid    (pruned_valid),
                .in_last     (pruned_last),
                .in_desc     (pruned_desc),
                .in_none     (pruned_none),
                .in_twins    (pruned_twins),
                .out_valid   (queue_valid),
                .out_last    (queue_in[DESC_W]),
                .out_desc    (queue_in[DESC_W-1:0]),
                .out_rows    (queue_in[QUEUE_W-1:DESC_W+1]),
                .refund      (refund),
                .holds       (holds)
            );
        end else begin : g_single
            wire unused_search = &{1'b0, search_valid, search_bank, search_idx, search_ones,
                                   search_first, search_empty, subset};

            assign search_twin  = 1'b0;
            assign merge_valid  = 1'b0;
            assign merge_bank   = 1'b0;
            assign merge_rows   = {TILE_M{1'b0}};
            assign refund       = 1'b0;
            assign holds        = 1'b0;
            assign pruned_none  = 1'b0;
            assign pruned_twins = {ROW_W{1'b0}};
            assign queue_valid  = pruned_valid;
            assign queue_in     = {pruned_last, pruned_desc};
            assign desc_rows    = {GROUP_W{1'b0}};
        end
    endgenerate

    // ---- queue ----
    // The dispatcher's credits keep a place free for every row.
    wire unused_queue_ready;

    assign {desc_last, desc_reuse, desc_row, desc_prefix, desc_pattern} = queue_out[DESC_W:0];

    snn_fifo #(
        .W    (QUEUE_W),
        .DEPTH(QUEUE_DEPTH)
    ) u_queue (
        .clk    (clk),
        .rst    (rst),
        .s_valid(queue_valid),
        .s_ready(unused_queue_ready),
        .s_data (queue_in),
        .m_valid(desc_valid),
        .m_ready(desc_ready),
        .m_data (queue_out)
    );

endmodule

`default_nettype wire
