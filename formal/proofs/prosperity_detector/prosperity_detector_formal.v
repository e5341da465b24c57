// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_detector: matches are the rows issued before that the query contains, for every tile.
`default_nettype none

module prosperity_detector_formal #(
    parameter TILE_M     = 4,
    parameter TILE_K     = 3,
    parameter BEAT_ROWS  = 2,
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input wire                        clk,
    input wire                        rst,
    input wire                        reuse,
    input wire                        load_valid,
    input wire                        load_bank,
    input wire [BEAT_IDX_W-1:0]       load_beat,
    input wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input wire                        issue_valid,
    input wire                        issue_bank,
    input wire [ROW_W-1:0]            issue_idx,
    input wire                        issue_first,
    input wire                        issue_last,
    input wire                        issue_empty,
    input wire                        prefix_bank,
    input wire [ROW_W-1:0]            prefix_idx
);

    wire              found_valid;
    wire              found_bank;
    wire [ROW_W-1:0]  found_idx;
    wire [ONES_W-1:0] found_ones;
    wire              found_last;
    wire [TILE_K-1:0] found_row;
    wire [TILE_M-1:0] found_match;
    wire [TILE_K-1:0] prefix_row;

    // ---- the tiles, as loaded ----
    reg [TILE_M*TILE_K-1:0] tile_0;
    reg [TILE_M*TILE_K-1:0] tile_1;
    integer                 b;
    always @(posedge clk) begin
        for (b = 0; b < TILE_BEATS; b = b + 1) begin
            if (load_valid && load_beat == b && !load_bank)
                tile_0[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
            if (load_valid && load_beat == b && load_bank)
                tile_1[b*BEAT_ROWS*TILE_K +: BEAT_ROWS*TILE_K] <= load_rows;
        end
        if (rst) {tile_0, tile_1} <= 0;
    end

    wire [TILE_M*TILE_K-1:0] tile  = issue_bank ? tile_1 : tile_0;
    wire [TILE_K-1:0]        query = issue_empty ? 0 : tile[issue_idx*TILE_K +: TILE_K];

`include "ones_of.vh"

    prosperity_detector #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_dut (
        .clk        (clk),
        .rst        (rst),
        .reuse      (reuse),
        .load_valid (load_valid),
        .load_bank  (load_bank),
        .load_beat  (load_beat),
        .load_rows  (load_rows),
        .issue_valid(issue_valid),
        .issue_bank (issue_bank),
        .issue_idx  (issue_idx),
        .issue_ones (ones_of(query)),
        .issue_first(issue_first),
        .issue_last (issue_last),
        .issue_empty(issue_empty),
        .search_twin(1'b0),
        .found_valid(found_valid),
        .found_bank (found_bank),
        .found_idx  (found_idx),
        .found_ones (found_ones),
        .found_last (found_last),
        .found_row  (found_row),
        .found_match(found_match),
        .prefix_bank(prefix_bank),
        .prefix_idx (prefix_idx),
        .prefix_row (prefix_row)
    );

    // ---- environment: a mode that stays, and no load into a tile that is searched ----
    reg started = 1'b0;
    reg was_reuse;
    reg was_issue = 1'b0;
    reg was_bank;
    always @(posedge clk) begin
        started   <= 1'b1;
        was_reuse <= reuse;
        was_issue <= issue_valid;
        was_bank  <= issue_bank;
    end
    always @* begin
        if (!started) assume (rst);
        if (started) assume (reuse == was_reuse);
        if (load_valid && issue_valid) assume (load_bank != issue_bank);
        if (load_valid && was_issue) assume (load_bank != was_bank);
    end

    // ---- the definition, two cycles earlier ----
    reg  [TILE_M-1:0] issued;
    wire [TILE_M-1:0] before = issue_first ? {TILE_M{1'b0}} : issued;
    reg  [TILE_M-1:0] match;
    integer           j;

    always @* begin
        for (j = 0; j < TILE_M; j = j + 1) begin
            match[j] = reuse && ones_of(query) >= 2 && before[j]
                && (tile[j*TILE_K +: TILE_K] & query) == tile[j*TILE_K +: TILE_K];
        end
    end

    localparam SIDE_W = 2 + ROW_W + ONES_W + TILE_K + TILE_M;
    wire [SIDE_W-1:0] now = {issue_bank, issue_last, issue_idx, ones_of(query), query, match};
    reg  [SIDE_W-1:0] side_1;
    reg  [SIDE_W-1:0] side_2;
    reg               valid_1 = 1'b0;
    reg               valid_2 = 1'b0;
    reg  [TILE_M-1:0] issued_1;

    always @(posedge clk) begin
        side_1  <= now;
        side_2  <= side_1;
        valid_1 <= issue_valid && !rst;
        valid_2 <= valid_1 && !rst;
        issued_1 <= issued;
        if (issue_valid) begin
            issued <= before;
            if (query != 0) issued <= before | (1 << issue_idx);
        end
        if (rst) {issued, issued_1} <= 0;
    end

    wire [SIDE_W-1:0] found = {found_bank, found_last, found_idx, found_ones, found_row, found_match};

    always @* if (started) begin
        a_valid: assert (found_valid == valid_2);
        if (valid_2) a_match: assert (found_match == side_2[TILE_M-1:0]);
        if (valid_2) a_beside: assert (found[SIDE_W-1:TILE_M] == side_2[SIDE_W-1:TILE_M]);
        a_prefix_row: assert (prefix_row
            == (prefix_bank ? tile_1[prefix_idx*TILE_K +: TILE_K] : tile_0[prefix_idx*TILE_K +: TILE_K]));
        c_two: cover (valid_2 && found_match == 4'b0101 && found_row == 3'b111 && found_bank);
        c_equal: cover (valid_2 && found_match == 4'b0001 && found_row == 3'b011
            && tile_0[TILE_K-1:0] == 3'b011 && !found_bank);
        c_new_tile: cover (valid_2 && found_match == 0 && found_ones == 3 && valid_1);
    end

`ifdef HINTS
    (* keep *) wire [TILE_M*TILE_K-1:0] planes_0;
    (* keep *) wire [TILE_M*TILE_K-1:0] planes_1;
    (* keep *) wire [TILE_M-1:0]        known;
    (* keep *) wire                     search_valid;
    (* keep *) wire                     search_bank;
    (* keep *) wire [ROW_W-1:0]         search_idx;
    (* keep *) wire [ONES_W-1:0]        search_ones;
    (* keep *) wire                     search_first;
    (* keep *) wire                     search_last;
    (* keep *) wire                     search_empty;
    (* keep *) wire [TILE_K-1:0]        search_row;
    reg was_first;
    reg was_empty;
    reg side_ok;
    reg [TILE_M*TILE_K-1:0] rows_0;
    reg [TILE_M*TILE_K-1:0] rows_1;
    integer                 k;
    always @* for (k = 0; k < TILE_M * TILE_K; k = k + 1) begin
        rows_0[k] = planes_0[k%TILE_K*TILE_M+k/TILE_K];
        rows_1[k] = planes_1[k%TILE_K*TILE_M+k/TILE_K];
    end
    wire [TILE_M*TILE_K-1:0] search_tile = search_bank ? tile_1 : tile_0;
    integer s;
    always @(posedge clk) begin
        was_first <= issue_first;
        was_empty <= issue_empty;
    end
    // Between the two stages: a search under way, and all that was known before it.
    always @* begin
        side_ok = 1'b1;
        for (s = 0; s < TILE_M; s = s + 1) begin
            if (side_1[s] != (reuse && ones_of(search_row) >= 2 && (!search_first && issued_1[s])
                && (search_tile[s*TILE_K +: TILE_K] & search_row) == search_tile[s*TILE_K +: TILE_K]))
                side_ok = 1'b0;
        end
    end
    always @* if (started) begin
        i_tiles: assert (rows_0 == tile_0 && rows_1 == tile_1);
        i_valid: assert (search_valid == valid_1 && (!valid_1 || was_issue));
        i_known: assert (known == issued_1);
        if (!valid_1) i_idle: assert (issued_1 == issued);
        if (valid_1) begin
            i_search: assert ({search_bank, search_last, search_idx, search_ones, search_row}
                == side_1[SIDE_W-1:TILE_M] && search_bank == was_bank);
            i_flags: assert (search_first == was_first && search_empty == was_empty
                && search_ones == ones_of(search_row) && (!search_empty || search_row == 0));
            i_match: assert (side_ok);
            i_issued: assert (issued == ((search_first ? 0 : issued_1)
                | (search_row != 0 ? (1 << search_idx) : 0)));
        end
    end
`endif

endmodule

`default_nettype wire
