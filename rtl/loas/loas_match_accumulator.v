// SPDX-License-Identifier: Apache-2.0
// Sums of matched weights, one or more for every column of a tile, in two banks.
//
// Function:   add: every enabled sum of a column grows by the weight. A column that got nothing since its
//             bank was cleared reads 0.
// Latency:    an addition in cycle c is read from c + 1 on; reads are combinational.
// Throughput: one addition a cycle.
// Reset:      clears both banks.
// Limits:     SUM_W bits must hold the sums.
`default_nettype none

module loas_match_accumulator #(
    parameter COLUMNS  = 32,
    // sums of a column
    parameter SUMS     = 4,
    parameter SUM_W    = 24,
    parameter WEIGHT_W = 8,
    // derived
    parameter COLUMN_W = $clog2(COLUMNS)
) (
    input  wire                  clk,
    input  wire                  rst,
    // addition
    input  wire                  add_valid,
    input  wire                  add_bank,
    input  wire [COLUMN_W-1:0]   add_column,
    input  wire [WEIGHT_W-1:0]   add_weight,
    input  wire [SUMS-1:0]       add_enable,
    // read
    input  wire                  read_bank,
    input  wire [COLUMN_W-1:0]   read_column,
    output wire [SUMS*SUM_W-1:0] read_sums,
    input  wire [1:0]            clear
);

    localparam WORD_W = SUMS * SUM_W;

    reg [WORD_W-1:0]  mem_0 [0:COLUMNS-1];
    reg [WORD_W-1:0]  mem_1 [0:COLUMNS-1];
    reg [COLUMNS-1:0] held_0_q;
    reg [COLUMNS-1:0] held_1_q;

    wire [WORD_W-1:0] word_0 = mem_0[add_column] & {WORD_W{held_0_q[add_column]}};
    wire [WORD_W-1:0] word_1 = mem_1[add_column] & {WORD_W{held_1_q[add_column]}};
    wire [WORD_W-1:0] old    = add_bank ? word_1 : word_0;
    wire [WORD_W-1:0] new_word;
    wire [SUM_W-1:0]  weight = {{(SUM_W - WEIGHT_W) {add_weight[WEIGHT_W-1]}}, add_weight};

    genvar s;
    generate
        for (s = 0; s < SUMS; s = s + 1) begin : g_sum
            assign new_word[s*SUM_W +: SUM_W] =
                old[s*SUM_W +: SUM_W] + (weight & {SUM_W{add_enable[s]}});
        end
    endgenerate

    wire add_0 = add_valid && !add_bank;
    wire add_1 = add_valid && add_bank;

    always @(posedge clk) begin
        if (add_0) begin
            mem_0[add_column] <= new_word;
        end
        if (add_1) begin
            mem_1[add_column] <= new_word;
        end
    end

    always @(posedge clk) begin
        if (rst || clear[0]) begin
            held_0_q <= {COLUMNS{1'b0}};
        end else if (add_0) begin
            held_0_q[add_column] <= 1'b1;
        end
        if (rst || clear[1]) begin
            held_1_q <= {COLUMNS{1'b0}};
        end else if (add_1) begin
            held_1_q[add_column] <= 1'b1;
        end
    end

    wire [WORD_W-1:0] read_0 = mem_0[read_column] & {WORD_W{held_0_q[read_column]}};
    wire [WORD_W-1:0] read_1 = mem_1[read_column] & {WORD_W{held_1_q[read_column]}};

    assign read_sums = read_bank ? read_1 : read_0;

endmodule

`default_nettype wire
