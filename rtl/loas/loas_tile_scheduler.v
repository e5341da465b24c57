// SPDX-License-Identifier: Apache-2.0
// Hands spike chunks to the TPPEs and broadcasts the weight fibres that meet them.
//
// Function:   chunk banks: spike tiles are loaded, row r into TPPE r, while those before them are in use; a
//             bank is free again when no match of its tile is under way. A weight fibre goes to all TPPEs at once,
//             as soon as every one that it matches has a place for it. A tile without a live spike word is dropped.
//             Sum banks: one n tile adds while the one before it is read out.
// Latency:    a tile whose last row is loaded in cycle c can be used from c + 1 on.
// Throughput: one row and one weight fibre a cycle.
// Handshake:  sums_full[s]: all of a tile's sums are in bank s; sums_done[s] hands it back.
// Reset:      forgets all tiles.
`default_nettype none

module loas_tile_scheduler #(
    parameter TPPES   = 16,
    parameter COLUMNS = 32,
    // columns whose fibres come as one
    parameter JOINED  = 1,
    parameter CHUNK_BANKS = 2,
    // derived
    parameter ROW_W   = TPPES > 1 ? $clog2(TPPES) : 1,
    parameter BANK_W  = $clog2(CHUNK_BANKS),
    parameter USED_W  = $clog2(COLUMNS + 1)
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              start,
    // rows of a spike tile; live: some of its words may match
    input  wire              row_valid,
    output wire              row_ready,
    input  wire              row_end,
    input  wire [ROW_W-1:0]  row_index,
    input  wire              row_live,
    // fibres of a weight tile
    input  wire              fibre_valid,
    output wire              fibre_ready,
    input  wire [JOINED-1:0] fibre_there,
    input  wire              fibre_end,
    input  wire [USED_W-1:0] tile_columns,
    input  wire              tile_last_k,
    input  wire              tile_last,
    output wire              drop,
    // TPPEs
    input  wire [TPPES-1:0]  load_ready,
    output wire [TPPES-1:0]  load_valid,
    output reg  [BANK_W-1:0] load_bank,
    output wire              take,
    output reg  [BANK_W-1:0] use_bank,
    output reg               use_sums,
    output wire [CHUNK_BANKS-1:0]  release_bank,
    input  wire [TPPES-1:0]  blocked,
    input  wire [CHUNK_BANKS*TPPES-1:0] idle_bank,
    input  wire [2*TPPES-1:0] idle_sums,
    // sum banks
    output wire [1:0]        sums_full,
    input  wire [1:0]        sums_done,
    // events; active: tiles of the layer are left. An active cycle is a broadcast (take), skip or wait.
    output reg               active,
    output wire              step,
    output wire              skip,
    output wire              wait_spikes,
    output wire              wait_output,
    output wire              wait_weights,
    output wire              wait_tppe,
    output wire              tile_done,
    output wire              tile_dropped,
    output wire [USED_W-1:0] fibres_skipped
);

    localparam [31:0]      LAST_32   = CHUNK_BANKS - 1;
    localparam [BANK_W-1:0] LAST_BANK = LAST_32[BANK_W-1:0];

    // ---- spike tiles ----
    reg [CHUNK_BANKS-1:0] loaded_q;
    reg [CHUNK_BANKS-1:0] draining_q;
    reg [CHUNK_BANKS-1:0] live_q;

    wire bank_free = !loaded_q[load_bank] && !draining_q[load_bank];
    wire row_take  = row_valid && row_ready;
    wire load_done = row_take && row_end;

    assign row_ready = bank_free && load_ready[row_index];

    genvar r;
    generate
        for (r = 0; r < TPPES; r = r + 1) begin : g_row
            assign load_valid[r] = row_take && row_index == r[ROW_W-1:0];
        end
    endgenerate

    // ---- weight tiles ----
    reg  [1:0] closing_q;
    wire       spikes_there = loaded_q[use_bank];
    wire       sums_free    = !closing_q[use_sums];
    wire       ready        = spikes_there && sums_free;
    wire       tile_live    = live_q[use_bank];
    wire       held_back    = |fibre_there && tile_live && |blocked;

    assign fibre_ready = ready && !held_back;
    assign drop        = ready && !tile_live;
    assign take        = fibre_valid && fibre_ready && |fibre_there && tile_live;
    assign tile_done   = fibre_valid && fibre_ready && fibre_end;

    // ---- banks ----
    reg [CHUNK_BANKS-1:0] all_idle_bank;
    reg [1:0]       all_idle_sums;
    integer         i;

    always @* begin
        all_idle_bank = {CHUNK_BANKS{1'b1}};
        all_idle_sums = 2'b11;
        for (i = 0; i < TPPES; i = i + 1) begin
            all_idle_bank = all_idle_bank & idle_bank[CHUNK_BANKS*i +: CHUNK_BANKS];
            all_idle_sums = all_idle_sums & idle_sums[2*i +: 2];
        end
    end

    assign release_bank = draining_q & all_idle_bank;
    assign sums_full    = closing_q & all_idle_sums;

    localparam [CHUNK_BANKS-1:0] NONE = 0;
    localparam [CHUNK_BANKS-1:0] ONE  = 1;

    wire [CHUNK_BANKS-1:0] load_mask = ONE << load_bank;
    wire [CHUNK_BANKS-1:0] used      = tile_done ? ONE << use_bank : NONE;
    wire [1:0]             sums_mask = {use_sums, !use_sums};

    always @(posedge clk) begin
        if (rst) begin
            load_bank  <= {BANK_W{1'b0}};
            use_bank   <= {BANK_W{1'b0}};
            use_sums   <= 1'b0;
            loaded_q   <= NONE;
            draining_q <= NONE;
            live_q     <= NONE;
            closing_q  <= 2'b00;
        end else begin
            if (load_done) begin
                load_bank <= load_bank == LAST_BANK ? {BANK_W{1'b0}} : load_bank + 1'b1;
            end
            if (tile_done) begin
                use_bank <= use_bank == LAST_BANK ? {BANK_W{1'b0}} : use_bank + 1'b1;
            end
            use_sums   <= use_sums ^ (tile_done && tile_last_k);
            loaded_q   <= (loaded_q & ~used) | (load_done ? load_mask : NONE);
            draining_q <= (draining_q & ~release_bank) | used;
            live_q     <= (live_q & ~release_bank) | (row_take && row_live ? load_mask : NONE);
            closing_q  <= (closing_q & ~sums_done) | (sums_mask & {2{tile_done && tile_last_k}});
        end
    end

    // ---- events ----
    localparam THERE_W = $clog2(JOINED + 1);

    reg  [USED_W-1:0]  taken_q;
    wire [THERE_W-1:0] there;
    wire [USED_W-1:0]  taken = taken_q + ({{(USED_W - THERE_W) {1'b0}}, there} & {USED_W{take}});

    snn_popcount #(
        .W(JOINED)
    ) u_there (
        .word (fibre_there),
        .count(there)
    );

    assign step           = fibre_valid && fibre_ready;
    assign skip           = active && ready && (fibre_valid ? !held_back && !take : drop);
    assign wait_spikes    = active && !spikes_there;
    assign wait_output    = active && spikes_there && !sums_free;
    assign wait_weights   = active && ready && !fibre_valid && !drop;
    assign wait_tppe      = active && ready && fibre_valid && held_back;
    assign tile_dropped   = tile_done && !tile_live;
    assign fibres_skipped = tile_done
        ? tile_columns - taken : {USED_W{1'b0}};

    always @(posedge clk) begin
        if (rst) begin
            active  <= 1'b0;
            taken_q <= {USED_W{1'b0}};
        end else begin
            if (start) begin
                active <= 1'b1;
            end else if (tile_done && tile_last) begin
                active <= 1'b0;
            end
            if (tile_done) begin
                taken_q <= {USED_W{1'b0}};
            end else begin
                taken_q <= taken;
            end
        end
    end

endmodule

`default_nettype wire
