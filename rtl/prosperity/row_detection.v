// SPDX-License-Identifier: Apache-2.0
// Detection: from loaded spike tiles to a queue of row descriptors.
//
// Function:   popcount table -> dispatcher (order) -> detector (subset search) -> pruner (prefix and
//             pattern) -> descriptor queue. It runs ahead of the processor by as many rows as the
//             queue holds, over tile borders.
// Latency:    the first row of a tile whose last beat is loaded in cycle c is offered in c + 7.
// Throughput: one row a cycle.
// Reset:      forgets the layer.
`default_nettype none

module row_detection #(
    // rows and columns of a tile
    parameter TILE_M      = 256,
    parameter TILE_K      = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS   = 64,
    // row descriptors between detection and processing, 2 or more
    parameter QUEUE_DEPTH = 512,
    // derived
    parameter TILE_BEATS  = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W  = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W       = $clog2(TILE_M),
    parameter ONES_W      = $clog2(TILE_K + 1)
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
    // row descriptors
    output wire                        desc_valid,
    input  wire                        desc_ready,
    output wire                        desc_last,
    output wire [ROW_W-1:0]            desc_row,
    output wire [ROW_W-1:0]            desc_prefix,
    output wire                        desc_reuse,
    output wire [TILE_K-1:0]           desc_pattern,
    // rows entering the queue, for the counters
    output wire                        pruned_valid,
    output wire                        pruned_last,
    output wire                        pruned_bank,
    output wire                        pruned_reuse,
    output wire [ONES_W-1:0]           pruned_ones,
    output wire [TILE_K-1:0]           pruned_pattern,
    output wire                        queue_full
);

    localparam DESC_W = 2 + 2 * ROW_W + TILE_K;

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

    popcount_table #(
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

    dispatcher #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS),
        .CREDITS  (QUEUE_DEPTH)
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
        .credit       (desc_valid && desc_ready),
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

    detector #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_detector (
        .clk        (clk),
        .rst        (rst),
        .reuse      (reuse),
        .load_valid (load_valid),
        .load_bank  (load_bank),
        .load_beat  (load_beat),
        .load_rows  (load_rows),
        .issue_valid(issue_valid),
        .issue_bank (issue_bank),
        .issue_idx  (issue_idx),
        .issue_ones (issue_ones),
        .issue_first(issue_first),
        .issue_last (issue_last),
        .issue_empty(issue_empty),
        .found_valid(found_valid),
        .found_bank (found_bank),
        .found_idx  (found_idx),
        .found_ones (found_ones),
        .found_last (found_last),
        .found_row  (found_row),
        .found_match(found_match),
        .prefix_bank(prefix_bank),
        .prefix_idx (prefix_idx),
        .prefix_row (prefix_row)
    );

    // ---- prefix and pattern ----
    wire [ROW_W-1:0] pruned_row;
    wire [ROW_W-1:0] pruned_prefix;

    pruner #(
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

    // ---- queue ----
    // The dispatcher's credits keep a place free for every row.
    wire unused_queue_ready;

    fifo #(
        .W    (DESC_W),
        .DEPTH(QUEUE_DEPTH)
    ) u_queue (
        .clk    (clk),
        .rst    (rst),
        .s_valid(pruned_valid),
        .s_ready(unused_queue_ready),
        .s_data ({pruned_last, pruned_reuse, pruned_row, pruned_prefix, pruned_pattern}),
        .m_valid(desc_valid),
        .m_ready(desc_ready),
        .m_data ({desc_last, desc_reuse, desc_row, desc_prefix, desc_pattern})
    );

endmodule

`default_nettype wire
