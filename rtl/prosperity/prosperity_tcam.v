// SPDX-License-Identifier: Apache-2.0
// The rows of two spike tiles and the parallel subset search over one of them.
//
// Function:   subset[j] is high when row j of the searched bank has no one outside the query:
//             the query's ones are "don't care", as in a ternary CAM. Absent rows match like any
//             other: the caller masks the result with the rows it knows.
// Latency:    search and reads are combinational; a loaded beat is seen in the next cycle.
// Throughput: one load, one search and two row reads a cycle.
// Reset:      clears the rows.
`default_nettype none

module prosperity_tcam #(
    // rows and columns of a tile
    parameter TILE_M     = 256,
    parameter TILE_K     = 16,
    // rows of one load beat; divides TILE_M
    parameter BEAT_ROWS  = 64,
    // derived
    parameter TILE_BEATS = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROW_W      = $clog2(TILE_M)
) (
    input  wire                        clk,
    input  wire                        rst,
    // load
    input  wire                        load_valid,
    input  wire                        load_bank,
    input  wire [BEAT_IDX_W-1:0]       load_beat,
    input  wire [BEAT_ROWS*TILE_K-1:0] load_rows,
    // read of a query row
    input  wire                        query_bank,
    input  wire [ROW_W-1:0]            query_idx,
    output wire [TILE_K-1:0]           query_row,
    // search
    input  wire                        search_bank,
    input  wire [TILE_K-1:0]           search_row,
    output reg  [TILE_M-1:0]           subset,
    // read of a prefix row
    input  wire                        prefix_bank,
    input  wire [ROW_W-1:0]            prefix_idx,
    output wire [TILE_K-1:0]           prefix_row
);

    localparam BEAT_W = BEAT_ROWS * TILE_K;
    localparam TILE_W = TILE_M * TILE_K;

    reg [TILE_W-1:0] bank0_q;
    reg [TILE_W-1:0] bank1_q;

    wire [TILE_W-1:0] query_tile  = query_bank ? bank1_q : bank0_q;
    wire [TILE_W-1:0] search_tile = search_bank ? bank1_q : bank0_q;
    wire [TILE_W-1:0] prefix_tile = prefix_bank ? bank1_q : bank0_q;

    assign query_row  = query_tile[query_idx * TILE_K +: TILE_K];
    assign prefix_row = prefix_tile[prefix_idx * TILE_K +: TILE_K];

    integer j;

    always @* begin
        for (j = 0; j < TILE_M; j = j + 1) begin
            subset[j] = ~|(search_tile[j*TILE_K +: TILE_K] & ~search_row);
        end
    end

    // A loop over the beats, not an indexed part: it is a write enable a beat, without a shifter.
    integer b;

    always @(posedge clk) begin
        if (rst) begin
            bank0_q <= {TILE_W{1'b0}};
            bank1_q <= {TILE_W{1'b0}};
        end else if (load_valid) begin
            for (b = 0; b < TILE_BEATS; b = b + 1) begin
                if (load_beat == b[BEAT_IDX_W-1:0]) begin
                    if (load_bank) begin
                        bank1_q[b*BEAT_W +: BEAT_W] <= load_rows;
                    end else begin
                        bank0_q[b*BEAT_W +: BEAT_W] <= load_rows;
                    end
                end
            end
        end
    end

endmodule

`default_nettype wire
