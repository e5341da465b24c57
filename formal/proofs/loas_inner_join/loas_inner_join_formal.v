// SPDX-License-Identifier: Apache-2.0
// Properties of loas_inner_join: matches are the positions that both fibres have, lowest column and position
// first, each with its weight; the FIFOs keep them all. The solver watches one match of one fibre.
`default_nettype none

module loas_inner_join_formal #(
    parameter CHUNK       = 3,
    parameter WEIGHT_W    = 1,
    parameter COLUMNS     = 2,
    parameter JOINED      = 1,
    parameter CHUNK_BANKS = 2,
    parameter FIFO_DEPTH  = 3,
    parameter IDX_W       = $clog2(CHUNK),
    parameter COLUMN_W    = $clog2(COLUMNS),
    parameter GROUP_W     = $clog2(COLUMNS / JOINED),
    parameter BANK_W      = $clog2(CHUNK_BANKS),
    parameter MASK_W      = JOINED * CHUNK,
    parameter VALUES_W    = CHUNK * WEIGHT_W
) (
    input wire                      clk,
    input wire                      rst,
    input wire                      offer,
    input wire [CHUNK-1:0]          live,
    input wire [MASK_W-1:0]         mask,
    input wire [VALUES_W-1:0]       values,
    input wire [GROUP_W-1:0]        group,
    input wire [BANK_W-1:0]         bank,
    input wire                      sums,
    input wire                      pop_ready,
    // the solver watches this match of the fibre that is taken
    input wire                      pick,
    input wire [$clog2(MASK_W)-1:0] choice
);

    localparam QUEUE_DEPTH = 2;
    localparam BIT_W       = $clog2(MASK_W);
    localparam PTR_W       = $clog2(FIFO_DEPTH);
    localparam FIBRE_W     = 2 * MASK_W + VALUES_W + GROUP_W + BANK_W + 1;
    localparam PLACE_W     = IDX_W + COLUMN_W + BANK_W + 2;
    // matches that can be under way
    localparam MOST        = QUEUE_DEPTH * MASK_W + FIFO_DEPTH;
    localparam COUNT_W     = $clog2(MOST + 1);

    wire                meets;
    wire                blocked;
    wire                match_valid;
    wire [WEIGHT_W-1:0] match_weight;
    wire [COLUMN_W-1:0] match_column;
    wire                match_sums;
    wire                fifo_full;
    wire                pop_valid;
    wire [IDX_W-1:0]    pop_position;
    wire [WEIGHT_W-1:0] pop_weight;
    wire [COLUMN_W-1:0] pop_column;
    wire [BANK_W-1:0]   pop_bank;
    wire                pop_sums;
    wire                pop_last;
    wire                take = offer && !blocked;
    wire                pop  = pop_valid && pop_ready;

    loas_inner_join #(
        .CHUNK      (CHUNK),
        .WEIGHT_W   (WEIGHT_W),
        .COLUMNS    (COLUMNS),
        .JOINED     (JOINED),
        .CHUNK_BANKS(CHUNK_BANKS),
        .QUEUE_DEPTH(QUEUE_DEPTH),
        .FIFO_DEPTH (FIFO_DEPTH)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .take        (take),
        .live        (live),
        .fibre_mask  (mask),
        .fibre_values(values),
        .fibre_group (group),
        .fibre_bank  (bank),
        .fibre_sums  (sums),
        .meets       (meets),
        .blocked     (blocked),
        .match_valid (match_valid),
        .match_weight(match_weight),
        .match_column(match_column),
        .match_sums  (match_sums),
        .fifo_full   (fifo_full),
        .pop_valid   (pop_valid),
        .pop_ready   (pop_ready),
        .pop_position(pop_position),
        .pop_weight  (pop_weight),
        .pop_column  (pop_column),
        .pop_bank    (pop_bank),
        .pop_sums    (pop_sums),
        .pop_last    (pop_last)
    );

    // Ones of a word below some position.
    function [COUNT_W-1:0] ones_below(input [MASK_W-1:0] word, input integer position);
        integer o;
        begin
            ones_below = 0;
            for (o = 0; o < MASK_W; o = o + 1) if (o < position) ones_below = ones_below + word[o];
        end
    endfunction

    wire [MASK_W-1:0]  common = {JOINED{live}} & mask;
    wire [COUNT_W-1:0] ones   = ones_below(common, MASK_W);

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        // Joined fibres have no more weights than a chunk has positions.
        assume (ones_below(mask, MASK_W) <= CHUNK);
    end

    // ---- matches that have not been popped, those that have not been speculated ----
    reg [COUNT_W-1:0] waiting = 0;
    reg [COUNT_W-1:0] waiting_m = 0;

    // ---- the watched match: its fibre, and how many matches leave before it ----
    reg                here = 1'b0;
    reg                told;
    reg [COUNT_W-1:0]  ahead;
    reg [COUNT_W-1:0]  ahead_m;
    reg [FIBRE_W-1:0]  fibre;
    reg [BIT_W-1:0]    at;
    wire [MASK_W-1:0]   f_common;
    wire [MASK_W-1:0]   f_mask;
    wire [VALUES_W-1:0] f_values;
    wire [GROUP_W-1:0]  f_group;
    wire [BANK_W-1:0]   f_bank;
    wire                f_sums;
    assign {f_common, f_mask, f_values, f_group, f_bank, f_sums} = fibre;

    // What it is: the fibre's values come in the order of its mask.
    wire [IDX_W-1:0]    position = at % CHUNK;
    wire [COLUMN_W-1:0] column   = f_group * JOINED + at / CHUNK;
    wire [WEIGHT_W-1:0] weight   = f_values >> (ones_below(f_mask, at) * WEIGHT_W);
    wire                last     = ones_below(f_common, at) + 1'b1 == ones_below(f_common, MASK_W);

    reg [2:0] silence = 3'd0;

    always @(posedge clk) begin
        waiting   <= waiting + (take ? ones : 0) - pop;
        waiting_m <= waiting_m + (take ? ones : 0) - match_valid;
        silence   <= pop_valid || waiting == 0 ? 3'd0 : silence + 1'b1;
        if (here) begin
            ahead   <= ahead - pop;
            ahead_m <= ahead_m - (match_valid && !told);
            if (match_valid && ahead_m == 0) told <= 1'b1;
            if (pop && ahead == 0) here <= 1'b0;
        end else if (take && pick && choice < MASK_W && common[choice]) begin
            here    <= 1'b1;
            told    <= 1'b0;
            fibre   <= {common, mask, values, group, bank, sums};
            at      <= choice;
            ahead   <= waiting + ones_below(common, choice) - pop;
            ahead_m <= waiting_m + ones_below(common, choice) - match_valid;
        end
        if (rst) begin
            waiting   <= 0;
            waiting_m <= 0;
            here      <= 1'b0;
            silence   <= 3'd0;
        end
    end

    // Inner signals of the FIFOs: what is written must have room, what is popped must be there.
    (* keep *) wire weight_ready;
    (* keep *) wire place_valid;
    (* keep *) wire queue_ready;

    always @* if (started && !rst) begin
        a_meets: assert (meets == (common != 0));
        // Every fibre of a full queue has a match that waits.
        if (blocked) a_blocked: assert (meets && waiting >= QUEUE_DEPTH);
        if (take && meets) a_queue_room: assert (queue_ready);
        if (match_valid) a_weight_room: assert (weight_ready);
        if (pop_valid) a_position_there: assert (place_valid);
        if (pop_valid) a_pop_asked: assert (waiting != 0);
        if (match_valid) a_match_asked: assert (waiting_m != 0);
        if (pop_valid && here && ahead == 0) begin
            a_position: assert (pop_position == position);
            a_weight: assert (pop_weight == weight);
            a_beside: assert (pop_column == column && pop_bank == f_bank && pop_sums == f_sums);
            a_last: assert (pop_last == last);
        end
        if (match_valid && here && !told && ahead_m == 0) a_speculated: assert (match_column == column
            && match_sums == f_sums && match_weight == weight);
        // Where matches are left, one is on offer within three cycles.
        a_progress: assert (silence < 3);
        c_three: cover (pop && here && ahead == 0 && at == 2 && last && ones_below(f_common, at) == 1
            && weight);
        c_full: cover (fifo_full && pop_valid);
        c_blocked: cover (offer && blocked);
        c_gap: cover (pop && here && ahead == 0 && f_common != f_mask && ones_below(f_common, at) == 0
            && ones_below(f_mask, at) == 1 && weight);
        c_behind: cover (here && ahead == FIFO_DEPTH + 2 && ahead_m == FIFO_DEPTH + 1);
    end

`ifdef HINTS
    (* keep *) wire [1:0]          queued;
    (* keep *) wire                queue_rd;
    (* keep *) wire                queue_wr;
    (* keep *) wire [FIBRE_W-1:0]  queue_0;
    (* keep *) wire [FIBRE_W-1:0]  queue_1;
    (* keep *) wire                begun;
    (* keep *) wire [MASK_W-1:0]   left_q;
    (* keep *) wire [1:0]          places;
    (* keep *) wire [PTR_W-1:0]    place_rd;
    (* keep *) wire [PTR_W-1:0]    place_wr;
    (* keep *) wire [PLACE_W-1:0]  place_0;
    (* keep *) wire [PLACE_W-1:0]  place_1;
    (* keep *) wire [PLACE_W-1:0]  place_2;
    (* keep *) wire [1:0]          weights;
    (* keep *) wire [PTR_W-1:0]    weight_rd;
    (* keep *) wire [PTR_W-1:0]    weight_wr;
    (* keep *) wire [WEIGHT_W-1:0] weight_0;
    (* keep *) wire [WEIGHT_W-1:0] weight_1;
    (* keep *) wire [WEIGHT_W-1:0] weight_2;

    function [PTR_W-1:0] behind(input [PTR_W-1:0] pointer, input [COUNT_W-1:0] steps);
        behind = (pointer + steps) % FIFO_DEPTH;
    endfunction

    wire [FIBRE_W-1:0]  head    = queue_rd ? queue_1 : queue_0;
    wire [FIBRE_W-1:0]  second  = queue_rd ? queue_0 : queue_1;
    wire [MASK_W-1:0]   common_0 = head[FIBRE_W-1 -: MASK_W];
    wire [MASK_W-1:0]   common_1 = second[FIBRE_W-1 -: MASK_W];
    wire [MASK_W-1:0]   left    = begun ? left_q : common_0;
    wire [COUNT_W-1:0]  left_0  = queued != 0 ? ones_below(left, MASK_W) : 0;
    wire [COUNT_W-1:0]  left_1  = queued == 2 ? ones_below(common_1, MASK_W) : 0;
    wire [PTR_W-1:0]    slot    = behind(place_rd, ahead);
    wire [PLACE_W-1:0]  place   = slot == 0 ? place_0 : slot == 1 ? place_1 : place_2;
    wire [WEIGHT_W-1:0] waits   = slot == 0 ? weight_0 : slot == 1 ? weight_1 : weight_2;
    // The watched match is in one of the two fibres of the queue.
    wire                in_head = queued != 0 && head == fibre && left[at] && left >> at == f_common >> at
        && ahead == places + ones_below(left, at);
    wire                in_next = queued == 2 && second == fibre
        && ahead == places + left_0 + ones_below(f_common, at);

    always @* if (started) begin
        i_queue: assert (queued <= 2 && queue_wr == queue_rd ^ queued[0]);
        i_left: assert ((queued == 0 ? !begun : left != 0) && (queued != 2 || common_1 != 0));
        i_pairs: assert (places == weights + match_valid && places <= FIFO_DEPTH);
        i_pointers: assert (place_rd < FIFO_DEPTH && place_wr < FIFO_DEPTH && place_rd == weight_rd
            && place_wr == behind(place_rd, places) && weight_wr == behind(place_rd, weights));
        i_waiting: assert (waiting == places + left_0 + left_1 && waiting == waiting_m + weights);
        i_silence: assert (silence <= (waiting == 0 || weights != 0 ? 2 : match_valid ? 1 : 0));
        if (here) begin
            i_at: assert (at < MASK_W && f_common[at] && f_mask[at] && ones_below(f_mask, MASK_W) <= CHUNK);
            i_told: assert (told ? ahead < weights : ahead == ahead_m + weights && ahead >= weights);
            if (ahead < weights) i_weight: assert (waits == weight);
            if (ahead == weights && match_valid) i_match: assert (match_weight == weight
                && match_column == column && match_sums == f_sums);
            if (ahead < places) i_place: assert (place == {position, column, f_bank, f_sums, last});
            else i_fibre: assert (in_head || in_next);
        end
    end
`endif

endmodule

`default_nettype wire
