// SPDX-License-Identifier: Apache-2.0
// Properties of inner_join: matches are the positions that both fibres have, lowest first, each with its
// weight; the FIFOs keep them all.
`default_nettype none

module inner_join_formal #(
    parameter CHUNK       = 3,
    parameter WEIGHT_W    = 1,
    parameter COLUMNS     = 2,
    parameter QUEUE_DEPTH = 2,
    parameter FIFO_DEPTH  = 3,
    parameter IDX_W       = $clog2(CHUNK),
    parameter COLUMN_W    = $clog2(COLUMNS),
    parameter VALUES_W    = CHUNK * WEIGHT_W
) (
    input wire                clk,
    input wire                rst,
    input wire                offer,
    input wire [CHUNK-1:0]    live,
    input wire [CHUNK-1:0]    mask,
    input wire [VALUES_W-1:0] values,
    input wire [COLUMN_W-1:0] column,
    input wire                bank,
    input wire                sums,
    input wire                pop_ready
);

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
    wire                pop_bank;
    wire                pop_sums;
    wire                pop_last;
    wire                take = offer && !blocked;

    inner_join #(
        .CHUNK      (CHUNK),
        .WEIGHT_W   (WEIGHT_W),
        .COLUMNS    (COLUMNS),
        .QUEUE_DEPTH(QUEUE_DEPTH),
        .FIFO_DEPTH (FIFO_DEPTH)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .take        (take),
        .live        (live),
        .fibre_mask  (mask),
        .fibre_values(values),
        .fibre_group (column),
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

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    wire [CHUNK-1:0] common = live & mask;

    // Inner signals of the FIFOs: what is written must have room, what is popped must be there.
    (* keep *) wire weight_ready;
    (* keep *) wire place_valid;
    (* keep *) wire queue_ready;
    always @* if (started && !rst) begin
        a_meets: assert (meets == (common != 0));
        if (take && meets) a_queue_room: assert (queue_ready);
        if (match_valid) a_weight_room: assert (weight_ready);
        if (pop_valid) a_position_there: assert (place_valid);
    end

`ifdef HINTS
    (* keep *) wire [$clog2(FIFO_DEPTH+1)-1:0] places;
    (* keep *) wire [$clog2(FIFO_DEPTH+1)-1:0] weights;
    always @* if (started) i_pairs: assert (places == weights + match_valid && places <= FIFO_DEPTH
        && weights <= FIFO_DEPTH);
`else
    // ---- the fibre that the solver watches: the n-th one that was taken ----
    (* anyconst *) wire [1:0] n;

    localparam FIBRE_W = 2 * CHUNK + VALUES_W + COLUMN_W + 2;
    reg  [2:0]         taken = 3'd0;
    reg                here = 1'b0;
    reg  [FIBRE_W-1:0] fibre;
    wire [CHUNK-1:0]    f_common;
    wire [CHUNK-1:0]    f_mask;
    wire [VALUES_W-1:0] f_values;
    wire [COLUMN_W-1:0] f_column;
    wire                f_bank;
    wire                f_sums;
    assign {f_common, f_mask, f_values, f_column, f_bank, f_sums} = fibre;

    // Weight of a position: the fibre's values come in the order of its mask.
    function [WEIGHT_W-1:0] weight_of(input [CHUNK-1:0] of_mask, input [VALUES_W-1:0] of_values,
                                      input [IDX_W-1:0] position);
        integer w;
        integer rank;
        begin
            rank = 0;
            for (w = 0; w < CHUNK; w = w + 1) if (w < position) rank = rank + of_mask[w];
            weight_of = of_values >> (rank * WEIGHT_W);
        end
    endfunction

    function [IDX_W-1:0] lowest(input [CHUNK-1:0] word);
        integer l;
        begin
            lowest = 0;
            for (l = CHUNK - 1; l >= 0; l = l - 1) if (word[l]) lowest = l;
        end
    endfunction

    // Fibres whose last match has come out, by speculation and by pop; what is left of the next one.
    reg  [2:0]       popped = 3'd0;
    reg  [CHUNK-1:0] pop_left;
    reg              pop_begun = 1'b0;
    reg  [CHUNK-1:0] match_left;
    reg  [4:0]       waiting = 5'd0;
    reg  [2:0]       silence = 3'd0;
    wire             pop    = pop_valid && pop_ready;
    wire [CHUNK-1:0] todo   = pop_begun ? pop_left : f_common;
    wire             watch  = here && popped == n;
    integer          o;
    reg  [2:0]       ones;
    always @* begin
        ones = 0;
        for (o = 0; o < CHUNK; o = o + 1) ones = ones + common[o];
    end

    // Matches come before pops and in the same order: the watched ones follow those of the fibres before.
    reg  [4:0]       before_n = 5'd0;
    reg  [4:0]       speculated = 5'd0;
    wire             match_watch = here && speculated >= before_n && match_left != 0;

    always @(posedge clk) begin
        if (take && meets && !taken[2]) begin
            taken <= taken + 1'b1;
            if (taken == n) begin
                here       <= 1'b1;
                fibre      <= {common, mask, values, column, bank, sums};
                match_left <= common;
            end
            if (taken < n) before_n <= before_n + ones;
        end
        if (match_valid) speculated <= speculated + 1'b1;
        if (match_valid && match_watch) match_left <= match_left & (match_left - 1'b1);
        if (pop && pop_last) popped <= popped + 1'b1;
        if (pop && watch) begin
            pop_begun <= 1'b1;
            pop_left  <= todo & (todo - 1'b1);
        end
        waiting <= waiting + (take && meets ? ones : 0) - pop;
        silence <= pop_valid || waiting == 0 ? 3'd0 : silence + 1'b1;
        if (rst) begin
            taken      <= 3'd0;
            here       <= 1'b0;
            popped     <= 3'd0;
            pop_begun  <= 1'b0;
            before_n   <= 5'd0;
            speculated <= 5'd0;
            waiting    <= 5'd0;
            silence    <= 3'd0;
        end
    end

    // No more fibres than the harness can number.
    always @* if (taken[2]) assume (!offer);

    always @* if (started && !rst) begin
        if (pop_valid) a_pop_asked: assert (waiting != 0);
        if (pop_valid && watch) begin
            a_position: assert (todo != 0 && pop_position == lowest(todo));
            a_weight: assert (pop_weight == weight_of(f_mask, f_values, lowest(todo)));
            a_beside: assert (pop_column == f_column && pop_bank == f_bank && pop_sums == f_sums);
            a_last: assert (pop_last == ((todo & (todo - 1'b1)) == 0));
        end
        if (match_valid && match_watch) a_speculated: assert (match_column == f_column && match_sums == f_sums
            && match_weight == weight_of(f_mask, f_values, lowest(match_left)));
        // Where matches are left, one is on offer within four cycles.
        a_progress: assert (silence < 4);
        c_three: cover (pop && watch && pop_last && f_common == 3'b111 && n == 2);
        c_full: cover (fifo_full && pop_valid);
        c_blocked: cover (offer && blocked);
        c_gap: cover (pop && watch && f_common == 3'b100 && f_mask == 3'b110 && pop_weight);
    end
`endif

endmodule

`default_nettype wire
