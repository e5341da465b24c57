// SPDX-License-Identifier: Apache-2.0
// Properties of loas_fibre_reader: the fibres of a tile leave in order, each once, with its bitmask and its values.
// The solver watches one group of fibres and one value of the tiles.
`default_nettype none

module loas_fibre_reader_formal #(
    parameter CHUNK      = 2,
    parameter BEAT_W     = 8,
    parameter ELEM_W     = 2,
    parameter FIBRES     = 8,
    parameter KEEP_EMPTY = 0,
    parameter JOINED     = 1,
    parameter TAG_W      = 1,
    parameter MASKS      = BEAT_W / CHUNK,
    parameter ELEMS      = BEAT_W / ELEM_W,
    parameter GROUPS     = FIBRES / JOINED,
    parameter INDEX_W    = $clog2(GROUPS),
    parameter TOTAL_W    = $clog2(FIBRES * CHUNK + ELEMS + 1)
) (
    input wire               clk,
    input wire               rst,
    input wire               mask_valid,
    input wire [BEAT_W-1:0]  mask_data,
    input wire [MASKS-1:0]   mask_present,
    input wire               mask_last,
    input wire [TAG_W-1:0]   mask_tag,
    input wire               value_valid,
    input wire [BEAT_W-1:0]  value_data,
    input wire               drop,
    input wire               item_ready,
    // values of the tile that comes next
    input wire [TOTAL_W-1:0] choice
);

    localparam MASK_W   = JOINED * CHUNK;
    localparam VALUES_W = CHUNK * ELEM_W;
    localparam BEATS    = FIBRES / MASKS;

    wire                mask_ready;
    wire                value_ready;
    wire                item_valid;
    wire [JOINED-1:0]   item_fibres;
    wire                item_end;
    wire [INDEX_W-1:0]  item_index;
    wire [MASK_W-1:0]   item_mask;
    wire [VALUES_W-1:0] item_values;
    wire [TAG_W-1:0]    item_tag;
    wire                mask_values;
    wire                value_last;

    loas_fibre_reader #(
        .CHUNK     (CHUNK),
        .BEAT_W    (BEAT_W),
        .ELEM_W    (ELEM_W),
        .FIBRES    (FIBRES),
        .KEEP_EMPTY(KEEP_EMPTY),
        .JOINED    (JOINED),
        .TAG_W     (TAG_W)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .mask_valid  (mask_valid),
        .mask_ready  (mask_ready),
        .mask_data   (mask_data),
        .mask_present(mask_present),
        .mask_last   (mask_last),
        .mask_values (mask_values),
        .mask_tag    (mask_tag),
        .value_valid (value_valid),
        .value_ready (value_ready),
        .value_data  (value_data),
        .value_last  (value_last),
        .drop        (drop),
        .item_valid  (item_valid),
        .item_ready  (item_ready),
        .item_fibres (item_fibres),
        .item_end    (item_end),
        .item_index  (item_index),
        .item_mask   (item_mask),
        .item_values (item_values),
        .item_tag    (item_tag)
    );

    function [TOTAL_W-1:0] ones(input [BEAT_W-1:0] word);
        integer o;
        begin
            ones = 0;
            for (o = 0; o < BEAT_W; o = o + 1) ones = ones + word[o];
        end
    endfunction

    // ---- the tile that is read: its values, beats of bitmasks and values read, values announced ----
    reg [TOTAL_W-1:0] total;
    reg [TOTAL_W-1:0] announced = 0;
    reg [TOTAL_W-1:0] mask_beats = 0;
    reg [TOTAL_W-1:0] value_beats = 0;

    wire                mask_take  = mask_valid && mask_ready;
    wire                value_take = value_valid && value_ready;
    wire                tile_end   = mask_take && mask_last;
    wire [TOTAL_W-1:0]  with_this  = announced + ones(mask_data);
    // Beats that the values take.
    wire [TOTAL_W-1:0]  need = (total + ELEMS - 1) / ELEMS;

    assign mask_values = with_this != 0;
    assign value_last  = value_beats + 1'b1 == need;

    // ---- the watched group of fibres and the watched value ----
    (* anyconst *) wire [INDEX_W-1:0] g;
    (* anyconst *) wire [TOTAL_W-1:0] x;

    reg               group_known = 1'b0;
    reg [MASK_W-1:0]  group;
    reg [JOINED-1:0]  there;
    reg               x_known = 1'b0;
    reg [ELEM_W-1:0]  x_value;

    wire              group_here = mask_valid && mask_beats == g * JOINED / MASKS;
    wire              x_here     = value_valid && value_beats == x / ELEMS && total > x;
    reg  [JOINED-1:0] wanted;
    integer           w;
    always @* for (w = 0; w < JOINED; w = w + 1)
        wanted[w] = KEEP_EMPTY ? mask_present[(g*JOINED+w)%MASKS]
            : mask_data[((g*JOINED+w)%MASKS)*CHUNK +: CHUNK] != 0;

    // ---- items: of the group those that have left, values that have left, the last fibre that has ----
    reg [JOINED-1:0]  left_of = 0;
    reg [TOTAL_W-1:0] values_left = 0;
    reg [TOTAL_W-1:0] after_last = 0;
    // Tiles whose bitmasks have been read and whose last item has not left: at most the one on offer.
    reg               ended = 1'b0;
    reg [TAG_W-1:0]   tag;
    reg               dropped = 1'b0;

    wire               give   = item_valid && item_ready;
    wire               ours   = item_valid && item_index == g && item_fibres != 0;
    wire [TOTAL_W-1:0] count  = ones(item_mask);
    // The facts of the item's tile: kept one step where the reader has ended it already.
    reg                item_group_known;
    reg  [MASK_W-1:0]  item_group;
    reg  [JOINED-1:0]  item_there;
    reg                item_x_known;
    reg  [ELEM_W-1:0]  item_x;

    reg  [MASK_W-1:0]  in_item;
    integer            m;
    always @* for (m = 0; m < JOINED; m = m + 1) in_item[m*CHUNK +: CHUNK] = {CHUNK{item_fibres[m]}};

    // Number of the lowest and the one behind the highest fibre of the item.
    wire [TOTAL_W-1:0] low  = item_index * JOINED + (JOINED > 1 && !item_fibres[0]);
    wire [TOTAL_W-1:0] high = item_index * JOINED + (JOINED > 1 && item_fibres[JOINED-1]) + 1;

    reg [1:0] silence = 2'd0;
    reg       was_held = 1'b0;
    reg [TAG_W+MASK_W+VALUES_W+INDEX_W+JOINED:0] was_item;
    wire [TAG_W+MASK_W+VALUES_W+INDEX_W+JOINED:0] item = {item_tag, item_mask, item_values, item_index, item_fibres,
        item_end};

    always @(posedge clk) begin
        if (mask_take) announced <= with_this;
        if (mask_take) mask_beats <= mask_beats + 1'b1;
        if (value_take) value_beats <= value_beats + 1'b1;
        if (group_here && !group_known) begin
            group_known <= 1'b1;
            group <= mask_data >> (g * JOINED % MASKS * CHUNK);
            there <= wanted;
        end
        if (x_here && !x_known) begin
            x_known <= 1'b1;
            x_value <= value_data >> (x % ELEMS * ELEM_W);
        end
        if (tile_end) begin
            announced <= 0;
            mask_beats <= 0;
            value_beats <= 0;
            group_known <= 1'b0;
            x_known <= 1'b0;
            total <= choice;
            tag <= mask_tag;
            item_group_known <= group_known || group_here;
            item_group <= group_known ? group : mask_data >> (g * JOINED % MASKS * CHUNK);
            item_there <= group_known ? there : wanted;
            item_x_known <= x_known || x_here;
            item_x <= x_known ? x_value : value_data >> (x % ELEMS * ELEM_W);
        end
        ended <= tile_end || (ended && !give);
        dropped <= (dropped || drop) && !(give && item_end);
        if (give) begin
            if (ours) left_of <= left_of | item_fibres;
            values_left <= values_left + count;
            if (item_fibres != 0) after_last <= high;
            if (item_end) begin
                left_of <= 0;
                values_left <= 0;
                after_last <= 0;
            end
        end
        // Cycles in which the reader has all it can ask for and nothing moves.
        silence <= give || mask_take || value_take || !mask_valid || !value_valid || !item_ready
            ? 2'd0 : silence + 1'b1;
        was_held <= item_valid && !item_ready && !rst;
        was_item <= item;
        if (rst) begin
            announced <= 0;
            mask_beats <= 0;
            value_beats <= 0;
            group_known <= 1'b0;
            x_known <= 1'b0;
            total <= choice;
            ended <= 1'b0;
            dropped <= 1'b0;
            left_of <= 0;
            values_left <= 0;
            after_last <= 0;
            silence <= 2'd0;
        end
    end

    // What loas_fibre_loader gives: bitmasks only of fibres that are there, and as many values as the bitmasks say;
    // what waits in a FIFO stays.
    reg                        started = 1'b0;
    reg                        mask_waits = 1'b0;
    reg                        value_waits = 1'b0;
    reg [BEAT_W+MASKS+TAG_W:0] was_mask;
    reg [BEAT_W-1:0]           was_value;
    reg                        was_drop = 1'b0;
    reg [TAG_W-1:0]            tile_tag;
    reg [BEAT_W-1:0]           absent;
    integer                    f;
    always @* for (f = 0; f < MASKS; f = f + 1) absent[f*CHUNK +: CHUNK] = {CHUNK{!mask_present[f]}};
    always @(posedge clk) begin
        started     <= 1'b1;
        mask_waits  <= mask_valid && !mask_ready && !rst;
        value_waits <= value_valid && !value_ready && !rst;
        was_mask    <= {mask_data, mask_present, mask_last, mask_tag};
        was_value   <= value_data;
        was_drop    <= drop && !(give && item_end) && !rst;
        if (mask_take) tile_tag <= mask_tag;
    end
    always @* begin
        if (!started) assume (rst);
        if (mask_waits) assume (mask_valid && was_mask == {mask_data, mask_present, mask_last, mask_tag});
        if (value_waits) assume (value_valid && was_value == value_data);
        assume (choice <= FIBRES * CHUNK && g < GROUPS && x < FIBRES * CHUNK);
        if (mask_valid) begin
            assume ((mask_data & absent) == 0);
            if (mask_beats != 0) assume (mask_tag == tile_tag);
            assume (mask_last ? with_this == total : with_this <= total && mask_beats + 1 < BEATS);
        end
        // drop holds until the tile's last item has left.
        if (was_drop) assume (drop);
    end

    wire               known    = ended ? item_group_known : group_known;
    wire [MASK_W-1:0]  of_group = ended ? item_group : group;
    wire [JOINED-1:0]  of_there = ended ? item_there : there;
    wire               fits     = ones(of_group) <= CHUNK;
    wire               x_seen   = ended ? item_x_known : x_known;
    wire [ELEM_W-1:0]  x_is     = ended ? item_x : x_value;
    wire               x_in     = item_valid && !dropped && x >= values_left && x < values_left + count;
    wire [ELEM_W-1:0]  value    = item_values >> ((x - values_left) * ELEM_W);
    wire [JOINED-1:0]  all_left = left_of | (ours ? item_fibres : 0);

    always @* if (started) begin
        if (was_held && !rst) a_held: assert (item_valid && item == was_item);
        // Value beats: never one of the next tile, all of them by its end.
        if (value_take) a_value_asked: assert (value_beats < need);
        if (tile_end) a_value_beats: assert (value_beats + value_take == need);
        if (ours) begin
            a_mask: assert (known && item_mask == (of_group & in_item));
            a_wanted: assert ((item_fibres & ~of_there) == 0 && (item_fibres & left_of) == 0);
            a_joined: assert (fits ? item_fibres == of_there
                : item_fibres == (of_there[0] && !left_of[0] ? 1 : 1 << (JOINED - 1)));
        end
        if (item_valid && item_fibres != 0) a_order: assert (low >= after_last);
        if (item_valid && item_fibres == 0) a_bare: assert (item_end && (dropped || item_mask == 0));
        if (item_valid && item_end && !dropped) a_complete: assert (all_left == (known ? of_there : 0));
        if (item_valid && item_end) a_end: assert (ended && item_tag == tag);
        if (item_valid && !item_end) a_not_end: assert (!ended);
        if (x_in) a_value: assert (x_seen && value == x_is);
        if (item_valid && !dropped) a_rest: assert (item_values >> (count * ELEM_W) == 0);
        a_progress: assert (silence < 2);
        c_pointer: cover (x_in && give && values_left % ELEMS == ELEMS - 1 && count == CHUNK && x_is == 2);
        c_beats: cover (item_valid && item_end && item_fibres != 0 && values_left + count > 2 * ELEMS && !dropped);
        c_bare: cover (give && item_end && item_fibres == 0 && after_last != 0 && !dropped);
        c_dropped: cover (give && item_end && dropped && item_group != 0 && after_last != 0);
        c_next: cover (tile_end && ended && !dropped && announced == 0);
    end

`ifdef HINTS
    localparam OFFSET_W = $clog2(ELEMS);
    (* keep *) wire [MASKS-1:0]    done;
    (* keep *) wire [BEAT_W-1:0]   low_beat;
    (* keep *) wire                low_valid;
    (* keep *) wire [OFFSET_W-1:0] offset;
    (* keep *) wire                values_done;
    (* keep *) wire [$clog2(FIBRES)-1:0] base;

    // Values that have gone into items of the tile that is read, the one on offer included.
    wire [TOTAL_W-1:0] gone    = ended ? 0 : values_left + (item_valid ? count : 0);
    // Values of the beats before the one that is read, and of its fibres that are done.
    reg  [BEAT_W-1:0]  of_done;
    reg  [MASKS-1:0]   want;
    // Number of the fibre behind the last one that is done.
    reg  [TOTAL_W-1:0] behind;
    integer            d;
    always @* begin
        behind = mask_beats * MASKS;
        for (d = 0; d < MASKS; d = d + 1) begin
            of_done[d*CHUNK +: CHUNK] = {CHUNK{done[d]}};
            want[d] = KEEP_EMPTY ? mask_present[d] : mask_data[d*CHUNK +: CHUNK] != 0;
            if (done[d]) behind = mask_beats * MASKS + d + 1;
        end
    end
    wire [TOTAL_W-1:0] so_far  = announced + (mask_valid ? ones(mask_data & of_done) : 0);
    // The watched group: its fibres that are done.
    wire [JOINED-1:0]  g_done  = done >> (g * JOINED % MASKS);
    wire               g_now   = mask_beats == g * JOINED / MASKS;
    wire               g_past  = mask_beats > g * JOINED / MASKS;
    // What has gone of the group, of the tile that is read.
    wire [JOINED-1:0]  g_gone  = ended ? 0 : all_left;
    wire [MASK_W-1:0]  now_group = mask_data >> (g * JOINED % MASKS * CHUNK);
    wire [ELEM_W-1:0]  now_value = value_data >> (x % ELEMS * ELEM_W);

    always @* if (started) begin
        i_tile: assert (total <= FIBRES * CHUNK && announced <= total && mask_beats < BEATS
            && base == mask_beats * MASKS && (mask_beats != 0 || announced == 0));
        i_ended: assert (!ended || item_valid && item_end);
        i_dropped: assert (!dropped || was_drop || ended || rst);
        if (!mask_valid) i_no_beat: assert (done == 0);
        if (mask_valid) i_done: assert ((done & ~want) == 0 && (done == 0 || (want & ~done) != 0));
        // A fibre is done when all wanted ones before it are.
        if (mask_valid && done != 0) i_in_order: assert (behind <= (mask_beats + 1) * MASKS
            && (want & ~done & ((1 << behind - mask_beats * MASKS) - 1)) == 0);
        if (ended) i_new: assert (mask_beats == 0 && value_beats == 0 && done == 0 && !low_valid && offset == 0
            && !values_done && announced == 0);
        // Values.
        if (!dropped || ended) begin
            i_gone: assert (gone == so_far);
            i_window: assert (low_valid ? offset != 0 && gone == (value_beats - 1) * ELEMS + offset
                : offset == 0 && gone == value_beats * ELEMS);
            if (low_valid && x_known && x / ELEMS + 1 == value_beats)
                i_low: assert (((low_beat >> (x % ELEMS * ELEM_W)) & {ELEM_W{1'b1}}) == x_value);
        end
        i_value_beats: assert (value_beats <= need && values_done == (value_beats != 0 && value_beats == need));
        if (!x_known && x < total) i_x: assert (value_beats <= x / ELEMS);
        if (x_known) i_x_known: assert (x < total && (value_beats > x / ELEMS
            || value_beats == x / ELEMS && value_waits && value_valid && x_value == now_value));
        // The watched group.
        if (group_known) i_known: assert (g_past || g_now && mask_waits && mask_valid && there == wanted
            && group == now_group);
        if (g_past && !group_known) i_group_past: assert (0);
        // Only the first one of a group leaves alone, and only of a group that does not fit.
        if (g_now && mask_valid && g_done != 0 && g_done != wanted) i_alone: assert (g_done == 1
            && ones(now_group) > CHUNK);
        if (!dropped || ended) begin
            if (g_now) i_g_done: assert (g_gone == (mask_valid ? g_done : 0));
            if (!g_now && !g_past) i_g_future: assert (g_gone == 0);
            if (g_past) i_g_past: assert (g_gone == there);
        end
        if (!ended) i_after: assert ((item_valid && item_fibres != 0 ? high : after_last) <= behind);
        if (!ended && !dropped && item_valid) i_item: assert (values_left + count <= total);
    end
`endif

endmodule

`default_nettype wire
