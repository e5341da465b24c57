// SPDX-License-Identifier: Apache-2.0
// Takes tiles apart into fibres, each with its bitmask and its values, in order.
//
// Function:   the values of a fibre start where those of the fibres before it end (its pointer). Empty
//             fibres are passed over unless KEEP_EMPTY. The fibres of a group of JOINED neighbours are one
//             item if their values are no more than CHUNK, else the first one is an item of its own. Every
//             tile ends with an item that has item_end set: its last one, or one without a fibre
//             if that was passed over earlier.
//             drop discards what is left of the tile at hand and gives only that last item; it holds until then.
// Latency:    an item is offered in the cycle after its bitmask and values are there.
// Throughput: one item a cycle; bitmask beats without one cost a cycle each.
// Handshake:  valid/ready; the item comes from registers and holds until taken.
// Reset:      withdraws the item.
`default_nettype none

module loas_fibre_reader #(
    parameter CHUNK      = 128,
    parameter BEAT_W     = 1024,
    parameter ELEM_W     = 8,
    // fibres of a tile
    parameter FIBRES     = 32,
    // 1: empty fibres are items too
    parameter KEEP_EMPTY = 0,
    // fibres of a group, a power of two that divides the bitmasks of a beat
    parameter JOINED     = 1,
    // bits that are the same for all beats of a tile
    parameter TAG_W      = 4,
    // derived
    parameter MASKS      = BEAT_W / CHUNK,
    parameter GROUPS     = JOINED > 0 ? (FIBRES + JOINED - 1) / JOINED : 1,
    parameter INDEX_W    = GROUPS > 1 ? $clog2(GROUPS) : 1,
    parameter MASK_W     = JOINED * CHUNK,
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
    // items; item_fibres: which fibres of its group an item holds; the bitmasks of the others are 0,
    // and so are values beyond its own. 0: none; then bitmask and values mean nothing.
    input  wire                drop,
    output reg                 item_valid,
    input  wire                item_ready,
    output reg  [JOINED-1:0]   item_fibres,
    output reg                 item_end,
    output reg  [INDEX_W-1:0]  item_index,
    output reg  [MASK_W-1:0]   item_mask,
    output reg  [VALUES_W-1:0] item_values,
    output reg  [TAG_W-1:0]    item_tag
);

    localparam ELEMS    = BEAT_W / ELEM_W;
    localparam SLOT_W   = $clog2(MASKS);
    localparam JOIN_W   = $clog2(JOINED);
    localparam COUNT_W  = $clog2(CHUNK + 1);
    localparam TOTAL_W  = $clog2(JOINED * CHUNK + 1);
    localparam OFFSET_W = $clog2(ELEMS);
    // place in the beat or number in the tile, whichever takes more
    localparam WIDE_W   = JOIN_W + INDEX_W > SLOT_W ? JOIN_W + INDEX_W : SLOT_W;
    // offset and values of one fibre together
    localparam END_W    = $clog2(2 * ELEMS);

    localparam [31:0] MASKS_32 = MASKS;
    localparam [31:0] ELEMS_32 = ELEMS;
    localparam [31:0] ELEM_32  = ELEM_W;
    localparam [31:0] CHUNK_32 = CHUNK;

    generate
        if (JOINED < 1 || 1 << JOIN_W != JOINED || MASKS % JOINED != 0) begin : g_check_joined
            illegal_parameter_JOINED_is_no_power_of_two_that_divides_a_beat u_stop ();
        end
    endgenerate

    // ---- first group of the bitmask beat with a fibre that is left ----
    reg [MASKS-1:0]  done_q;
    reg [WIDE_W-1:0] base_q;

    wire [MASKS-1:0]  wanted;
    wire [MASKS-1:0]  todo = wanted & ~done_q;
    wire              any;
    wire              unused_many;
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

    snn_find_first #(
        .W(MASKS)
    ) u_next (
        .req (todo),
        .any (any),
        .many(unused_many),
        .idx (slot)
    );

    wire [WIDE_W-1:0] number;
    wire [SLOT_W-1:0] first      = slot >> JOIN_W << JOIN_W;
    wire [JOINED-1:0] group_todo = todo[first +: JOINED];
    wire [MASK_W-1:0] group_mask = mask_data[first * CHUNK_32 +: MASK_W];

    generate
        if (WIDE_W > SLOT_W) begin : g_beats
            assign number = base_q + {{(WIDE_W - SLOT_W) {1'b0}}, slot};
        end else begin : g_beat
            assign number = base_q + slot;
        end
        if (WIDE_W > JOIN_W + INDEX_W) begin : g_top
            wire unused = &{1'b0, number[WIDE_W-1:JOIN_W+INDEX_W]};
        end
        if (JOIN_W > 0) begin : g_low
            wire unused = &{1'b0, number[JOIN_W-1:0]};
        end
    endgenerate

    // ---- those of its fibres whose values fit ----
    wire [JOINED*COUNT_W-1:0] counts;
    wire [JOINED-1:0]         taken;
    wire [MASKS-1:0]          taken_slots;
    wire [MASK_W-1:0]         mask;
    wire                      many  = |(todo & ~taken_slots);
    wire [COUNT_W-1:0]        count;

    generate
        for (f = 0; f < JOINED; f = f + 1) begin : g_fibre
            snn_popcount #(
                .W(CHUNK)
            ) u_count (
                .word (group_mask[f*CHUNK +: CHUNK]),
                .count(counts[f*COUNT_W +: COUNT_W])
            );

            assign mask[f*CHUNK +: CHUNK] = group_mask[f*CHUNK +: CHUNK] & {CHUNK{taken[f]}};
        end
        for (f = 0; f < MASKS; f = f + 1) begin : g_slot
            localparam [31:0] FIRST = f / JOINED * JOINED;

            assign taken_slots[f] = first == FIRST[SLOT_W-1:0] && taken[f%JOINED];
        end
        if (JOINED > 1) begin : g_joined
            reg [TOTAL_W-1:0] total;
            reg [COUNT_W-1:0] lowest;
            integer           j;

            always @* begin
                total  = {TOTAL_W{1'b0}};
                lowest = {COUNT_W{1'b0}};
                for (j = JOINED - 1; j >= 0; j = j - 1) begin
                    if (group_todo[j]) begin
                        lowest = counts[j*COUNT_W +: COUNT_W];
                        total  = total + {{(TOTAL_W - COUNT_W) {1'b0}}, lowest};
                    end
                end
            end

            wire fits = total <= CHUNK_32[TOTAL_W-1:0];

            assign taken = fits ? group_todo : group_todo & (~group_todo + 1'b1);
            assign count = fits ? total[COUNT_W-1:0] : lowest;
        end else begin : g_single
            assign taken = group_todo;
            assign count = counts;
        end
    endgenerate

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
                done_q <= done_q | taken_slots;
            end
        end
    end

    always @(posedge clk) begin
        if (room) begin
            item_fibres <= taken & {JOINED{fibre}};
            item_end    <= tile_end;
            item_index  <= number[JOIN_W +: INDEX_W];
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
