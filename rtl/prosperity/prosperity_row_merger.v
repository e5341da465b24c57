// SPDX-License-Identifier: Apache-2.0
// Gives all equal rows of a tile one descriptor: the first one issued stands for the others.
//
// Function:   a searched row joins with all rows of its tile that equal it: the dispatcher drops
//             them (merge_*), and its descriptor names them all (out_rows, itself included). A row
//             that was issued before it could be dropped leaves no descriptor of its own, nor
//             does an empty issue, unless its tile has no other. The last descriptor
//             of a tile is marked. With reuse low every row stands for itself.
// Latency:    merge_* are combinational from search_*. A descriptor that enters in cycle c leaves with
//             the next one, or with its tile's end if that comes before, in c + 1 or later.
// Throughput: one row a cycle; it never stalls.
// Handshake:  refund gives back the queue place of an issue without a descriptor.
// Reset:      drops the rows under way.
`default_nettype none

module prosperity_row_merger #(
    // rows and columns of a tile
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS  = 64,
    // bits of a descriptor without its rows
    parameter W          = 33,
    // derived
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ROWS_W     = $clog2(TILE_M + 1),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input  wire                     clk,
    input  wire                     rst,
    // product sparsity on
    input  wire                     reuse,
    // load, and the popcount tables of both banks
    input  wire                     load_valid,
    input  wire                     load_bank,
    input  wire [BEAT_IDX_W-1:0]    load_beat,
    input  wire [BEAT_ROWS-1:0]     load_present,
    input  wire [TILE_M*ONES_W-1:0] ones_0,
    input  wire [TILE_M*ONES_W-1:0] ones_1,
    // row that is being searched, and the rows that are subsets of it
    input  wire                     search_valid,
    input  wire                     search_bank,
    input  wire [ROW_W-1:0]         search_idx,
    input  wire [ONES_W-1:0]        search_ones,
    input  wire                     search_first,
    input  wire                     search_empty,
    input  wire [TILE_M-1:0]        subset,
    // it left with an earlier row
    output wire                     search_twin,
    // rows that leave with it
    output wire                     merge_valid,
    output wire                     merge_bank,
    output wire [TILE_M-1:0]        merge_rows,
    // the pruner's descriptor, three cycles after the search; whether it stands for no row, and for how
    // many besides its own
    input  wire                     in_valid,
    input  wire                     in_last,
    input  wire [W-1:0]             in_desc,
    output wire                     in_none,
    output wire [ROW_W-1:0]         in_twins,
    // descriptor
    output wire                     out_valid,
    output wire                     out_last,
    output wire [W-1:0]             out_desc,
    output wire [TILE_M-1:0]        out_rows,
    output wire                     refund,
    // a descriptor is held back
    output wire                     holds
);

    // ---- rows of the tile ----
    reg [TILE_M-1:0] present_0_q;
    reg [TILE_M-1:0] present_1_q;

    wire first_beat = load_beat == {BEAT_IDX_W{1'b0}};

    integer b;

    always @(posedge clk) begin
        if (rst) begin
            present_0_q <= {TILE_M{1'b0}};
            present_1_q <= {TILE_M{1'b0}};
        end else begin
            for (b = 0; b < TILE_BEATS; b = b + 1) begin
                if (load_valid && (first_beat || load_beat == b[BEAT_IDX_W-1:0])) begin
                    if (load_bank) begin
                        present_1_q[b*BEAT_ROWS +: BEAT_ROWS] <=
                            load_beat == b[BEAT_IDX_W-1:0] ? load_present : {BEAT_ROWS{1'b0}};
                    end else begin
                        present_0_q[b*BEAT_ROWS +: BEAT_ROWS] <=
                            load_beat == b[BEAT_IDX_W-1:0] ? load_present : {BEAT_ROWS{1'b0}};
                    end
                end
            end
        end
    end

    // ---- equal rows: subsets with as many ones ----
    wire [TILE_M-1:0]        present = search_bank ? present_1_q : present_0_q;
    wire [TILE_M*ONES_W-1:0] ones    = search_bank ? ones_1 : ones_0;
    reg  [TILE_M-1:0]        equal;

    integer i;

    always @* begin
        for (i = 0; i < TILE_M; i = i + 1) begin
            equal[i] = subset[i] && present[i] && ones[i*ONES_W +: ONES_W] == search_ones;
        end
    end

    // Rows that an earlier row of the tile stands for.
    reg  [TILE_M-1:0] gone_q;
    wire [TILE_M-1:0] gone   = search_first ? {TILE_M{1'b0}} : gone_q;
    wire              none   = search_empty || search_twin;
    wire [TILE_M-1:0] itself = {{(TILE_M - 1) {1'b0}}, 1'b1} << search_idx;
    wire [TILE_M-1:0] group  = none ? {TILE_M{1'b0}} : reuse ? equal : itself;

    assign search_twin = gone[search_idx];
    assign merge_valid = search_valid && !none && reuse;
    assign merge_bank  = search_bank;
    assign merge_rows  = equal;

    always @(posedge clk) begin
        if (rst) begin
            gone_q <= {TILE_M{1'b0}};
        end else if (search_valid) begin
            gone_q <= gone | (reuse ? group : {TILE_M{1'b0}});
        end
    end

    // ---- beside the pruner ----
    reg               none_0_q;
    reg               none_1_q;
    reg               none_2_q;
    reg  [TILE_M-1:0] rows_0_q;
    reg  [TILE_M-1:0] rows_1_q;
    reg  [TILE_M-1:0] rows_2_q;
    reg  [ROW_W-1:0]  twins_1_q;
    reg  [ROW_W-1:0]  twins_2_q;
    // A group has TILE_M rows at most, so the others are below it.
    wire [ROWS_W-1:0] count;
    wire              unused_all = count[ROW_W];
    wire [ROW_W-1:0]  twins      = none_0_q ? {ROW_W{1'b0}} : count[ROW_W-1:0] - 1'b1;

    snn_popcount #(
        .W(TILE_M)
    ) u_popcount (
        .word (rows_0_q),
        .count(count)
    );

    always @(posedge clk) begin
        if (rst) begin
            none_0_q  <= 1'b0;
            none_1_q  <= 1'b0;
            none_2_q  <= 1'b0;
            rows_0_q  <= {TILE_M{1'b0}};
            rows_1_q  <= {TILE_M{1'b0}};
            rows_2_q  <= {TILE_M{1'b0}};
            twins_1_q <= {ROW_W{1'b0}};
            twins_2_q <= {ROW_W{1'b0}};
        end else begin
            none_0_q  <= none;
            none_1_q  <= none_0_q;
            none_2_q  <= none_1_q;
            rows_0_q  <= group;
            rows_1_q  <= rows_0_q;
            rows_2_q  <= rows_1_q;
            twins_1_q <= twins;
            twins_2_q <= twins_1_q;
        end
    end

    assign in_none  = none_2_q;
    assign in_twins = twins_2_q;

    // ---- last one of the tile ----
    // A descriptor is held back until it is known whether another one of its tile follows.
    reg               held_q;
    reg               ended_q;
    reg               inside_q;
    reg  [W-1:0]      desc_q;
    reg  [TILE_M-1:0] held_rows_q;

    // The end of a tile without any row is a descriptor too.
    wire enters = in_valid && (!none_2_q || (in_last && !inside_q));
    wire closes = in_valid && in_last && none_2_q && inside_q;

    assign out_valid = held_q && (ended_q || enters || closes);
    assign out_last  = ended_q || closes;
    assign out_desc  = desc_q;
    assign out_rows  = held_rows_q;
    assign refund    = in_valid && !enters;
    assign holds     = held_q;

    always @(posedge clk) begin
        if (rst) begin
            held_q      <= 1'b0;
            ended_q     <= 1'b0;
            inside_q    <= 1'b0;
            desc_q      <= {W{1'b0}};
            held_rows_q <= {TILE_M{1'b0}};
        end else begin
            if (enters) begin
                held_q      <= 1'b1;
                desc_q      <= in_desc;
                held_rows_q <= rows_2_q;
            end else if (out_valid) begin
                held_q <= 1'b0;
            end
            ended_q <= enters && in_last;
            if (in_valid) begin
                inside_q <= !in_last && (inside_q || enters);
            end
        end
    end

endmodule

`default_nettype wire
