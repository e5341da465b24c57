// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_row_events: what each descriptor adds to the counters, and the zero rows of each tile.
`default_nettype none

module prosperity_row_events_formal #(
    parameter TILE_M     = 4,
    parameter TILE_K     = 3,
    parameter MERGE_ROWS = 0,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ROWS_W     = $clog2(TILE_M + 1),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input wire              clk,
    input wire              rst,
    input wire              load_done,
    input wire              load_first_n,
    input wire [ROWS_W-1:0] load_tile_rows,
    input wire              desc_valid,
    input wire              desc_last,
    input wire              desc_reuse,
    input wire [TILE_K-1:0] desc_row,
    input wire [TILE_K-1:0] desc_prefix,
    input wire              desc_none,
    input wire [ROW_W-1:0]  desc_twins
);

    localparam NNZ_W  = MERGE_ROWS != 0 ? ROWS_W + ONES_W : ONES_W;
    localparam MANY_W = MERGE_ROWS != 0 ? ROWS_W : 1;
    localparam W      = ROWS_W + ONES_W;

`include "ones_of.vh"

    // A row and its prefix, a subset of it.
    wire [TILE_K-1:0] pattern = desc_reuse ? desc_row & ~desc_prefix : desc_row;

    // ---- tiles: loaded into the banks in turn, and taken out in turn ----
    reg               load_bank = 1'b0;
    reg               bank = 1'b0;
    reg  [1:0]        loaded = 2'b00;
    reg  [1:0]        firsts;
    reg  [ROWS_W-1:0] rows_0;
    reg  [ROWS_W-1:0] rows_1;
    wire              first = firsts[bank];
    wire [ROWS_W-1:0] rows  = bank ? rows_1 : rows_0;
    // Rows of the tile that had a one, so far.
    reg  [ROWS_W-1:0] filled = 0;
    wire              row   = desc_row != 0 && !desc_none;
    wire [ROWS_W-1:0] group = !row ? 0 : MERGE_ROWS != 0 ? desc_twins + 1'b1 : 1'b1;
    wire [ROWS_W:0]   after = filled + group;

    wire [NNZ_W-1:0]  inc_bit_nnz;
    wire [NNZ_W-1:0]  inc_residual_nnz;
    wire [MANY_W-1:0] inc_exact;
    wire              inc_partial;
    wire [ROWS_W-1:0] inc_zero;

    prosperity_row_events #(
        .TILE_M    (TILE_M),
        .TILE_K    (TILE_K),
        .MERGE_ROWS(MERGE_ROWS)
    ) u_dut (
        .clk             (clk),
        .rst             (rst),
        .load_done       (load_done),
        .load_bank       (load_bank),
        .load_first_n    (load_first_n),
        .load_tile_rows  (load_tile_rows),
        .desc_valid      (desc_valid),
        .desc_last       (desc_last),
        .desc_bank       (bank),
        .desc_reuse      (desc_reuse),
        .desc_ones       (ones_of(desc_row)),
        .desc_pattern    (pattern),
        .desc_none       (desc_none),
        .desc_twins      (desc_twins),
        .inc_bit_nnz     (inc_bit_nnz),
        .inc_residual_nnz(inc_residual_nnz),
        .inc_exact       (inc_exact),
        .inc_partial     (inc_partial),
        .inc_zero        (inc_zero)
    );

    reg started = 1'b0;
    always @(posedge clk) begin
        started <= 1'b1;
        if (load_done) begin
            loaded[load_bank] <= 1'b1;
            firsts[load_bank] <= load_first_n;
            if (load_bank) rows_1 <= load_tile_rows;
            else rows_0 <= load_tile_rows;
            load_bank <= !load_bank;
        end
        if (desc_valid) filled <= desc_last ? 0 : after;
        if (desc_valid && desc_last) begin
            loaded[bank] <= 1'b0;
            bank <= !bank;
        end
        if (rst) begin
            load_bank <= 1'b0;
            bank      <= 1'b0;
            loaded    <= 2'b00;
            filled    <= 0;
        end
    end
    always @* begin
        if (!started) assume (rst);
        if (load_done) assume (!loaded[load_bank] && load_tile_rows != 0 && load_tile_rows <= TILE_M);
        if (desc_valid) begin
            assume (loaded[bank]);
            // A prefix has a one; a row of a single one has none.
            if (desc_reuse) assume (row && ones_of(desc_row) >= 2 && desc_prefix != 0
                && (desc_prefix & ~desc_row) == 0);
            // Rows are of the tile; where each is a descriptor, the last one has the most ones.
            assume (after <= rows);
            if (MERGE_ROWS == 0 && !desc_last) assume (after < rows);
            if (MERGE_ROWS == 0) assume (!desc_none && desc_twins == 0);
            // Merged: equal rows are no descriptors of their own.
            if (MERGE_ROWS != 0 && desc_reuse) assume (desc_prefix != desc_row);
            if (MERGE_ROWS != 0 && !row) assume (desc_twins == 0);
        end
    end

    // ---- each row of the group is a row: its ones, what its pattern adds, what match it is ----
    reg  [W-1:0]      bits;
    reg  [W-1:0]      residual;
    reg  [ROWS_W-1:0] exact;
    reg               partial;
    integer           i;

    always @* begin
        bits = 0;
        residual = 0;
        exact = 0;
        partial = 1'b0;
        for (i = 0; i < TILE_M; i = i + 1) begin
            if (desc_valid && first && i < group) begin
                bits = bits + ones_of(desc_row);
                // The others of a group contain the first one, unless a lone one bars a prefix.
                if (i != 0 && ones_of(desc_row) >= 2) exact = exact + 1'b1;
                else begin
                    residual = residual + ones_of(pattern);
                    if (desc_reuse && pattern == 0) exact = exact + 1'b1;
                    if (desc_reuse && pattern != 0) partial = 1'b1;
                end
            end
        end
    end

    always @* if (started && !rst) begin
        a_bits: assert (inc_bit_nnz == bits);
        a_residual: assert (inc_residual_nnz == residual);
        a_exact: assert (inc_exact == exact);
        a_partial: assert (inc_partial == partial);
        a_zero: assert (inc_zero == (desc_valid && first && desc_last ? rows - after : 0));
        c_zero: cover (inc_zero == 2 && filled == 1 && bank);
        c_exact: cover (inc_exact && desc_last && filled != 0 && after == TILE_M && !bank);
        c_other_n: cover (desc_valid && !first && row && inc_bit_nnz == 0 && loaded == 2'b11);
        c_empty: cover (desc_valid && desc_last && !row && inc_zero == TILE_M);
        c_group: cover (MERGE_ROWS == 0 || (desc_valid && residual == 3 && bits == 3 && group == 3));
    end

`ifdef HINTS
    (* keep *) wire [1:0]        dut_firsts;
    (* keep *) wire [ROWS_W-1:0] dut_rows_0;
    (* keep *) wire [ROWS_W-1:0] dut_rows_1;
    (* keep *) wire [(MERGE_ROWS != 0 ? ROWS_W : ROW_W)-1:0] dut_filled;
    always @* if (started) begin
        if (loaded[0]) i_0: assert (dut_firsts[0] == firsts[0] && dut_rows_0 == rows_0);
        if (loaded[1]) i_1: assert (dut_firsts[1] == firsts[1] && dut_rows_1 == rows_1);
        i_filled: assert (dut_filled == filled && (filled == 0 || (loaded[bank] && filled <= rows)));
        i_small: assert ((!loaded[0] || rows_0 <= TILE_M) && (!loaded[1] || rows_1 <= TILE_M));
    end
`endif

endmodule

`default_nettype wire
