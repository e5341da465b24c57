// SPDX-License-Identifier: Apache-2.0
// Issues the rows of a tile in stable popcount order, one a cycle, without a sorting network.
//
// Function:   of the pending rows with the lowest number of ones, the first one is issued (with
//             ROW_STRIDE = S: the first of rows 0, S, 2S ..., then 1, S + 1 ...); so every
//             prefix leaves before its suffixes. All-zero rows are skipped, unless dense is
//             high. Rows that merge_rows names are no longer pending. Where nothing is left to
//             issue (a tile without any row, the rest of a level merged) an empty issue leaves, so
//             that every tile has a last one.
// Latency:    a tile whose last beat is loaded in cycle c issues from cycle c + 1 on; what is
//             issued in a cycle is seen at the outputs in the next one.
// Throughput: one row a cycle, also from tile to tile.
// Handshake:  an issue uses one credit (a place in the descriptor queue), which credit or refund
//             gives back; the outputs cannot be held back. bank_busy[b] is high from the cycle
//             after the last beat's load into bank b until its release.
// Reset:      forgets both banks; CREDITS places are free.
`default_nettype none

module prosperity_dispatcher #(
    // rows and columns of a tile
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS  = 64,
    // places in the descriptor queue
    parameter CREDITS    = 512,
    // distance of rows that are issued one after the other, a power of two below TILE_M
    parameter ROW_STRIDE = 1,
    // derived
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M),
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input  wire                     clk,
    input  wire                     rst,
    // issue all-zero rows too
    input  wire                     dense,
    // load
    input  wire                     load_valid,
    input  wire                     load_bank,
    input  wire [BEAT_IDX_W-1:0]    load_beat,
    input  wire [BEAT_ROWS-1:0]     load_present,
    input  wire                     load_last,
    // popcount tables of both banks
    input  wire [TILE_M*ONES_W-1:0] ones_0,
    input  wire [TILE_M*ONES_W-1:0] ones_1,
    input  wire [TILE_K:0]          levels_0,
    input  wire [TILE_K:0]          levels_1,
    // bank life
    input  wire                     release_valid,
    input  wire                     release_bank,
    output wire [1:0]               bank_busy,
    // rows that equal an issued one and leave with it
    input  wire                     merge_valid,
    input  wire                     merge_bank,
    input  wire [TILE_M-1:0]        merge_rows,
    // queue places given back: by the processor, by an issue without a descriptor
    input  wire                     credit,
    input  wire                     refund,
    // issue
    output reg                      issue_valid,
    output reg                      issue_bank,
    output reg  [ROW_W-1:0]         issue_idx,
    output reg  [ONES_W-1:0]        issue_ones,
    output reg                      issue_first,
    output reg                      issue_last,
    output reg                      issue_empty,
    // rows wait for a queue place
    output wire                     blocked
);

    localparam CREDIT_W = $clog2(CREDITS + 1);
    // rows of the same remainder modulo ROW_STRIDE
    localparam COLUMN   = TILE_M / ROW_STRIDE;

    generate
        if (ROW_STRIDE < 1 || ROW_STRIDE >= TILE_M || (ROW_STRIDE & (ROW_STRIDE - 1)) != 0)
        begin : g_check_stride
            illegal_parameter_ROW_STRIDE_is_no_power_of_two_below_TILE_M u_stop ();
        end
    endgenerate

    reg [1:0]          ready_q;
    reg [1:0]          busy_q;
    reg [TILE_M-1:0]   pending_0_q;
    reg [TILE_M-1:0]   pending_1_q;
    reg                bank_q;
    // in the middle of a tile: levels_q holds what is left of it, this level included
    reg                inside_q;
    reg [TILE_K:0]     levels_q;
    reg [CREDIT_W-1:0] credits_q;

    // ---- choice of the row ----
    wire [TILE_K:0]          tile_levels = (bank_q ? levels_1 : levels_0) & {{TILE_K{1'b1}}, dense};
    wire [TILE_K:0]          levels      = inside_q ? levels_q : tile_levels;
    wire [TILE_K:0]          level_oh    = levels & (~levels + 1'b1);
    wire [TILE_M-1:0]        pending     = bank_q ? pending_1_q : pending_0_q;
    wire [TILE_M*ONES_W-1:0] ones        = bank_q ? ones_1 : ones_0;

    // In the order of issue: row i is at place i / ROW_STRIDE of the rows of its remainder.
    reg [TILE_M-1:0] candidates;
    reg [ONES_W-1:0] level;

    integer i;

    always @* begin
        for (i = 0; i < TILE_M; i = i + 1) begin
            candidates[i % ROW_STRIDE * COLUMN + i / ROW_STRIDE] = pending[i]
                && level_oh[ones[i*ONES_W +: ONES_W]];
        end
    end

    integer p;

    always @* begin
        level = {ONES_W{1'b0}};
        for (p = 0; p <= TILE_K; p = p + 1) begin
            if (level_oh[p]) begin
                level = level | p[ONES_W-1:0];
            end
        end
    end

    wire             any;
    wire             many;
    wire [ROW_W-1:0] place;
    wire [ROW_W-1:0] idx;

    snn_find_first #(
        .W(TILE_M)
    ) u_find_first (
        .req (candidates),
        .any (any),
        .many(many),
        .idx (place)
    );

    generate
        if (ROW_STRIDE == 1) begin : g_in_order
            assign idx = place;
        end else begin : g_strided
            localparam STRIDE_W = $clog2(ROW_STRIDE);

            assign idx = {place[ROW_W-STRIDE_W-1:0], place[ROW_W-1:ROW_W-STRIDE_W]};
        end
    endgenerate

    wire            has_credit  = credits_q != {CREDIT_W{1'b0}};
    wire            issue       = ready_q[bank_q] && has_credit;
    wire [TILE_K:0] levels_next = many ? levels : levels & ~level_oh;
    wire            tile_last   = levels_next == {TILE_K + 1{1'b0}};

    assign blocked   = ready_q[bank_q] && !has_credit;
    assign bank_busy = busy_q;

    // ---- state ----
    always @(posedge clk) begin
        if (rst) begin
            bank_q    <= 1'b0;
            inside_q  <= 1'b0;
            levels_q  <= {TILE_K + 1{1'b0}};
            credits_q <= CREDITS[CREDIT_W-1:0];
        end else begin
            if (issue) begin
                bank_q   <= bank_q ^ tile_last;
                inside_q <= !tile_last;
                levels_q <= levels_next;
            end
            credits_q <= credits_q + {{(CREDIT_W - 1) {1'b0}}, credit}
                + {{(CREDIT_W - 1) {1'b0}}, refund} - {{(CREDIT_W - 1) {1'b0}}, issue};
        end
    end

    always @(posedge clk) begin
        if (rst) begin
            issue_valid <= 1'b0;
            issue_bank  <= 1'b0;
            issue_idx   <= {ROW_W{1'b0}};
            issue_ones  <= {ONES_W{1'b0}};
            issue_first <= 1'b0;
            issue_last  <= 1'b0;
            issue_empty <= 1'b0;
        end else begin
            issue_valid <= issue;
            issue_bank  <= bank_q;
            issue_idx   <= idx;
            issue_ones  <= any ? level : {ONES_W{1'b0}};
            issue_first <= !inside_q;
            issue_last  <= tile_last;
            issue_empty <= !any;
        end
    end

    // A bank is ready for issue once loaded, until its last row is issued; it stays busy longer, until
    // the last search in it is over.
    wire load_done = load_valid && load_last;

    genvar b;
    generate
        for (b = 0; b < 2; b = b + 1) begin : g_bank
            always @(posedge clk) begin
                if (rst) begin
                    ready_q[b] <= 1'b0;
                    busy_q[b]  <= 1'b0;
                end else begin
                    if (load_done && load_bank == b[0]) begin
                        ready_q[b] <= 1'b1;
                        busy_q[b]  <= 1'b1;
                    end else begin
                        if (issue && tile_last && bank_q == b[0]) begin
                            ready_q[b] <= 1'b0;
                        end
                        if (release_valid && release_bank == b[0]) begin
                            busy_q[b] <= 1'b0;
                        end
                    end
                end
            end
        end
    endgenerate

    // ---- pending rows ----
    wire              first_beat = load_beat == {BEAT_IDX_W{1'b0}};
    wire [TILE_M-1:0] taken      = issue && any ? {{(TILE_M - 1) {1'b0}}, 1'b1} << idx
        : {TILE_M{1'b0}};
    wire [TILE_M-1:0] taken_0    = bank_q ? {TILE_M{1'b0}} : taken;
    wire [TILE_M-1:0] taken_1    = bank_q ? taken : {TILE_M{1'b0}};
    wire [TILE_M-1:0] merged_0   = merge_rows & {TILE_M{merge_valid && !merge_bank}};
    wire [TILE_M-1:0] merged_1   = merge_rows & {TILE_M{merge_valid && merge_bank}};

    integer r;

    always @(posedge clk) begin
        if (rst) begin
            pending_0_q <= {TILE_M{1'b0}};
            pending_1_q <= {TILE_M{1'b0}};
        end else begin
            pending_0_q <= pending_0_q & ~taken_0 & ~merged_0;
            pending_1_q <= pending_1_q & ~taken_1 & ~merged_1;
            // The first beat also clears what the last tile left: its all-zero rows.
            for (r = 0; r < TILE_BEATS; r = r + 1) begin
                if (load_valid && (first_beat || load_beat == r[BEAT_IDX_W-1:0])) begin
                    if (load_bank) begin
                        pending_1_q[r*BEAT_ROWS +: BEAT_ROWS] <=
                            load_beat == r[BEAT_IDX_W-1:0] ? load_present : {BEAT_ROWS{1'b0}};
                    end else begin
                        pending_0_q[r*BEAT_ROWS +: BEAT_ROWS] <=
                            load_beat == r[BEAT_IDX_W-1:0] ? load_present : {BEAT_ROWS{1'b0}};
                    end
                end
            end
        end
    end

endmodule

`default_nettype wire
