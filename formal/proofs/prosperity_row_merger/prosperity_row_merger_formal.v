// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_row_merger: every row that is searched leaves with one descriptor, and with it all rows
// of its tile that equal it.
`default_nettype none

module prosperity_row_merger_formal #(
    parameter TILE_M     = 4,
    parameter TILE_K     = 2,
    parameter BEAT_ROWS  = 2,
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input wire                        clk,
    input wire                        rst,
    input wire                        load_valid,
    input wire                        load_bank,
    input wire [BEAT_IDX_W-1:0]       load_beat,
    input wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input wire [BEAT_ROWS-1:0]        load_present,
    input wire                        search_valid,
    input wire                        search_bank,
    input wire [ROW_W-1:0]            search_idx,
    input wire                        search_last,
    input wire                        search_empty
);

    localparam TILE_W = TILE_M * TILE_K;

    (* anyconst *) wire reuse;

`include "ones_of.vh"

    // ---- the tiles, as loaded; the first beat of a tile forgets the rows of the last one ----
    reg [TILE_W-1:0] tile_0;
    reg [TILE_W-1:0] tile_1;
    reg [TILE_M-1:0] here_0;
    reg [TILE_M-1:0] here_1;
    integer          b;

    always @(posedge clk) begin
        for (b = 0; b < TILE_BEATS; b = b + 1) begin
            if (load_valid && load_beat == b) begin
                if (load_bank) tile_1[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
                else tile_0[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
                if (load_bank) here_1[b*BEAT_ROWS +: BEAT_ROWS] <= load_present;
                else here_0[b*BEAT_ROWS +: BEAT_ROWS] <= load_present;
            end else if (load_valid && load_beat == 0) begin
                if (load_bank) here_1[b*BEAT_ROWS +: BEAT_ROWS] <= 0;
                else here_0[b*BEAT_ROWS +: BEAT_ROWS] <= 0;
            end
        end
        if (rst) {here_0, here_1} <= 0;
    end

    // ---- what the popcount table and the search say about them ----
    wire [TILE_W-1:0] tile  = search_bank ? tile_1 : tile_0;
    wire [TILE_M-1:0] here  = search_bank ? here_1 : here_0;
    wire [TILE_K-1:0] query = tile[search_idx*TILE_K +: TILE_K];
    reg  [TILE_M*ONES_W-1:0] ones_0;
    reg  [TILE_M*ONES_W-1:0] ones_1;
    reg  [TILE_M-1:0]        subset;
    reg  [TILE_M-1:0]        equal;
    integer                  i;

    always @* begin
        for (i = 0; i < TILE_M; i = i + 1) begin
            ones_0[i*ONES_W +: ONES_W] = ones_of(tile_0[i*TILE_K +: TILE_K]);
            ones_1[i*ONES_W +: ONES_W] = ones_of(tile_1[i*TILE_K +: TILE_K]);
            subset[i] = (tile[i*TILE_K +: TILE_K] & ~query) == 0;
            equal[i] = here[i] && tile[i*TILE_K +: TILE_K] == query;
        end
    end

    // ---- searches: the first one of a tile follows the last one of another ----
    reg               inside = 1'b0;
    reg               tile_bank;
    // Rows that were searched, and those that left, of the tile so far.
    reg  [TILE_M-1:0] asked;
    reg  [TILE_M-1:0] covered;
    wire [TILE_M-1:0] asked_before   = inside ? asked : {TILE_M{1'b0}};
    wire [TILE_M-1:0] covered_before = inside ? covered : {TILE_M{1'b0}};
    wire [TILE_M-1:0] itself         = 1 << search_idx;
    wire              twin           = covered_before[search_idx];
    wire              none           = search_empty || twin;
    wire [TILE_M-1:0] group          = none ? 0 : reuse ? equal : itself;

    // What the pruner says three cycles later: here a number beside the row.
    (* anyseq *) wire side;
    localparam W = ROW_W + 1;

    // The searches of the last three cycles.
    reg              valid_1 = 1'b0;
    reg              valid_2 = 1'b0;
    reg              valid_3 = 1'b0;
    reg [W+2:0]      about_1;
    reg [W+2:0]      about_2;
    reg [W+2:0]      about_3;
    reg [TILE_M-1:0] rows_1;
    reg [TILE_M-1:0] rows_2;
    reg [TILE_M-1:0] rows_3;
    reg [TILE_M-1:0] asked_1;
    reg [TILE_M-1:0] asked_2;
    reg [TILE_M-1:0] asked_3;

    always @(posedge clk) begin
        valid_1 <= search_valid && !rst;
        valid_2 <= valid_1 && !rst;
        valid_3 <= valid_2 && !rst;
        about_1 <= {!inside, search_last, none, search_idx, side};
        about_2 <= about_1;
        about_3 <= about_2;
        rows_1  <= group;
        rows_2  <= rows_1;
        rows_3  <= rows_2;
        asked_1 <= search_empty ? asked_before : asked_before | itself;
        asked_2 <= asked_1;
        asked_3 <= asked_2;
        if (search_valid) begin
            inside    <= !search_last;
            tile_bank <= search_bank;
            asked     <= search_empty ? asked_before : asked_before | itself;
            covered   <= covered_before | group;
        end
        if (rst) begin
            inside  <= 1'b0;
            asked   <= 0;
            covered <= 0;
        end
    end

    wire [W-1:0] in_desc;
    wire         in_first;
    wire         in_last;
    wire         was_none;
    assign {in_first, in_last, was_none, in_desc} = about_3;

    wire              search_twin;
    wire              merge_valid;
    wire              merge_bank;
    wire [TILE_M-1:0] merge_rows;
    wire              in_none;
    wire [ROW_W-1:0]  in_twins;
    wire              out_valid;
    wire              out_last;
    wire [W-1:0]      out_desc;
    wire [TILE_M-1:0] out_rows;
    wire              refund;
    wire              holds;

    prosperity_row_merger #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS),
        .W        (W)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .reuse       (reuse),
        .load_valid  (load_valid),
        .load_bank   (load_bank),
        .load_beat   (load_beat),
        .load_present(load_present),
        .ones_0      (ones_0),
        .ones_1      (ones_1),
        .search_valid(search_valid),
        .search_bank (search_bank),
        .search_idx  (search_idx),
        .search_ones (search_empty ? {ONES_W{1'b0}} : ones_of(query)),
        .search_first(!inside),
        .search_empty(search_empty),
        .subset      (subset),
        .search_twin (search_twin),
        .merge_valid (merge_valid),
        .merge_bank  (merge_bank),
        .merge_rows  (merge_rows),
        .in_valid    (valid_3),
        .in_last     (in_last),
        .in_desc     (in_desc),
        .in_none     (in_none),
        .in_twins    (in_twins),
        .out_valid   (out_valid),
        .out_last    (out_last),
        .out_desc    (out_desc),
        .out_rows    (out_rows),
        .refund      (refund),
        .holds       (holds)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        if (load_valid) assume (load_beat < TILE_BEATS);
        // No load into a tile that is searched.
        if (load_valid && inside) assume (load_bank != tile_bank);
        if (load_valid && search_valid) assume (load_bank != search_bank);
        if (search_valid && inside) assume (search_bank == tile_bank);
        // Every row is issued once at most; it may have left with another one meanwhile.
        if (search_valid && !search_empty) assume (here[search_idx] && !asked_before[search_idx]);
    end

    // ---- descriptors: one waits until it is known whether it is the last one of its tile ----
    reg               waits = 1'b0;
    reg               ended;
    reg  [W-1:0]      desc;
    reg  [TILE_M-1:0] rows;
    // The tile has had a descriptor; rows that left before the one that waits.
    reg               some;
    reg  [TILE_M-1:0] given;
    reg  [TILE_M-1:0] asked_of;
    wire              had    = valid_3 && !in_first && some;
    wire              enters = valid_3 && (!was_none || (in_last && !had));
    wire              leaves = waits && (ended || (valid_3 && (!was_none || in_last)));
    integer           t;
    reg  [ROW_W-1:0]  twins;

    always @* begin
        twins = was_none ? 0 : {ROW_W{1'b1}};
        for (t = 0; t < TILE_M; t = t + 1) twins = twins + rows_3[t];
    end

    always @(posedge clk) begin
        if (leaves) begin
            waits <= 1'b0;
            given <= given | rows;
        end
        if (valid_3) begin
            asked_of <= asked_3;
            some     <= had || enters;
            if (in_first) given <= 0;
        end
        if (enters) begin
            waits <= 1'b1;
            desc  <= in_desc;
            rows  <= rows_3;
            ended <= in_last;
        end
        if (rst) begin
            waits <= 1'b0;
            some  <= 1'b0;
            given <= 0;
        end
    end

    // The tile's rows so far: an end that arrives now has them beside it.
    wire [TILE_M-1:0] asked_now = ended ? asked_of : asked_3;

    always @* if (started && !rst) begin
        if (search_valid && !search_empty) a_twin: assert (search_twin == twin);
        a_merge: assert (merge_valid == (search_valid && reuse && !none));
        if (merge_valid) a_merge_rows: assert (merge_bank == search_bank && merge_rows == equal);
        if (valid_3) a_none: assert (in_none == was_none);
        if (valid_3) a_twins: assert (in_twins == twins);
        a_refund: assert (refund == (valid_3 && !enters));
        a_holds: assert (holds == waits);
        a_leaves: assert (out_valid == leaves);
        if (out_valid) begin
            a_desc: assert (out_desc == desc);
            a_rows: assert (out_rows == rows);
            a_last: assert (out_last == (ended || (was_none && in_last)));
            a_once: assert ((out_rows & given) == 0);
            if (out_last) a_every: assert ((asked_now & ~(given | out_rows)) == 0);
        end
        c_merged: cover (out_valid && out_last && out_rows == 4'b1010 && given == 4'b0101);
        c_late_twin: cover (out_valid && out_last && !ended && out_rows == 4'b0110 && refund);
        c_empty: cover (out_valid && out_last && out_rows == 0);
        c_alone: cover (out_valid && !reuse && given == 4'b0111 && out_last);
        c_next_tile: cover (out_valid && out_last && valid_3 && in_first && !was_none && out_rows[3]);
    end

`ifdef HINTS
    (* keep *) wire [TILE_M-1:0] present_0;
    (* keep *) wire [TILE_M-1:0] present_1;
    (* keep *) wire [TILE_M-1:0] gone;
    (* keep *) wire              none_0;
    (* keep *) wire              none_1;
    (* keep *) wire              none_2;
    (* keep *) wire [TILE_M-1:0] dut_rows_0;
    (* keep *) wire [TILE_M-1:0] dut_rows_1;
    (* keep *) wire [TILE_M-1:0] dut_rows_2;
    (* keep *) wire [ROW_W-1:0]  twins_1;
    (* keep *) wire [ROW_W-1:0]  twins_2;
    (* keep *) wire              dut_ended;
    (* keep *) wire              dut_inside;
    (* keep *) wire [W-1:0]      dut_desc;
    (* keep *) wire [TILE_M-1:0] held_rows;

    function [ROW_W-1:0] others(input [TILE_M-1:0] set);
        integer o;
        begin
            others = set == 0 ? 0 : {ROW_W{1'b1}};
            for (o = 0; o < TILE_M; o = o + 1) others = others + set[o];
        end
    endfunction

    // What was covered one, two and three searches ago, and whether it is the same tile.
    reg [TILE_M-1:0] covered_1;
    reg [TILE_M-1:0] covered_2;
    reg [TILE_M-1:0] covered_3;
    reg [TILE_M-1:0] pasked_1;
    reg [TILE_M-1:0] pasked_2;
    reg [TILE_M-1:0] pasked_3;
    reg              inside_1;
    reg              inside_2;
    reg              inside_3;
    always @(posedge clk) begin
        covered_1 <= covered;
        covered_2 <= covered_1;
        covered_3 <= covered_2;
        inside_1  <= inside;
        inside_2  <= inside_1;
        inside_3  <= inside_2;
        pasked_1  <= asked;
        pasked_2  <= pasked_1;
        pasked_3  <= pasked_2;
        if (rst) begin
            {covered_1, covered_2, covered_3, pasked_1, pasked_2, pasked_3} <= 0;
            {inside_1, inside_2, inside_3} <= 0;
        end
    end
    // Equal rows of the tile left together, or none of them has.
    wire [TILE_W-1:0] in_tile = tile_bank ? tile_1 : tile_0;
    wire [TILE_M-1:0] in_here = tile_bank ? here_1 : here_0;
    reg               closed;
    integer           j;
    integer           k;
    always @* begin
        closed = 1'b1;
        for (j = 0; j < TILE_M; j = j + 1)
            for (k = 0; k < TILE_M; k = k + 1)
                if (covered[j] && in_here[k] && !covered[k]
                    && in_tile[j*TILE_K +: TILE_K] == in_tile[k*TILE_K +: TILE_K]) closed = 1'b0;
    end
    wire first_1 = about_1[W+2];
    wire first_2 = about_2[W+2];

    always @* if (started) begin
        i_present: assert (present_0 == here_0 && present_1 == here_1);
        if (inside) i_gone: assert (gone == (reuse ? covered : 0));
        if (inside) i_closed: assert (reuse ? closed : covered == asked);
        i_pipe: assert (held_rows == rows || !waits);
        if (valid_1) i_1: assert (none_0 == about_1[W] && dut_rows_0 == rows_1 && none_0 == (rows_1 == 0));
        if (valid_2) i_2: assert (none_1 == about_2[W] && dut_rows_1 == rows_2 && none_1 == (rows_2 == 0)
            && twins_1 == others(rows_2));
        if (valid_3) i_3: assert (none_2 == about_3[W] && dut_rows_2 == rows_3 && none_2 == (rows_3 == 0)
            && twins_2 == others(rows_3));
        if (waits) i_waits: assert (dut_desc == desc && (dut_ended || !ended));
        i_ended: assert (!dut_ended || (waits && ended));
        if (waits && ended) i_now: assert (dut_ended);
        i_inside: assert (dut_inside == (inside_3 && some));
        // The tile goes on from search to search, bubbles between them.
        i_chain_1: assert (valid_1 ? first_1 == !inside_1 && inside == !about_1[W+1]
            && covered == ((first_1 ? 0 : covered_1) | rows_1) && asked == asked_1
            && (first_1 || (rows_1 & covered_1) == 0) : inside == inside_1 && covered == covered_1
            && asked == pasked_1);
        i_chain_2: assert (valid_2 ? first_2 == !inside_2 && inside_1 == !about_2[W+1]
            && covered_1 == ((first_2 ? 0 : covered_2) | rows_2) && pasked_1 == asked_2
            && (first_2 || (rows_2 & covered_2) == 0) : inside_1 == inside_2 && covered_1 == covered_2
            && pasked_1 == pasked_2);
        i_chain_3: assert (valid_3 ? in_first == !inside_3 && inside_2 == !in_last
            && covered_2 == ((in_first ? 0 : covered_3) | rows_3) && pasked_2 == asked_3
            && (in_first || (rows_3 & covered_3) == 0) : inside_2 == inside_3 && covered_2 == covered_3
            && pasked_2 == pasked_3);
        i_asked: assert ((asked & ~covered) == 0 && (pasked_1 & ~covered_1) == 0 && (pasked_2 & ~covered_2) == 0
            && (pasked_3 & ~covered_3) == 0);
        if (waits) i_given: assert ((given & rows) == 0 && (given | rows) == covered_3 && asked_of == pasked_3
            && ended == !inside_3 && some);
        if (!waits && inside_3) i_nothing: assert (!some && given == 0 && covered_3 == 0);
    end
`endif

endmodule

`default_nettype wire
