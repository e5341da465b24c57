// SPDX-License-Identifier: Apache-2.0
// Number of ones of every row of two spike tiles, counted while they are loaded.
//
// Function:   ones_x = the counts of bank x, one after the other; levels_x has bit p set when some
//             present row of bank x has p ones.
// Latency:    a loaded beat is seen in the next cycle.
// Throughput: one beat a cycle: BEAT_ROWS popcount units.
// Reset:      clears the tables.
`default_nettype none

module prosperity_popcount_table #(
    // rows and columns of a tile
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS  = 64,
    // derived
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ONES_W     = $clog2(TILE_K + 1)
) (
    input  wire                        clk,
    input  wire                        rst,
    // load
    input  wire                        load_valid,
    input  wire                        load_bank,
    input  wire [BEAT_IDX_W-1:0]       load_beat,
    input  wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    input  wire [BEAT_ROWS-1:0]        load_present,
    // tables
    output wire [TILE_M*ONES_W-1:0]    ones_0,
    output wire [TILE_M*ONES_W-1:0]    ones_1,
    output wire [TILE_K:0]             levels_0,
    output wire [TILE_K:0]             levels_1
);

    localparam BEAT_ONES_W = BEAT_ROWS * ONES_W;
    localparam TABLE_W     = TILE_M * ONES_W;

    wire [BEAT_ONES_W-1:0] beat_ones;
    reg  [TILE_K:0]        beat_levels;

    genvar i;
    generate
        for (i = 0; i < BEAT_ROWS; i = i + 1) begin : g_row
            snn_popcount #(
                .W(TILE_K)
            ) u_popcount (
                .word (load_rows[i*TILE_K +: TILE_K]),
                .count(beat_ones[i*ONES_W +: ONES_W])
            );
        end
    endgenerate

    integer j;

    always @* begin
        beat_levels = {TILE_K + 1{1'b0}};
        for (j = 0; j < BEAT_ROWS; j = j + 1) begin
            if (load_present[j]) begin
                beat_levels[beat_ones[j*ONES_W +: ONES_W]] = 1'b1;
            end
        end
    end

    reg [TABLE_W-1:0] ones_0_q;
    reg [TABLE_W-1:0] ones_1_q;
    reg [TILE_K:0]    levels_0_q;
    reg [TILE_K:0]    levels_1_q;

    // The first beat of a tile starts a new set of levels.
    wire first_beat = load_beat == {BEAT_IDX_W{1'b0}};

    assign ones_0   = ones_0_q;
    assign ones_1   = ones_1_q;
    assign levels_0 = levels_0_q;
    assign levels_1 = levels_1_q;

    integer b;

    always @(posedge clk) begin
        if (rst) begin
            ones_0_q   <= {TABLE_W{1'b0}};
            ones_1_q   <= {TABLE_W{1'b0}};
            levels_0_q <= {TILE_K + 1{1'b0}};
            levels_1_q <= {TILE_K + 1{1'b0}};
        end else if (load_valid) begin
            for (b = 0; b < TILE_BEATS; b = b + 1) begin
                if (load_beat == b[BEAT_IDX_W-1:0]) begin
                    if (load_bank) begin
                        ones_1_q[b*BEAT_ONES_W +: BEAT_ONES_W] <= beat_ones;
                    end else begin
                        ones_0_q[b*BEAT_ONES_W +: BEAT_ONES_W] <= beat_ones;
                    end
                end
            end
            if (load_bank) begin
                levels_1_q <= beat_levels | (first_beat ? {TILE_K + 1{1'b0}} : levels_1_q);
            end else begin
                levels_0_q <= beat_levels | (first_beat ? {TILE_K + 1{1'b0}} : levels_0_q);
            end
        end
    end

endmodule

`default_nettype wire
