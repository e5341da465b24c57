// SPDX-License-Identifier: Apache-2.0
// Counts what happens in a layer; the counters of registers.yaml.
//
// Function:   CYCLES runs from the first input beat taken to the last output beat taken, both included. Its
//             parts: before the first step FILL, after the last tile DRAIN, else what the scheduler does.
// Latency:    an event in cycle c is counted from c + 1 on; what a loaded row holds from c + 2 on.
// Reset:      rst clears the counters; core_rst ends the layer, whose counters stay. start clears them.
`default_nettype none

module loas_events #(
    parameter TPPES      = 16,
    parameter CHUNK      = 128,
    parameter COLUMNS    = 32,
    parameter TIME_STEPS = 4,
    // bits of a counter number
    parameter SEL_W      = 5,
    // derived
    parameter COUNT_W    = $clog2(CHUNK + 1),
    parameter USED_W     = $clog2(COLUMNS + 1)
) (
    input  wire                        clk,
    input  wire                        rst,
    input  wire                        core_rst,
    // layer
    input  wire                        start,
    input  wire                        layer_done,
    // streams
    input  wire                        spike_taken,
    input  wire                        weight_taken,
    input  wire                        output_taken,
    // scheduler
    input  wire                        active,
    input  wire                        step,
    input  wire                        take,
    input  wire                        skip,
    input  wire                        wait_spikes,
    input  wire                        wait_weights,
    input  wire                        wait_tppe,
    input  wire                        wait_output,
    input  wire                        tile_done,
    input  wire                        tile_dropped,
    input  wire [USED_W-1:0]           fibres_skipped,
    // TPPEs
    input  wire [TPPES-1:0]            matched,
    input  wire [TPPES-1:0]            corrected,
    input  wire [TPPES-1:0]            fifo_full,
    // row of a spike tile loaded in the first n tile
    input  wire                        row_counts,
    input  wire [CHUNK-1:0]            row_mask,
    input  wire [CHUNK*TIME_STEPS-1:0] row_words,
    input  wire [COUNT_W-1:0]          row_dropped,
    // read
    input  wire [SEL_W-1:0]            sel,
    output wire [63:0]                 value
);

`include "loas_regs.vh"

    localparam TPPE_W = $clog2(TPPES + 1);
    localparam ONES_W = $clog2(CHUNK * TIME_STEPS + 1);
    localparam WIDE_W = ONES_W > TPPE_W ? ONES_W : TPPE_W;
    localparam INC_W  = (WIDE_W > USED_W ? WIDE_W : USED_W) + 1;
    // a one-cycle event as an increment
    localparam PAD_W  = INC_W - 1;

    // ---- cycles ----
    reg counting_q;
    reg stepped_q;

    wire counting = counting_q || spike_taken || weight_taken;
    wire begun    = counting && (stepped_q || step);
    wire parts    = begun && active;

    always @(posedge clk) begin
        if (core_rst || start) begin
            counting_q <= 1'b0;
            stepped_q  <= 1'b0;
        end else begin
            counting_q <= counting && !layer_done;
            stepped_q  <= stepped_q || step;
        end
    end

    // ---- sums over TPPEs and words ----
    wire [TPPE_W-1:0]  met;
    wire [TPPE_W-1:0]  corrections;
    wire [TPPE_W-1:0]  full;
    wire [COUNT_W-1:0] words;
    wire [ONES_W-1:0]  ones;

    snn_popcount #(.W(TPPES)) u_matches (.word(matched), .count(met));
    snn_popcount #(.W(TPPES)) u_corrections (.word(corrected), .count(corrections));
    snn_popcount #(.W(TPPES)) u_full (.word(fifo_full), .count(full));
    snn_popcount #(.W(CHUNK)) u_words (.word(row_mask), .count(words));
    snn_popcount #(.W(CHUNK * TIME_STEPS)) u_ones (.word(row_words), .count(ones));

    // Counting the bits of a row and adding them up is too much for one cycle.
    reg [COUNT_W-1:0] words_q;
    reg [COUNT_W-1:0] dropped_q;
    reg [ONES_W-1:0]  ones_q;

    always @(posedge clk) begin
        if (rst || start || !row_counts) begin
            words_q   <= {COUNT_W{1'b0}};
            dropped_q <= {COUNT_W{1'b0}};
            ones_q    <= {ONES_W{1'b0}};
        end else begin
            words_q   <= words;
            dropped_q <= row_dropped;
            ones_q    <= ones;
        end
    end

    // ---- counters ----
    wire [NUM_COUNTERS*INC_W-1:0] inc;

    assign inc[CNT_CYCLES       * INC_W +: INC_W] = {{PAD_W{1'b0}}, counting};
    assign inc[CNT_BROADCAST    * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && take};
    assign inc[CNT_SKIP         * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && skip};
    assign inc[CNT_WAIT_SPIKES  * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && wait_spikes};
    assign inc[CNT_WAIT_WEIGHTS * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && wait_weights};
    assign inc[CNT_WAIT_TPPE    * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && wait_tppe};
    assign inc[CNT_WAIT_OUTPUT  * INC_W +: INC_W] = {{PAD_W{1'b0}}, parts && wait_output};
    assign inc[CNT_FILL         * INC_W +: INC_W] = {{PAD_W{1'b0}}, counting && !begun};
    assign inc[CNT_DRAIN        * INC_W +: INC_W] = {{PAD_W{1'b0}}, begun && !active};
    assign inc[CNT_TILES        * INC_W +: INC_W] = {{PAD_W{1'b0}}, tile_done};
    assign inc[CNT_EMPTY_TILES  * INC_W +: INC_W] = {{PAD_W{1'b0}}, tile_dropped};
    assign inc[CNT_SPIKE_BEATS  * INC_W +: INC_W] = {{PAD_W{1'b0}}, spike_taken};
    assign inc[CNT_WEIGHT_BEATS * INC_W +: INC_W] = {{PAD_W{1'b0}}, weight_taken};
    assign inc[CNT_OUTPUT_BEATS * INC_W +: INC_W] = {{PAD_W{1'b0}}, output_taken};

    assign inc[CNT_FIBRES_SKIPPED * INC_W +: INC_W] = {{(INC_W - USED_W) {1'b0}}, fibres_skipped};
    assign inc[CNT_MATCHES * INC_W +: INC_W]        = {{(INC_W - TPPE_W) {1'b0}}, met};
    assign inc[CNT_CORRECTIONS * INC_W +: INC_W]    = {{(INC_W - TPPE_W) {1'b0}}, corrections};
    assign inc[CNT_FIFO_FULL * INC_W +: INC_W]      = {{(INC_W - TPPE_W) {1'b0}}, full};
    assign inc[CNT_WORDS * INC_W +: INC_W]          = {{(INC_W - COUNT_W) {1'b0}}, words_q};
    assign inc[CNT_SINGLE_WORDS * INC_W +: INC_W]   = {{(INC_W - COUNT_W) {1'b0}}, dropped_q};
    assign inc[CNT_BIT_NNZ * INC_W +: INC_W]        = {{(INC_W - ONES_W) {1'b0}}, ones_q};

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
