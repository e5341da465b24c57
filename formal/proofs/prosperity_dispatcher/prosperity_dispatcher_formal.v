// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_dispatcher with prosperity_popcount_table: the order of issue, for every tile and any
// use; rows that are merged are taken out once and never issued.
`default_nettype none

module prosperity_dispatcher_formal #(
    parameter TILE_M     = 4,
    parameter TILE_K     = 2,
    parameter BEAT_ROWS  = 2,
    parameter CREDITS    = 3,
    parameter ROW_STRIDE = 1,
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input wire                        clk,
    input wire                        rst,
    input wire                        dense,
    input wire                        load_valid,
    input wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input wire [BEAT_ROWS-1:0]        load_present,
    input wire                        release_valid,
    input wire                        merge_valid,
    input wire                        merge_bank,
    input wire [TILE_M-1:0]           merge_rows,
    input wire                        credit,
    input wire                        refund
);

    localparam TILE_W   = TILE_M * TILE_K;
    localparam CREDIT_W = $clog2(CREDITS + 1);

    wire [TILE_M*ONES_W-1:0] ones_0;
    wire [TILE_M*ONES_W-1:0] ones_1;
    wire [TILE_K:0]          levels_0;
    wire [TILE_K:0]          levels_1;
    wire [1:0]               bank_busy;
    wire                     issue_valid;
    wire                     issue_bank;
    wire [ROW_W-1:0]         issue_idx;
    wire [ONES_W-1:0]        issue_ones;
    wire                     issue_first;
    wire                     issue_last;
    wire                     issue_empty;
    wire                     blocked;

    // Beats come in order, tiles into the banks in turn.
    reg  [BEAT_IDX_W-1:0] beat = 0;
    reg                   fill = 1'b0;
    wire                  load_last = load_valid && beat == TILE_BEATS - 1;
    // Tiles are released in turn as well.
    reg                   free = 1'b0;

    prosperity_popcount_table #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_table (
        .clk         (clk),
        .rst         (rst),
        .load_valid  (load_valid),
        .load_bank   (fill),
        .load_beat   (beat),
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
        .CREDITS   (CREDITS),
        .ROW_STRIDE(ROW_STRIDE)
    ) u_dut (
        .clk          (clk),
        .rst          (rst),
        .dense        (dense),
        .load_valid   (load_valid),
        .load_bank    (fill),
        .load_beat    (beat),
        .load_present (load_present),
        .load_last    (load_last),
        .ones_0       (ones_0),
        .ones_1       (ones_1),
        .levels_0     (levels_0),
        .levels_1     (levels_1),
        .release_valid(release_valid),
        .release_bank (free),
        .bank_busy    (bank_busy),
        .merge_valid  (merge_valid),
        .merge_bank   (merge_bank),
        .merge_rows   (merge_rows),
        .credit       (credit),
        .refund       (refund),
        .issue_valid  (issue_valid),
        .issue_bank   (issue_bank),
        .issue_idx    (issue_idx),
        .issue_ones   (issue_ones),
        .issue_first  (issue_first),
        .issue_last   (issue_last),
        .issue_empty  (issue_empty),
        .blocked      (blocked)
    );

`include "ones_of.vh"

    // ---- the specification: tiles, the rows that were issued or merged, places in the queue ----
    reg  [TILE_W-1:0]   tile_0;
    reg  [TILE_W-1:0]   tile_1;
    reg  [TILE_M-1:0]   here_0;
    reg  [TILE_M-1:0]   here_1;
    reg  [TILE_M-1:0]   gone_0;
    reg  [TILE_M-1:0]   gone_1;
    reg                 inside = 1'b0;
    // The tile's rows with fewer ones are over.
    reg  [ONES_W-1:0]   from;
    reg                 bank = 1'b0;
    reg  [1:0]          ready = 2'b00;
    reg  [1:0]          held = 2'b00;
    reg  [CREDIT_W-1:0] places = CREDITS;

    wire [TILE_W-1:0]   tile = bank ? tile_1 : tile_0;
    wire [TILE_M-1:0]   here = bank ? here_1 : here_0;
    wire [TILE_M-1:0]   gone = bank ? gone_1 : gone_0;
    wire [ONES_W-1:0]   least = inside ? from : !dense;
    reg  [ROW_W-1:0]    next;
    reg  [ONES_W-1:0]   fewest;
    reg  [ONES_W-1:0]   ones;
    reg                 level;
    reg                 higher;
    reg                 some;
    reg                 more;
    integer             i;
    integer             c;

    // The fewest ones that rows of the tile have which are not over; of the rows with as many that are
    // neither issued nor merged, the first one of the first remainder modulo ROW_STRIDE.
    always @* begin
        level = 1'b0;
        fewest = 0;
        for (i = 0; i < TILE_M; i = i + 1) begin
            ones = ones_of(tile[i*TILE_K +: TILE_K]);
            if (here[i] && ones >= least && (!level || ones < fewest)) begin
                level = 1'b1;
                fewest = ones;
            end
        end
        some = 1'b0;
        more = 1'b0;
        higher = 1'b0;
        next = 0;
        for (c = 0; c < ROW_STRIDE; c = c + 1) begin
            for (i = c; i < TILE_M; i = i + ROW_STRIDE) begin
                ones = ones_of(tile[i*TILE_K +: TILE_K]);
                if (here[i] && level && ones > fewest) higher = 1'b1;
                if (here[i] && level && ones == fewest && !gone[i]) begin
                    if (some) more = 1'b1;
                    else next = i;
                    some = 1'b1;
                end
            end
        end
    end

    wire              go        = ready[bank] && places != 0;
    // Rows of as many ones, or of more, are left, merged or not.
    wire              completes = !more && !higher;

    // What has to be at the outputs in the next cycle.
    reg              out_valid = 1'b0;
    reg              out_bank;
    reg [ROW_W-1:0]  out_idx;
    reg [ONES_W-1:0] out_ones;
    reg              out_first;
    reg              out_last;
    reg              out_empty;
    // Rows that were merged before the issue that is at the outputs was chosen; issues of the tile.
    reg [TILE_M-1:0] merged_0;
    reg [TILE_M-1:0] merged_1;
    reg [TILE_M-1:0] was_merged;
    reg [2:0]        issued;
    // Tiles whose last row has left the outputs.
    reg [1:0]        over = 2'b00;
    integer          b;

    always @(posedge clk) begin
        for (b = 0; b < TILE_BEATS; b = b + 1) begin
            if (load_valid && beat == b && !fill) begin
                tile_0[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
                here_0[b*BEAT_ROWS +: BEAT_ROWS] <= load_present;
            end
            if (load_valid && beat == b && fill) begin
                tile_1[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
                here_1[b*BEAT_ROWS +: BEAT_ROWS] <= load_present;
            end
        end
        if (load_valid) beat <= load_last ? 0 : beat + 1'b1;
        if (go && some && !bank) gone_0[next] <= 1'b1;
        if (go && some && bank) gone_1[next] <= 1'b1;
        for (b = 0; b < TILE_M; b = b + 1) begin
            if (merge_valid && merge_rows[b] && !merge_bank) gone_0[b] <= 1'b1;
            if (merge_valid && merge_rows[b] && merge_bank) gone_1[b] <= 1'b1;
        end
        if (load_valid && !fill) gone_0 <= 0;
        if (load_valid && fill) gone_1 <= 0;
        if (release_valid) begin
            held[free] <= 1'b0;
            over[free] <= 1'b0;
            free <= !free;
        end
        if (load_last) begin
            fill <= !fill;
            ready[fill] <= 1'b1;
            held[fill] <= 1'b1;
        end
        if (go) begin
            inside <= !completes;
            from   <= more ? fewest : fewest + 1'b1;
            bank   <= bank ^ completes;
            if (completes) ready[bank] <= 1'b0;
        end
        if (out_valid && out_last) over[out_bank] <= 1'b1;
        places    <= places - go + credit + refund;
        for (b = 0; b < TILE_M; b = b + 1) begin
            if (merge_valid && merge_rows[b] && !merge_bank) merged_0[b] <= 1'b1;
            if (merge_valid && merge_rows[b] && merge_bank) merged_1[b] <= 1'b1;
        end
        if (load_valid && !fill) merged_0 <= 0;
        if (load_valid && fill) merged_1 <= 0;
        was_merged <= bank ? merged_1 : merged_0;
        issued     <= !go ? issued : inside ? issued + 1'b1 : 3'd1;
        out_valid <= go;
        out_bank  <= bank;
        out_idx   <= next;
        out_ones  <= fewest;
        out_first <= !inside;
        out_last  <= completes;
        out_empty <= !some;
        if (rst) begin
            beat <= 0;
            fill <= 0;
            free <= 0;
            inside <= 0;
            bank <= 0;
            ready <= 0;
            held <= 0;
            over <= 0;
            out_valid <= 0;
            places <= CREDITS;
        end
    end

    // ---- environment ----
    reg started = 1'b0;
    reg was_dense;
    always @(posedge clk) begin
        started   <= 1'b1;
        was_dense <= dense;
    end
    always @* begin
        if (!started) assume (rst);
        if (started) assume (dense == was_dense);
        if (load_valid) assume (!held[fill]);
        if (release_valid) assume (over[free]);
        assume (places + credit + refund <= CREDITS);
        // Rows are merged in a tile that is searched.
        if (merge_valid) assume (held[merge_bank]);
    end

    always @* if (started) begin
        a_busy: assert (bank_busy == held);
        a_issue: assert (issue_valid == out_valid);
        a_blocked: assert (blocked == (ready[bank] && places == 0));
        if (out_valid) begin
            a_bank: assert (issue_bank == out_bank);
            a_first: assert (issue_first == out_first);
            a_last: assert (issue_last == out_last);
            a_empty: assert (issue_empty == out_empty);
            if (!out_empty) a_order: assert (issue_idx == out_idx);
            if (!out_empty) a_ones: assert (issue_ones == out_ones);
            if (!issue_empty) a_not_merged: assert (!was_merged[issue_idx]);
        end
        c_merged_level: cover (out_valid && out_empty && !out_first && !out_last && out_bank);
        c_merged_last: cover (out_valid && out_empty && !out_first && out_last && out_bank);
        c_merged_all: cover (out_valid && out_last && !out_empty && out_idx == TILE_M - 1 && out_bank
            && gone_1 == {TILE_M{1'b1}} && ones_1 == {TILE_M{2'd1}} && issued == 2);
        c_order: cover (out_valid && out_last && !out_empty && out_bank && out_idx == 0 && out_ones == 2);
        c_empty: cover (out_valid && out_empty && out_last && here_0 != 0);
        c_blocked: cover (blocked && inside);
        c_dense: cover (dense && out_valid && out_ones == 0 && !out_empty && out_last);
        c_next_tile: cover (out_valid && out_last && go && out_bank != bank);
    end

`ifdef HINTS
    (* keep *) wire [1:0]          dut_ready;
    (* keep *) wire [TILE_M-1:0]   dut_pending_0;
    (* keep *) wire [TILE_M-1:0]   dut_pending_1;
    (* keep *) wire                dut_bank;
    (* keep *) wire                dut_inside;
    (* keep *) wire [TILE_K:0]     dut_levels;
    (* keep *) wire [CREDIT_W-1:0] dut_credits;

    // The tables of what has been loaded, and what is pending.
    reg              tables;
    reg [TILE_K:0]   levels;
    reg [TILE_K:0]   all_0;
    reg [TILE_K:0]   all_1;
    integer          h;
    // Rows loaded so far of the tile that is coming.
    wire [TILE_M-1:0] so_far = ~({TILE_M{1'b1}} << (beat * BEAT_ROWS));
    wire [TILE_M-1:0] in_0   = held[0] ? {TILE_M{1'b1}} : fill ? 0 : so_far;
    wire [TILE_M-1:0] in_1   = held[1] ? {TILE_M{1'b1}} : fill ? so_far : 0;

    always @* begin
        tables = 1'b1;
        levels = 0;
        all_0 = 0;
        all_1 = 0;
        for (h = 0; h < TILE_M; h = h + 1) begin
            if (in_0[h] && ones_0[h*ONES_W +: ONES_W] != ones_of(tile_0[h*TILE_K +: TILE_K])) tables = 1'b0;
            if (in_1[h] && ones_1[h*ONES_W +: ONES_W] != ones_of(tile_1[h*TILE_K +: TILE_K])) tables = 1'b0;
            if (in_0[h] && here_0[h]) all_0 = all_0 | (1 << ones_of(tile_0[h*TILE_K +: TILE_K]));
            if (in_1[h] && here_1[h]) all_1 = all_1 | (1 << ones_of(tile_1[h*TILE_K +: TILE_K]));
            if (here[h] && ones_of(tile[h*TILE_K +: TILE_K]) >= from)
                levels = levels | (1 << ones_of(tile[h*TILE_K +: TILE_K]));
        end
    end

    always @* if (started) begin
        i_state: assert (dut_ready == ready && dut_bank == bank && dut_inside == inside
            && dut_credits == places && places <= CREDITS);
        i_tables: assert (tables);
        if (held[0] || (!fill && beat != 0)) i_levels_0: assert (levels_0 == all_0);
        if (held[1] || (fill && beat != 0)) i_levels_1: assert (levels_1 == all_1);
        i_pending: assert (((dut_pending_0 ^ (here_0 & ~gone_0)) & in_0) == 0
            && ((dut_pending_1 ^ (here_1 & ~gone_1)) & in_1) == 0);
        i_merged: assert ((!held[0] || (merged_0 & ~gone_0) == 0) && (!held[1] || (merged_1 & ~gone_1) == 0));
        if (!held[0] && !fill && beat != 0) i_fresh_0: assert ((gone_0 | merged_0) == 0);
        if (!held[1] && fill && beat != 0) i_fresh_1: assert ((gone_1 | merged_1) == 0);
        if (out_valid && !out_empty) i_out: assert (!was_merged[out_idx]);
        if (inside) i_left: assert (levels != 0 && dut_levels == levels && from <= TILE_K && from >= !dense);
        if (inside) i_inside: assert (ready[bank]);
        i_ready: assert ((ready & ~held) == 0 && (over & (~held | ready)) == 0);
        i_turn: assert (beat == 0 || !held[fill]);
        // Banks are taken in turn.
        i_fill: assert (held == 2'b00 ? free == fill : held == 2'b11 ? free == fill : free != fill);
        i_bank: assert (ready == 2'b00 ? bank == fill : ready == 2'b11 ? bank == fill : ready[bank] && bank != fill);
        i_over: assert (held == 2'b11 && ready == 2'b11 ? over == 0 : 1'b1);
        if (held != 2'b00) i_free: assert (held[free]);
        if (out_valid && out_last) i_last: assert (held[out_bank] && !ready[out_bank] && !over[out_bank]);
    end
`endif

endmodule

`default_nettype wire
