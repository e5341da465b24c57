// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_row_detection: the descriptors of two tiles in a row are those of the definition of
// product sparsity, whatever the tiles, the mode and the consumer.
`default_nettype none

module prosperity_row_detection_formal #(
    parameter TILE_M      = 4,
    parameter TILE_K      = 3,
    parameter QUEUE_DEPTH = 3,
    // tiles, 1 or 2
    parameter TILES       = 2,
    parameter MERGE_ROWS  = 0,
    parameter ROW_STRIDE  = 1,
    parameter GROUP_W     = MERGE_ROWS != 0 ? TILE_M : 1,
    parameter ROW_W       = $clog2(TILE_M),
    parameter ONES_W      = $clog2(TILE_K + 1)
) (
    input wire clk,
    input wire rst,
    input wire desc_ready
);

    localparam TILE_W = TILE_M * TILE_K;

    wire [1:0]        bank_busy;
    wire              desc_valid;
    wire              desc_last;
    wire [ROW_W-1:0]  desc_row;
    wire [ROW_W-1:0]  desc_prefix;
    wire              desc_reuse;
    wire [TILE_K-1:0] desc_pattern;
    wire [GROUP_W-1:0] desc_rows;
    wire              pruned_valid;
    wire              pruned_last;
    wire              pruned_bank;
    wire              pruned_reuse;
    wire [ONES_W-1:0] pruned_ones;
    wire [TILE_K-1:0] pruned_pattern;
    wire              queue_full;

    // The solver chooses mode, tiles and the rows that are there.
    (* anyconst *) wire              reuse;
    (* anyconst *) wire              dense;
    (* anyconst *) wire [TILE_W-1:0] tile_0;
    (* anyconst *) wire [TILE_W-1:0] tile_1;
    (* anyconst *) wire [TILE_M-1:0] here_0;
    (* anyconst *) wire [TILE_M-1:0] here_1;
    always @* assume (!(reuse && dense));

    reg [1:0] loaded = 2'd0;
    wire      load_valid = !rst && loaded < TILES;

    prosperity_row_detection #(
        .TILE_M     (TILE_M),
        .TILE_K     (TILE_K),
        .BEAT_ROWS  (TILE_M),
        .QUEUE_DEPTH(QUEUE_DEPTH),
        .MERGE_ROWS (MERGE_ROWS),
        .ROW_STRIDE (ROW_STRIDE)
    ) u_dut (
        .clk           (clk),
        .rst           (rst),
        .reuse         (reuse),
        .dense         (dense),
        .load_valid    (load_valid),
        .load_bank     (loaded[0]),
        .load_beat     (1'b0),
        .load_rows     (loaded[0] ? tile_1 : tile_0),
        .load_present  (loaded[0] ? here_1 : here_0),
        .load_last     (1'b1),
        .bank_busy     (bank_busy),
        .desc_valid    (desc_valid),
        .desc_ready    (desc_ready),
        .desc_last     (desc_last),
        .desc_row      (desc_row),
        .desc_prefix   (desc_prefix),
        .desc_reuse    (desc_reuse),
        .desc_pattern  (desc_pattern),
        .desc_rows     (desc_rows),
        .pruned_valid  (pruned_valid),
        .pruned_last   (pruned_last),
        .pruned_bank   (pruned_bank),
        .pruned_reuse  (pruned_reuse),
        .pruned_ones   (pruned_ones),
        .pruned_pattern(pruned_pattern),
        .queue_full    (queue_full)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* assume (rst == !started);

`include "ones_of.vh"

    // ---- the tile that descriptors are of ----
    reg  [1:0]        ended = 2'd0;
    wire [TILE_W-1:0] tile  = ended[0] ? tile_1 : tile_0;
    wire [TILE_M-1:0] here  = ended[0] ? here_1 : here_0;
    reg  [TILE_M-1:0] issued = 0;
    reg  [TILE_M-1:0] wanted;
    wire [TILE_K-1:0] row   = tile[desc_row*TILE_K +: TILE_K];
    wire              take  = desc_valid && desc_ready && !rst;
    integer           i;

    always @* begin
        for (i = 0; i < TILE_M; i = i + 1)
            wanted[i] = here[i] && (dense || tile[i*TILE_K +: TILE_K] != 0);
    end

    // ---- the rows that a descriptor stands for: itself, merged all that equal it ----
    reg  [TILE_M-1:0] group;
    // Rows that a descriptor named as its own: they have a result, and can be a prefix.
    reg  [TILE_M-1:0] named = 0;
    integer           g;

    always @* begin
        for (g = 0; g < TILE_M; g = g + 1)
            group[g] = wanted[g] && (g == desc_row
                || (MERGE_ROWS != 0 && reuse && tile[g*TILE_K +: TILE_K] == row));
    end

    // ---- the definition: of the non-empty subsets of the row, itself and later equals left out, the
    // one with most ones, of equals the first (merged: the one that stands for them) ----
    reg               found;
    reg [ROW_W-1:0]   prefix;
    reg [TILE_K-1:0]  other;
    reg [ONES_W-1:0]  most;
    integer           j;

    always @* begin
        found = 1'b0;
        prefix = 0;
        most = 0;
        for (j = 0; j < TILE_M; j = j + 1) begin
            other = tile[j*TILE_K +: TILE_K];
            if (reuse && here[j] && ones_of(row) >= 2 && other != 0 && (other & ~row) == 0
                && !(other == row && (j >= desc_row || MERGE_ROWS != 0)) && ones_of(other) > most) begin
                found = 1'b1;
                prefix = j;
                most = ones_of(other);
            end
        end
        if (MERGE_ROWS != 0)
            for (j = TILE_M - 1; j >= 0; j = j - 1) begin
                other = tile[j*TILE_K +: TILE_K];
                if (named[j] && (other & ~row) == 0 && ones_of(other) == most) prefix = j;
            end
    end

    wire nothing = wanted == 0;

    // ---- time ----
    reg [3:0] silence = 4'd0;

    always @(posedge clk) begin
        if (!rst) loaded <= loaded + load_valid;
        if (take) begin
            issued <= desc_last ? 0 : issued | group;
            named  <= desc_last ? 0 : named | (1 << desc_row);
            ended  <= ended + desc_last;
        end
        silence <= desc_valid || rst || ended == loaded ? 4'd0 : silence + 1'b1;
    end

    always @* if (started) begin
        if (desc_valid) begin
            a_asked: assert (ended < loaded);
            if (!nothing) a_once: assert (wanted[desc_row] && !issued[desc_row]);
            if (!nothing) a_prefix_found: assert (desc_reuse == found);
            if (found && !nothing) a_prefix: assert (desc_prefix == prefix);
            if (desc_reuse && !nothing) a_prefix_before: assert (named[desc_prefix]);
            if (!nothing) a_pattern: assert (desc_pattern
                == (found ? row ^ tile[prefix*TILE_K +: TILE_K] : row));
            if (nothing) a_empty: assert (desc_last && !desc_reuse && desc_pattern == 0);
            if (!nothing) a_complete: assert (desc_last == ((issued | group) == wanted));
            if (MERGE_ROWS != 0) a_rows: assert (desc_rows == (nothing ? 0 : group));
        end
        // Something is on offer at the latest eight cycles after there is something to do; merged a
        // descriptor waits for the next one, and a row that left with another one takes a cycle as well.
        a_progress: assert (silence < (MERGE_ROWS != 0 ? 10 + TILE_M : 8));
        if (ended == TILES) a_rest: assert (bank_busy == 2'b00);
        c_partial: cover (take && found && desc_pattern == 3'b010 && desc_last && ended == TILES - 1);
        c_exact: cover (take && found && desc_pattern == 0 && desc_row == TILE_M - 1 && prefix == 1 || MERGE_ROWS != 0);
        c_full: cover (queue_full && desc_valid);
        c_dense: cover (take && dense && row == 0 && desc_last);
        c_empty: cover (take && nothing && here != 0 && ended == TILES - 1);
        c_both: cover (ended == TILES && &wanted);
        c_group: cover (MERGE_ROWS == 0 || (take && found && ones_of(group) == 2 && desc_pattern == 1));
    end

endmodule

`default_nettype wire
