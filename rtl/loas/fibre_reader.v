// SPDX-License-Identifier: Apache-2.0
// Takes tiles apart into fibres, each with its bitmask and its values, in order.
//
// Function:   the values of a fibre start where those of the fibres before it end (its pointer). Empty
//             fibres are passed over unless KEEP_EMPTY. Every tile ends with an item that has
//             item_end set: its last fibre, or an item without a fibre if that one was passed over earlier.
//             drop discards what is left of the tile at hand and gives only that last item; it holds until then.
// Latency:    an item is offered in the cycle after its bitmask and values are there.
// Throughput: one fibre a cycle; bitmask beats without one cost a cycle each.
// Handshake:  valid/ready; the item comes from registers and holds until taken.
// Reset:      withdraws the item.
`default_nettype none

module fibre_reader #(
    parameter CHUNK      = 128,
    parameter BEAT_W     = 1024,
    parameter ELEM_W     = 8,
    // fibres of a tile
    parameter FIBRES     = 32,
    // 1: empty fibres are items too
    parameter KEEP_EMPTY = 0,
    // bits that are the same for all beats of a tile
    parameter TAG_W      = 4,
    // derived
    parameter MASKS      = BEAT_W / CHUNK,
    parameter INDEX_W    = FIBRES > 1 ? $clog2(FIBRES) : 1,
    parameter VALUES_W   = CHUNK * ELEM_W
) (
    input  wire                clk,
    input  wire                rst,
    // bitmask beats
    input  wire                mask_valid,
    output wire                mask_ready,
    input  wire [BEAT_W-1:0]   mask_data,
    input  wire [MASKS-1:0]    mask_present,
    input  wire                mask_last,
    input  wire                mask_values,
    input  wire [TAG_W-1:0]    mask_tag,
    // value beats
    input  wire                value_valid,
    output wire                value_ready,
    input  wire [BEAT_W-1:0]   value_data,
    input  wire                value_last,
    // fibres; values beyond the fibre's own are 0
    input  wire                drop,
    output reg                 item_valid,
    input  wire                item_ready,
    output reg                 item_fibre,
    output reg                 item_end,
    output reg  [INDEX_W-1:0]  item_index,
    output reg  [CHUNK-1:0]    item_mask,
    output reg  [VALUES_W-1:0] item_values,
    output reg  [TAG_W-1:0]    item_tag
);

    localparam ELEMS    = BEAT_W / ELEM_W;
    localparam SLOT_W   = $clog2(MASKS);
    localparam COUNT_W  = $clog2(CHUNK + 1);
    localparam OFFSET_W = $clog2(ELEMS);
    // place in the beat or number in the tile, whichever takes more
    localparam WIDE_W   = INDEX_W > SLOT_W ? INDEX_W : SLOT_W;
    // offset and values of one fibre together
    localparam END_W    = $clog2(2 * ELEMS);

    localparam [31:0] MASKS_32 = MASKS;
    localparam [31:0] ELEMS_32 = ELEMS;
    localparam [31:0] ELEM_32  = ELEM_W;

    // ---- next fibre of the bitmask beat ----
    reg [MASKS-1:0]  done_q;
    reg [WIDE_W-1:0] base_q;

    wire [MASKS-1:0]  wanted;
    wire [MASKS-1:0]  todo = wanted & ~done_q;
    wire              any;
    wire              many;
    wire [SLOT_W-1:0] slot;

    genvar f;
    generate
        for (f = 0; f < MASKS; f = f + 1) begin : g_wanted
            if (KEEP_EMPTY != 0) begin : g_all
                assign wanted[f] = mask_present[f];
            end else begin : g_filled
                assign wanted[f] = |mask_data[f*CHUNK +: CHUNK];
            end
        end
        if (KEEP_EMPTY == 0) begin : g_unused
            wire unused = &{1'b0, mask_present};
        end
    endgenerate

    find_first #(
        .W(MASKS)
    ) u_next (
        .req (todo),
        .any (any),
        .many(many),
        .idx (slot)
    );

    wire [WIDE_W-1:0]  number;
    wire [CHUNK-1:0]   mask = mask_data[slot * CHUNK +: CHUNK];
    wire [COUNT_W-1:0] count;

    generate
        if (WIDE_W > SLOT_W) begin : g_beats
            assign number = base_q + {{(WIDE_W - SLOT_W) {1'b0}}, slot};
        end else begin : g_beat
            assign number = base_q + slot;
        end
        if (WIDE_W > INDEX_W) begin : g_top
            wire unused = &{1'b0, number[WIDE_W-1:INDEX_W]};
        end
    endgenerate

    popcount #(
        .W(CHUNK)
    ) u_count (
        .word (mask),
        .count(count)
    );

    // ---- window on the values: low_q, of which offset_q are used, then the beat behind it ----
    reg                low_valid_q;
    reg [BEAT_W-1:0]   low_q;
    reg [OFFSET_W-1:0] offset_q;

    wire [END_W-1:0] wide_count = {{(END_W - COUNT_W) {1'b0}}, count};
    wire [END_W-1:0] window_end = {{(END_W - OFFSET_W) {1'b0}}, offset_q} + wide_count;
    wire             passes     = window_end > ELEMS_32[END_W-1:0];
    wire             fills      = window_end == ELEMS_32[END_W-1:0];
    wire [OFFSET_W-1:0] rest    = window_end[OFFSET_W-1:0] - ELEMS_32[OFFSET_W-1:0];
    // A beat is needed: to go on behind low_q, or to begin with.
    wire             needs      = low_valid_q ? passes : count != {COUNT_W{1'b0}};

    wire [2*BEAT_W-1:0] beats  = {value_data, low_valid_q ? low_q : value_data};
    wire [2*BEAT_W-1:0] window = beats >> (offset_q * ELEM_32);

    reg [VALUES_W-1:0] values;
    integer            e;

    always @* begin
        for (e = 0; e < CHUNK; e = e + 1) begin
            values[e*ELEM_W +: ELEM_W] = e[COUNT_W-1:0] < count
                ? window[e*ELEM_W +: ELEM_W] : {ELEM_W{1'b0}};
        end
    end

    // ---- steps ----
    reg values_done_q;

    wire room     = !item_valid || item_ready;
    // An item that ends its tile is not of the tile at hand any more.
    wire dropping = drop && !(item_valid && item_end);
    wire fibre    = mask_valid && room && !dropping && any && (!needs || value_valid);
    wire passed   = mask_valid && room && !dropping && !any;
    wire flushed  = values_done_q || !mask_values;
    wire dropped  = mask_valid && room && dropping && (!mask_last || flushed);
    wire tile_end = mask_ready && mask_last;

    assign mask_ready  = (fibre && !many) || passed || dropped;
    // A value beat is this tile's only if the bitmasks so far have announced one: behind a tile without
    // values waits the next one's.
    assign value_ready = dropping ? mask_valid && mask_values && !values_done_q : fibre && needs;

    always @(posedge clk) begin
        if (rst) begin
            item_valid <= 1'b0;
            done_q     <= {MASKS{1'b0}};
            base_q     <= {WIDE_W{1'b0}};
        end else begin
            if (room) begin
                item_valid <= fibre || tile_end;
            end
            if (mask_ready) begin
                done_q <= {MASKS{1'b0}};
                base_q <= mask_last ? {WIDE_W{1'b0}} : base_q + MASKS_32[WIDE_W-1:0];
            end else if (fibre) begin
                done_q[slot] <= 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (room) begin
            item_fibre  <= fibre;
            item_end    <= tile_end;
            item_index  <= number[INDEX_W-1:0];
            item_mask   <= mask;
            item_values <= values;
            item_tag    <= mask_tag;
        end
    end

    always @(posedge clk) begin
        if (rst || tile_end) begin
            low_valid_q   <= 1'b0;
            offset_q      <= {OFFSET_W{1'b0}};
            values_done_q <= 1'b0;
        end else begin
            if (fibre && low_valid_q) begin
                low_valid_q <= !fills;
                offset_q    <= passes || fills ? rest : window_end[OFFSET_W-1:0];
            end else if (fibre && needs) begin
                low_valid_q <= !fills;
                offset_q    <= fills ? {OFFSET_W{1'b0}} : window_end[OFFSET_W-1:0];
            end
            if (value_valid && value_ready && value_last) begin
                values_done_q <= 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (fibre && needs) begin
            low_q <= value_data;
        end
    end

endmodule

`default_nettype wire
