// SPDX-License-Identifier: Apache-2.0
// Properties of loas_events: every counter counts what the register page says; the parts add up to CYCLES.
`default_nettype none

module loas_events_formal #(
    parameter TPPES      = 3,
    parameter CHUNK      = 2,
    parameter COLUMNS    = 2,
    parameter TIME_STEPS = 2,
    parameter WORDS_W    = CHUNK * TIME_STEPS
) (
    input wire               clk,
    input wire               rst,
    input wire               core_rst,
    input wire               start,
    input wire               layer_done,
    input wire               spike_taken,
    input wire               weight_taken,
    input wire               output_taken,
    input wire               active,
    input wire               step,
    input wire [5:0]         what,
    input wire               tile_done,
    input wire               tile_dropped,
    input wire [1:0]         fibres_skipped,
    input wire [TPPES-1:0]   matched,
    input wire [TPPES-1:0]   corrected,
    input wire [TPPES-1:0]   fifo_full,
    input wire               row_counts,
    input wire [CHUNK-1:0]   row_mask,
    input wire [WORDS_W-1:0] row_words,
    input wire [1:0]         row_dropped
);

`include "loas_regs.vh"

    localparam INC_W = 4;

    // The solver watches one counter.
    (* anyconst *) wire [4:0] sel;
    wire [63:0]               value;
    // An active cycle is one of these.
    wire take, skip, wait_spikes, wait_weights, wait_tppe, wait_output;
    assign {take, skip, wait_spikes, wait_weights, wait_tppe, wait_output} = what;

    loas_events #(
        .TPPES     (TPPES),
        .CHUNK     (CHUNK),
        .COLUMNS   (COLUMNS),
        .TIME_STEPS(TIME_STEPS)
    ) u_dut (
        .clk           (clk),
        .rst           (rst),
        .core_rst      (core_rst),
        .start         (start),
        .layer_done    (layer_done),
        .spike_taken   (spike_taken),
        .weight_taken  (weight_taken),
        .output_taken  (output_taken),
        .active        (active),
        .step          (step),
        .take          (take),
        .skip          (skip),
        .wait_spikes   (wait_spikes),
        .wait_weights  (wait_weights),
        .wait_tppe     (wait_tppe),
        .wait_output   (wait_output),
        .tile_done     (tile_done),
        .tile_dropped  (tile_dropped),
        .fibres_skipped(fibres_skipped),
        .matched       (matched),
        .corrected     (corrected),
        .fifo_full     (fifo_full),
        .row_counts    (row_counts),
        .row_mask      (row_mask),
        .row_words     (row_words),
        .row_dropped   (row_dropped),
        .sel           (sel),
        .value         (value)
    );

    function [3:0] ones(input [3:0] word);
        ones = word[0] + word[1] + word[2] + word[3];
    endfunction

    // ---- the layer: before its first beat, before its first step, behind that ----
    localparam [1:0] QUIET = 2'd0;
    localparam [1:0] FILLS = 2'd1;
    localparam [1:0] WORKS = 2'd2;

    reg  [1:0]  phase = QUIET;
    reg  [1:0]  now;
    reg  [3:0]  adds;
    // What a row adds, a cycle later.
    reg  [3:0]  row_adds;
    reg  [3:0]  late = 4'd0;
    reg  [63:0] count = 64'd0;

    always @* begin
        now = phase;
        if (now == QUIET && (spike_taken || weight_taken)) now = FILLS;
        if (now == FILLS && step) now = WORKS;
        case (sel)
            CNT_CYCLES:         adds = now != QUIET;
            CNT_FILL:           adds = now == FILLS;
            CNT_DRAIN:          adds = now == WORKS && !active;
            CNT_BROADCAST:      adds = now == WORKS && active && take;
            CNT_SKIP:           adds = now == WORKS && active && skip;
            CNT_WAIT_SPIKES:    adds = now == WORKS && active && wait_spikes;
            CNT_WAIT_WEIGHTS:   adds = now == WORKS && active && wait_weights;
            CNT_WAIT_TPPE:      adds = now == WORKS && active && wait_tppe;
            CNT_WAIT_OUTPUT:    adds = now == WORKS && active && wait_output;
            CNT_TILES:          adds = tile_done;
            CNT_EMPTY_TILES:    adds = tile_dropped;
            CNT_FIBRES_SKIPPED: adds = fibres_skipped;
            CNT_MATCHES:        adds = ones(matched);
            CNT_CORRECTIONS:    adds = ones(corrected);
            CNT_FIFO_FULL:      adds = ones(fifo_full);
            CNT_SPIKE_BEATS:    adds = spike_taken;
            CNT_WEIGHT_BEATS:   adds = weight_taken;
            CNT_OUTPUT_BEATS:   adds = output_taken;
            default:            adds = 0;
        endcase
        case (sel)
            CNT_WORDS:        row_adds = ones(row_mask);
            CNT_SINGLE_WORDS: row_adds = row_dropped;
            CNT_BIT_NNZ:      row_adds = ones(row_words);
            default:          row_adds = 0;
        endcase
    end

    always @(posedge clk) begin
        count <= rst || start ? 64'd0 : count + adds + late;
        late  <= rst || start || !row_counts ? 4'd0 : row_adds;
        phase <= core_rst || start || layer_done ? QUIET : now;
    end

    // rst is core_rst too; beats are taken in a layer, which starts once, steps behind them; what an active
    // cycle is, loas_tile_scheduler says.
    reg started = 1'b0;
    reg layer = 1'b0;
    always @(posedge clk) begin
        started <= 1'b1;
        layer   <= !core_rst && (start || (layer && !layer_done));
    end
    always @* begin
        if (!started) assume (rst);
        if (rst) assume (core_rst);
        if (!layer) assume (!spike_taken && !weight_taken);
        if (phase == QUIET) assume (!step);
        if (active) assume (ones(what[3:0]) + ones(what[5:4]) == 1);
    end

    (* keep *) wire [NUM_COUNTERS*INC_W-1:0] inc;

    always @* if (started) begin
        a_count: assert (value == count);
        a_parts: assert (inc[CNT_CYCLES*INC_W +: INC_W] == inc[CNT_BROADCAST*INC_W +: INC_W]
            + inc[CNT_SKIP*INC_W +: INC_W] + inc[CNT_WAIT_SPIKES*INC_W +: INC_W]
            + inc[CNT_WAIT_WEIGHTS*INC_W +: INC_W] + inc[CNT_WAIT_TPPE*INC_W +: INC_W]
            + inc[CNT_WAIT_OUTPUT*INC_W +: INC_W] + inc[CNT_FILL*INC_W +: INC_W] + inc[CNT_DRAIN*INC_W +: INC_W]);
        c_cycles: cover (sel == CNT_CYCLES && count == 5 && phase == QUIET);
        c_drain: cover (sel == CNT_DRAIN && count == 2 && phase == WORKS);
        c_ones: cover (sel == CNT_BIT_NNZ && count == 8);
        c_kept: cover (sel == CNT_WAIT_TPPE && count == 2 && core_rst && !rst);
    end

`ifdef HINTS
    (* keep *) wire counting;
    (* keep *) wire stepped;
    (* keep *) wire [1:0] words;
    (* keep *) wire [1:0] dropped;
    (* keep *) wire [2:0] bits;
    always @* if (started) begin
        i_phase: assert (phase <= WORKS && counting == (phase != QUIET) && (layer || phase == QUIET));
        i_late: assert (late == (sel == CNT_WORDS ? words : sel == CNT_SINGLE_WORDS ? dropped
            : sel == CNT_BIT_NNZ ? bits : 0));
        if (layer) i_stepped: assert (stepped == (phase == WORKS));
    end
`endif

endmodule

`default_nettype wire
