// SPDX-License-Identifier: Apache-2.0
// Properties of loas_tile_scheduler: every chunk bank is filled, used and released once and in turn, every fibre
// goes to all TPPEs with the bank of its tile, and something moves unless an input or the output is withheld.
`default_nettype none

module loas_tile_scheduler_formal #(
    parameter TPPES       = 2,
    parameter COLUMNS     = 4,
    parameter JOINED      = 1,
    parameter CHUNK_BANKS = 2,
    parameter ROW_W       = $clog2(TPPES),
    parameter BANK_W      = $clog2(CHUNK_BANKS),
    parameter USED_W      = $clog2(COLUMNS + 1)
) (
    input wire                         clk,
    input wire                         rst,
    input wire                         start,
    input wire                         row_valid,
    input wire                         row_end,
    input wire [ROW_W-1:0]             row_index,
    input wire                         row_live,
    input wire                         fibre_valid,
    input wire [JOINED-1:0]            fibre_there,
    input wire                         fibre_end,
    input wire [USED_W-1:0]            tile_columns,
    input wire                         tile_last_k,
    input wire                         tile_last,
    input wire [TPPES-1:0]             load_ready,
    input wire [TPPES-1:0]             blocked,
    input wire [CHUNK_BANKS*TPPES-1:0] idle_bank,
    input wire [2*TPPES-1:0]           idle_sums,
    input wire [1:0]                   sums_done
);

    wire                   row_ready;
    wire                   fibre_ready;
    wire                   drop;
    wire [TPPES-1:0]       load_valid;
    wire [BANK_W-1:0]      load_bank;
    wire                   take;
    wire [BANK_W-1:0]      use_bank;
    wire                   use_sums;
    wire [CHUNK_BANKS-1:0] release_bank;
    wire [1:0]             sums_full;
    wire                   active;
    wire                   step;
    wire                   skip;
    wire                   wait_spikes;
    wire                   wait_output;
    wire                   wait_weights;
    wire                   wait_tppe;
    wire                   tile_done;
    wire                   tile_dropped;
    wire [USED_W-1:0]      fibres_skipped;

    loas_tile_scheduler #(
        .TPPES      (TPPES),
        .COLUMNS    (COLUMNS),
        .JOINED     (JOINED),
        .CHUNK_BANKS(CHUNK_BANKS)
    ) u_dut (
        .clk           (clk),
        .rst           (rst),
        .start         (start),
        .row_valid     (row_valid),
        .row_ready     (row_ready),
        .row_end       (row_end),
        .row_index     (row_index),
        .row_live      (row_live),
        .fibre_valid   (fibre_valid),
        .fibre_ready   (fibre_ready),
        .fibre_there   (fibre_there),
        .fibre_end     (fibre_end),
        .tile_columns  (tile_columns),
        .tile_last_k   (tile_last_k),
        .tile_last     (tile_last),
        .drop          (drop),
        .load_ready    (load_ready),
        .load_valid    (load_valid),
        .load_bank     (load_bank),
        .take          (take),
        .use_bank      (use_bank),
        .use_sums      (use_sums),
        .release_bank  (release_bank),
        .blocked       (blocked),
        .idle_bank     (idle_bank),
        .idle_sums     (idle_sums),
        .sums_full     (sums_full),
        .sums_done     (sums_done),
        .active        (active),
        .step          (step),
        .skip          (skip),
        .wait_spikes   (wait_spikes),
        .wait_output   (wait_output),
        .wait_weights  (wait_weights),
        .wait_tppe     (wait_tppe),
        .tile_done     (tile_done),
        .tile_dropped  (tile_dropped),
        .fibres_skipped(fibres_skipped)
    );

    // A bank of sums is handed back when it is full.
    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        assume (row_index < TPPES && (sums_done & ~sums_full) == 0);
    end

    // What the TPPEs say of a bank: all of them are idle.
    function idle(input [CHUNK_BANKS*TPPES-1:0] banks, input integer bank);
        integer r;
        begin
            idle = 1'b1;
            for (r = 0; r < TPPES; r = r + 1) idle = idle && banks[r*CHUNK_BANKS+bank];
        end
    endfunction

    function idle_sum(input [2*TPPES-1:0] banks, input integer bank);
        integer r;
        begin
            idle_sum = 1'b1;
            for (r = 0; r < TPPES; r = r + 1) idle_sum = idle_sum && banks[r*2+bank];
        end
    endfunction

    // ---- a life of each bank: nothing, a whole tile, a tile whose fibres have all passed ----
    localparam [USED_W-1:0] ZERO = 0;
    localparam [1:0] FREE = 2'd0;
    localparam [1:0] FULL = 2'd1;
    localparam [1:0] USED = 2'd2;

    reg  [2*CHUNK_BANKS-1:0] life = {CHUNK_BANKS{FREE}};
    // Tiles that some word of may match; of the tile that comes, what its rows so far say.
    reg  [CHUNK_BANKS-1:0]   alive;
    reg                      coming = 1'b0;
    // Whole tiles that are not used yet; banks are taken in turn.
    reg  [BANK_W:0]          whole = 0;
    reg  [BANK_W-1:0]        next_load = 0;
    reg  [BANK_W-1:0]        next_use = 0;
    // n tiles: which sums are added to; which are complete or will be when the TPPEs are idle.
    reg                      adds = 1'b0;
    reg  [1:0]               closing = 2'b00;
    reg  [1:0]               was_done = 2'b00;
    reg                      layer = 1'b0;
    reg  [USED_W-1:0]        sent = 0;

    wire row_take = row_valid && row_ready;
    wire loads    = row_take && row_end;
    wire uses     = fibre_valid && fibre_ready && fibre_end;
    wire ready    = whole != 0 && !closing[adds];
    wire held     = fibre_there != 0 && alive[next_use] && blocked != 0;
    integer b;
    integer t;
    reg [USED_W-1:0] there;
    always @* begin
        there = 0;
        for (t = 0; t < JOINED; t = t + 1) there = there + fibre_there[t];
    end

    function [BANK_W-1:0] after(input [BANK_W-1:0] bank);
        after = bank == CHUNK_BANKS - 1 ? 0 : bank + 1'b1;
    endfunction

    always @(posedge clk) begin
        for (b = 0; b < CHUNK_BANKS; b = b + 1) begin
            if (loads && next_load == b) life[2*b +: 2] <= FULL;
            if (uses && next_use == b) life[2*b +: 2] <= USED;
            if (release_bank[b]) life[2*b +: 2] <= FREE;
        end
        if (loads) alive[next_load] <= coming || row_live;
        if (row_take) coming <= !row_end && (coming || row_live);
        if (loads) next_load <= after(next_load);
        if (uses) next_use <= after(next_use);
        whole <= whole + loads - uses;
        closing <= closing & ~sums_done;
        if (uses && tile_last_k) begin
            adds <= !adds;
            closing[adds] <= 1'b1;
        end
        layer <= start || (layer && !(uses && tile_last));
        sent <= uses ? 0 : take ? sent + there : sent;
        if (rst) begin
            life <= {CHUNK_BANKS{FREE}};
            coming <= 1'b0;
            whole <= 0;
            next_load <= 0;
            next_use <= 0;
            adds <= 1'b0;
            closing <= 2'b00;
            layer <= 1'b0;
            sent <= 0;
        end
    end

    wire quiet = &load_ready && blocked == 0 && &idle_bank && &idle_sums && sums_full == 0;
    // Used, and no match of it is under way.
    reg [CHUNK_BANKS-1:0] over;
    integer               c;
    always @* for (c = 0; c < CHUNK_BANKS; c = c + 1) over[c] = life[2*c +: 2] == USED && idle(idle_bank, c);

    always @* if (started) begin
        // Rows: of a tile all go into the bank whose turn it is, which holds nothing.
        a_row: assert (row_ready == (life[2*next_load +: 2] == FREE && load_ready[row_index]));
        a_load: assert (load_valid == (row_take ? 1 << row_index : 0) && load_bank == next_load);
        // Fibres: with the bank of the oldest tile, as soon as all TPPEs have room.
        a_fibre: assert (fibre_ready == (ready && !held));
        if (fibre_valid) a_take: assert (take == (ready && alive[next_use] && fibre_there != 0 && blocked == 0));
        if (!fibre_valid) a_take_asked: assert (!take);
        a_use: assert (use_bank == next_use && use_sums == adds);
        a_drop: assert (drop == (ready && !alive[next_use]));
        // A bank is filled, used, released, in this order and once each.
        if (loads) a_fill_once: assert (life[2*load_bank +: 2] == FREE);
        if (uses) a_use_once: assert (life[2*use_bank +: 2] == FULL);
        a_release: assert (release_bank == over);
        a_sums: assert (sums_full == (closing & {idle_sum(idle_sums, 1), idle_sum(idle_sums, 0)}));
        // Where TPPEs and output are quiet, what is offered moves or makes room for it.
        if (quiet && row_valid && fibre_valid) a_moves: assert (row_ready || fibre_ready || release_bank != 0);
        if (quiet && row_valid && whole == 0) a_row_moves: assert (row_ready || release_bank != 0);
        if (quiet && fibre_valid && whole != 0) a_fibre_moves: assert (fibre_ready);
        // Events.
        a_active: assert (active == layer);
        a_step: assert (step == (fibre_valid && fibre_ready) && tile_done == uses
            && tile_dropped == (uses && !alive[next_use]));
        if (layer) a_parts: assert (take + skip + wait_spikes + wait_output + wait_weights + wait_tppe == 1);
        if (!layer) a_no_parts: assert (!skip && !wait_spikes && !wait_output && !wait_weights && !wait_tppe);
        a_spikes: assert (wait_spikes == (layer && whole == 0));
        a_output: assert (wait_output == (layer && whole != 0 && closing[adds]));
        a_tppe: assert (wait_tppe == (layer && ready && fibre_valid && held));
        a_weights: assert (wait_weights == (layer && ready && alive[next_use] && !fibre_valid));
        a_skipped: assert (fibres_skipped == (uses ? tile_columns - sent - (take ? there : ZERO) : ZERO));
        c_all_full: cover (whole == CHUNK_BANKS && row_valid && !row_ready);
        c_order: cover (life == {CHUNK_BANKS{USED}} && release_bank[1] && !release_bank[0]);
        c_dropped: cover (tile_dropped && fibres_skipped == 3 && tile_last_k && layer);
        c_both_sums: cover (sums_full == 2'b11 && whole != 0 && wait_output);
        c_round: cover (life[2*CHUNK_BANKS-1 -: 2] == FULL && loads && next_load == 0 && sent == 2 * JOINED);
        c_quiet: cover (quiet && row_valid && fibre_valid && !row_ready && !fibre_ready);
    end

`ifdef HINTS
    (* keep *) wire [CHUNK_BANKS-1:0] loaded;
    (* keep *) wire [CHUNK_BANKS-1:0] draining;
    (* keep *) wire [CHUNK_BANKS-1:0] live;
    (* keep *) wire [1:0]             dut_closing;
    (* keep *) wire [USED_W-1:0]      taken;

    // How far a bank is behind the next one to be used.
    function [BANK_W:0] distance(input integer bank, input [BANK_W-1:0] from);
        distance = bank >= from ? bank - from : bank + CHUNK_BANKS - from;
    endfunction
    reg     lives;
    integer h;

    always @* begin
        lives = 1'b1;
        for (h = 0; h < CHUNK_BANKS; h = h + 1) begin
            if (loaded[h] != (life[2*h +: 2] == FULL) || draining[h] != (life[2*h +: 2] == USED)
                || life[2*h +: 2] == 2'd3 || (distance(h, next_use) < whole) != loaded[h]) lives = 1'b0;
            if (life[2*h +: 2] == FREE && live[h] != (h == next_load && coming)) lives = 1'b0;
            if (life[2*h +: 2] == FULL && live[h] != alive[h]) lives = 1'b0;
        end
    end

    always @* if (started) begin
        i_turn: assert (next_load < CHUNK_BANKS && next_use < CHUNK_BANKS && whole <= CHUNK_BANKS
            && next_load == (next_use + whole) % CHUNK_BANKS);
        i_life: assert (lives);
        i_closing: assert (dut_closing == closing && taken == sent);
        if (life[2*next_load +: 2] != FREE) i_coming: assert (!coming);
    end
`endif

endmodule

`default_nettype wire
