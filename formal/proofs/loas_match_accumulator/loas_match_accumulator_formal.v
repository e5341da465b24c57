// SPDX-License-Identifier: Apache-2.0
// Properties of loas_match_accumulator: any one sum, under any use.
`default_nettype none

module loas_match_accumulator_formal #(
    parameter COLUMNS  = 3,
    parameter SUMS     = 2,
    parameter SUM_W    = 4,
    parameter WEIGHT_W = 2,
    parameter COLUMN_W = $clog2(COLUMNS)
) (
    input wire                clk,
    input wire                rst,
    input wire                add_valid,
    input wire                add_bank,
    input wire [COLUMN_W-1:0] add_column,
    input wire [WEIGHT_W-1:0] add_weight,
    input wire [SUMS-1:0]     add_enable,
    input wire                read_bank,
    input wire [COLUMN_W-1:0] read_column,
    input wire [1:0]          clear
);

    localparam WORD_W = SUMS * SUM_W;

    wire [WORD_W-1:0] read_sums;

    loas_match_accumulator #(
        .COLUMNS (COLUMNS),
        .SUMS    (SUMS),
        .SUM_W   (SUM_W),
        .WEIGHT_W(WEIGHT_W)
    ) u_dut (
        .clk        (clk),
        .rst        (rst),
        .add_valid  (add_valid),
        .add_bank   (add_bank),
        .add_column (add_column),
        .add_weight (add_weight),
        .add_enable (add_enable),
        .read_bank  (read_bank),
        .read_column(read_column),
        .read_sums  (read_sums),
        .clear      (clear)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    (* anyconst *) wire                bank;
    (* anyconst *) wire [COLUMN_W-1:0] column;
    (* anyconst *) wire                s;

    always @* begin
        if (!started) assume (rst);
        assume (column < COLUMNS && s < SUMS && add_column < COLUMNS);
    end

    reg  [SUM_W-1:0] total;
    wire [SUM_W-1:0] weight = {{(SUM_W - WEIGHT_W) {add_weight[WEIGHT_W-1]}}, add_weight};

    always @(posedge clk) begin
        if (add_valid && add_bank == bank && add_column == column && add_enable[s])
            total <= total + weight;
        if (rst || clear[bank]) total <= 0;
    end

    wire here = read_bank == bank && read_column == column;

    always @* if (started) begin
        if (here) a_sum: assert (read_sums[s*SUM_W +: SUM_W] == total);
        c_sum: cover (here && total == 3 && s && bank && column == 2);
        c_cleared: cover (clear[bank] && total == 4'd14);
    end

`ifdef HINTS
    (* keep *) wire [WORD_W-1:0]  mem_00;
    (* keep *) wire [WORD_W-1:0]  mem_01;
    (* keep *) wire [WORD_W-1:0]  mem_02;
    (* keep *) wire [WORD_W-1:0]  mem_10;
    (* keep *) wire [WORD_W-1:0]  mem_11;
    (* keep *) wire [WORD_W-1:0]  mem_12;
    (* keep *) wire [COLUMNS-1:0] held_0;
    (* keep *) wire [COLUMNS-1:0] held_1;
    wire [WORD_W-1:0] word_0 = column == 0 ? mem_00 : column == 1 ? mem_01 : mem_02;
    wire [WORD_W-1:0] word_1 = column == 0 ? mem_10 : column == 1 ? mem_11 : mem_12;
    wire [WORD_W-1:0] word   = bank ? word_1 : word_0;
    wire              held   = bank ? held_1[column] : held_0[column];
    always @* if (started) i_sum: assert (total == (held ? word[s*SUM_W +: SUM_W] : 0));
`endif

endmodule

`default_nettype wire
