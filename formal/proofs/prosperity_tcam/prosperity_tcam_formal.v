// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_tcam: rows are kept, and the match vector is the subset relation, for every tile.
`default_nettype none

module prosperity_tcam_formal #(
    parameter TILE_M     = 4,
    parameter TILE_K     = 3,
    parameter BEAT_ROWS  = 2,
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M)
) (
    input wire                        clk,
    input wire                        rst,
    input wire                        load_valid,
    input wire                        load_bank,
    input wire [BEAT_IDX_W-1:0]       load_beat,
    input wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input wire                        query_bank,
    input wire [ROW_W-1:0]            query_idx,
    input wire                        search_bank,
    input wire [TILE_K-1:0]           search_row,
    input wire                        prefix_bank,
    input wire [ROW_W-1:0]            prefix_idx
);

    wire [TILE_K-1:0] query_row;
    wire [TILE_M-1:0] subset;
    wire [TILE_K-1:0] prefix_row;

    prosperity_tcam #(
        .TILE_M   (TILE_M),
        .TILE_K   (TILE_K),
        .BEAT_ROWS(BEAT_ROWS)
    ) u_dut (
        .clk        (clk),
        .rst        (rst),
        .load_valid (load_valid),
        .load_bank  (load_bank),
        .load_beat  (load_beat),
        .load_rows  (load_rows),
        .query_bank (query_bank),
        .query_idx  (query_idx),
        .query_row  (query_row),
        .search_bank(search_bank),
        .search_row (search_row),
        .subset     (subset),
        .prefix_bank(prefix_bank),
        .prefix_idx (prefix_idx),
        .prefix_row (prefix_row)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // The solver chooses a row of a bank: what holds for it holds for all.
    (* anyconst *) wire             bank;
    (* anyconst *) wire [ROW_W-1:0] idx;

    reg  [TILE_K-1:0] row;
    wire [ROW_W-1:0]  first  = load_beat * BEAT_ROWS;
    wire              loaded = load_valid && load_bank == bank && load_beat == idx / BEAT_ROWS;

    always @(posedge clk) begin
        if (rst) row <= 0;
        else if (loaded) row <= load_rows[(idx - first)*TILE_K +: TILE_K];
    end

    // A subset has no element outside, bit by bit.
    reg     inside;
    integer b;
    always @* begin
        inside = 1'b1;
        for (b = 0; b < TILE_K; b = b + 1) begin
            if (row[b] && !search_row[b]) inside = 1'b0;
        end
    end

    always @* if (started) begin
        if (search_bank == bank) a_subset: assert (subset[idx] == inside);
        if (query_bank == bank && query_idx == idx) a_query: assert (query_row == row);
        if (prefix_bank == bank && prefix_idx == idx) a_prefix: assert (prefix_row == row);
        c_proper: cover (search_bank && subset == 4'b1011 && search_row == 3'b101);
        c_none: cover (subset == 0 && search_row == 3'b110);
    end

`ifdef HINTS
    (* keep *) wire [TILE_M*TILE_K-1:0] planes_0;
    (* keep *) wire [TILE_M*TILE_K-1:0] planes_1;
    reg [TILE_K-1:0] kept;
    integer          k;
    always @* for (k = 0; k < TILE_K; k = k + 1)
        kept[k] = bank ? planes_1[k*TILE_M + idx] : planes_0[k*TILE_M + idx];
    always @* if (started) i_row: assert (kept == row);
`endif

endmodule

`default_nettype wire
