// SPDX-License-Identifier: Apache-2.0
// All counters of the machine: what its cycles went to and what its rows were.
//
// Function:   prosperity_cycle_events and prosperity_row_events decide what to count; the counter bank counts.
// Latency:    an event of cycle c is read from cycle c + 1 on.
// Reset:      clears the counters (hard reset; a start does it too).
`default_nettype none

module prosperity_event_counters #(
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // bits of a counter number
    parameter SEL_W      = 5,
    // 1: a descriptor may stand for several rows
    parameter MERGE_ROWS = 0,
    // derived
    parameter ROW_W      = $clog2(TILE_M),
    parameter ROWS_W     = $clog2(TILE_M + 1),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input  wire              clk,
    input  wire              rst,
    // hard or soft reset: the layer is gone, its counters stay readable
    input  wire              core_rst,
    // layer
    input  wire              start,
    input  wire              layer_done,
    // streams
    input  wire              spike_taken,
    input  wire              weight_taken,
    input  wire              output_taken,
    // processor
    input  wire              step,
    input  wire              active,
    input  wire              desc_valid,
    input  wire              weight_valid,
    input  wire              wait_room,
    input  wire              weight_done,
    input  wire              detecting,
    input  wire              queue_full,
    // tile load
    input  wire              load_done,
    input  wire              load_bank,
    input  wire              load_first_n,
    input  wire [ROWS_W-1:0] load_tile_rows,
    // rows entering the queue
    input  wire              pruned_valid,
    input  wire              pruned_last,
    input  wire              pruned_bank,
    input  wire              pruned_reuse,
    input  wire [ONES_W-1:0] pruned_ones,
    input  wire [TILE_K-1:0] pruned_pattern,
    input  wire              pruned_none,
    input  wire [ROW_W-1:0]  pruned_twins,
    // read
    input  wire [SEL_W-1:0]  sel,
    output wire [63:0]       value
);

`include "prosperity_regs.vh"

    localparam NNZ_W  = MERGE_ROWS != 0 ? ROWS_W + ONES_W : ONES_W;
    localparam MANY_W = MERGE_ROWS != 0 ? ROWS_W : 1;
    // room for a whole tile's ones, whether rows merge or not
    localparam INC_W  = ROWS_W + ONES_W + 1;

    wire              inc_cycles;
    wire              inc_process;
    wire              inc_fill;
    wire              inc_drain;
    wire              inc_wait_detect;
    wire              inc_wait_spikes;
    wire              inc_wait_weights;
    wire              inc_wait_output;
    wire              inc_wait_results;
    wire [NNZ_W-1:0]  inc_bit_nnz;
    wire [NNZ_W-1:0]  inc_residual_nnz;
    wire [MANY_W-1:0] inc_exact;
    wire              inc_partial;
    wire [ROWS_W-1:0] inc_zero;

    prosperity_cycle_events u_cycle_events (
        .clk             (clk),
        .rst             (core_rst),
        .start           (start),
        .input_taken     (spike_taken || weight_taken),
        .layer_done      (layer_done),
        .step            (step),
        .active          (active),
        .desc_valid      (desc_valid),
        .weight_valid    (weight_valid),
        .wait_room       (wait_room),
        .detecting       (detecting),
        .inc_cycles      (inc_cycles),
        .inc_process     (inc_process),
        .inc_fill        (inc_fill),
        .inc_drain       (inc_drain),
        .inc_wait_detect (inc_wait_detect),
        .inc_wait_spikes (inc_wait_spikes),
        .inc_wait_weights(inc_wait_weights),
        .inc_wait_output (inc_wait_output),
        .inc_wait_results(inc_wait_results)
    );

    prosperity_row_events #(
        .TILE_M    (TILE_M),
        .TILE_K    (TILE_K),
        .MERGE_ROWS(MERGE_ROWS)
    ) u_row_events (
        .clk             (clk),
        .rst             (core_rst),
        .load_done       (load_done),
        .load_bank       (load_bank),
        .load_first_n    (load_first_n),
        .load_tile_rows  (load_tile_rows),
        .desc_valid      (pruned_valid),
        .desc_last       (pruned_last),
        .desc_bank       (pruned_bank),
        .desc_reuse      (pruned_reuse),
        .desc_ones       (pruned_ones),
        .desc_pattern    (pruned_pattern),
        .desc_none       (pruned_none),
        .desc_twins      (pruned_twins),
        .inc_bit_nnz     (inc_bit_nnz),
        .inc_residual_nnz(inc_residual_nnz),
        .inc_exact       (inc_exact),
        .inc_partial     (inc_partial),
        .inc_zero        (inc_zero)
    );

    // A one-cycle event as an increment.
    localparam PAD_W = INC_W - 1;

    wire [NUM_COUNTERS*INC_W-1:0] inc;

    assign inc[CNT_CYCLES       * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_cycles};
    assign inc[CNT_PROCESS      * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_process};
    assign inc[CNT_WAIT_DETECT  * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_wait_detect};
    assign inc[CNT_WAIT_SPIKES  * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_wait_spikes};
    assign inc[CNT_WAIT_WEIGHTS * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_wait_weights};
    assign inc[CNT_WAIT_OUTPUT  * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_wait_output};
    assign inc[CNT_WAIT_RESULTS * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_wait_results};
    assign inc[CNT_FILL         * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_fill};
    assign inc[CNT_DRAIN        * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_drain};
    assign inc[CNT_QUEUE_FULL   * INC_W +: INC_W] = {{PAD_W{1'b0}}, queue_full};
    assign inc[CNT_TILES        * INC_W +: INC_W] = {{PAD_W{1'b0}}, weight_done};
    assign inc[CNT_SPIKE_BEATS  * INC_W +: INC_W] = {{PAD_W{1'b0}}, spike_taken};
    assign inc[CNT_WEIGHT_BEATS * INC_W +: INC_W] = {{PAD_W{1'b0}}, weight_taken};
    assign inc[CNT_OUTPUT_BEATS * INC_W +: INC_W] = {{PAD_W{1'b0}}, output_taken};
    assign inc[CNT_PARTIAL_ROWS * INC_W +: INC_W] = {{PAD_W{1'b0}}, inc_partial};

    assign inc[CNT_BIT_NNZ * INC_W +: INC_W]      = {{(INC_W - NNZ_W) {1'b0}}, inc_bit_nnz};
    assign inc[CNT_RESIDUAL_NNZ * INC_W +: INC_W] = {{(INC_W - NNZ_W) {1'b0}}, inc_residual_nnz};
    assign inc[CNT_EXACT_ROWS * INC_W +: INC_W]   = {{(INC_W - MANY_W) {1'b0}}, inc_exact};
    assign inc[CNT_ZERO_ROWS * INC_W +: INC_W]    = {{(INC_W - ROWS_W) {1'b0}}, inc_zero};

    snn_counter_bank #(
        .NUM  (NUM_COUNTERS),
        .INC_W(INC_W)
    ) u_counter_bank (
        .clk  (clk),
        .rst  (rst),
        .clear(start),
        .inc  (inc),
        .sel  (sel),
        .value(value)
    );

endmodule

`default_nettype wire
