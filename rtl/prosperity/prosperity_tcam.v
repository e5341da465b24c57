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

    // The rows as column planes: bit j of plane k is column k of row j. A search then is TILE_K
    // operations on whole planes.
    reg [TILE_W-1:0] planes_0_q;
    reg [TILE_W-1:0] planes_1_q;

    // the columns of a beat, likewise
    wire [BEAT_W-1:0] columns;

    genvar t;
    generate
        for (t = 0; t < BEAT_W; t = t + 1) begin : g_turn
            assign columns[t] = load_rows[t%BEAT_ROWS*TILE_K+t/BEAT_ROWS];
        end
    endgenerate

    integer k;

    always @* begin
        subset = {TILE_M{1'b1}};
        for (k = 0; k < TILE_K; k = k + 1) begin
            // A one of the query matches whatever the rows have.
            if (!search_row[k]) begin
                subset = subset & ~(search_bank ? planes_1_q[k*TILE_M +: TILE_M]
                    : planes_0_q[k*TILE_M +: TILE_M]);
            end
        end
    end

    genvar c;
    generate
        for (c = 0; c < TILE_K; c = c + 1) begin : g_column
            wire [TILE_M-1:0] plane_0 = planes_0_q[c*TILE_M +: TILE_M];
            wire [TILE_M-1:0] plane_1 = planes_1_q[c*TILE_M +: TILE_M];

            assign query_row[c]  = query_bank ? plane_1[query_idx] : plane_0[query_idx];
            assign prefix_row[c] = prefix_bank ? plane_1[prefix_idx] : plane_0[prefix_idx];
        end
    endgenerate

    // A loop over the beats, not an indexed part: it is a write enable a beat, without a shifter.
    integer b;
    integer n;

    always @(posedge clk) begin
        if (rst) begin
            planes_0_q <= {TILE_W{1'b0}};
            planes_1_q <= {TILE_W{1'b0}};
        end else if (load_valid) begin
            for (b = 0; b < TILE_BEATS; b = b + 1) begin
                if (load_beat == b[BEAT_IDX_W-1:0]) begin
                    for (n = 0; n < TILE_K; n = n + 1) begin
                        if (load_bank) begin
                            planes_1_q[n*TILE_M+b*BEAT_ROWS +: BEAT_ROWS]
                                <= columns[n*BEAT_ROWS +: BEAT_ROWS];
                        end else begin
                            planes_0_q[n*TILE_M+b*BEAT_ROWS +: BEAT_ROWS]
                                <= columns[n*BEAT_ROWS +: BEAT_ROWS];
                        end
                    end
                end
            end
        end
    end

endmodule

`default_nettype wire
