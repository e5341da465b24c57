// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_accumulator: both banks as sums that start from zero, without latency.
`default_nettype none

module prosperity_accumulator_formal #(
    parameter TILE_M = 2,
    parameter LANES  = 2,
    parameter PSUM_W = 2,
    parameter ACC_W  = 3,
    parameter ROW_W  = $clog2(TILE_M)
) (
    input wire                    clk,
    input wire                    rst,
    input wire                    req_valid,
    input wire                    req_empty,
    input wire                    req_last,
    input wire                    req_bank,
    input wire [ROW_W-1:0]        req_row,
    input wire [LANES*PSUM_W-1:0] result,
    input wire                    read_en,
    input wire                    read_bank,
    input wire [ROW_W-1:0]        read_row,
    input wire [1:0]              clear
);

    localparam WORD_W = LANES * ACC_W;

    wire [1:0]        fill_done;
    wire [WORD_W-1:0] read_sum;

    prosperity_accumulator #(
        .TILE_M(TILE_M),
        .LANES (LANES),
        .PSUM_W(PSUM_W),
        .ACC_W (ACC_W)
    ) u_dut (
        .clk      (clk),
        .rst      (rst),
        .req_valid(req_valid),
        .req_empty(req_empty),
        .req_last (req_last),
        .req_bank (req_bank),
        .req_row  (req_row),
        .result   (result),
        .fill_done(fill_done),
        .read_en  (read_en),
        .read_bank(read_bank),
        .read_row (read_row),
        .read_sum (read_sum),
        .clear    (clear)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    // Any one sum of any bank.
    (* anyconst *) wire             bank;
    (* anyconst *) wire [ROW_W-1:0] row;
    (* anyconst *) wire             lane;

    // The request whose result is there now.
    reg             now = 1'b0;
    reg             now_empty;
    reg             now_bank = 1'b0;
    reg [ROW_W-1:0] now_row;
    reg             was_last = 1'b0;

    wire pending = now && !now_empty;
    wire request = req_valid && !req_empty;

    // A bank is used to add, or to read out and clear.
    always @* begin
        if (!started) assume (rst);
        if (read_en && request) assume (read_bank != req_bank);
        if (read_en && pending) assume (read_bank != now_bank);
        if (request) assume (!clear[req_bank]);
        if (pending) assume (!clear[now_bank]);
        assume (row < TILE_M && lane < LANES);
    end

    reg  [ACC_W-1:0]  total;
    wire [PSUM_W-1:0] part = result[lane*PSUM_W +: PSUM_W];
    wire [ACC_W-1:0]  wide = {{(ACC_W - PSUM_W) {part[PSUM_W-1]}}, part};
    reg               read = 1'b0;
    reg  [ACC_W-1:0]  expected;

    always @(posedge clk) begin
        now       <= req_valid && !rst;
        now_empty <= req_empty;
        now_bank  <= req_bank;
        now_row   <= req_row;
        was_last  <= req_valid && req_last && !rst;
        if (pending && now_bank == bank && now_row == row) total <= total + wide;
        if (rst || clear[bank]) total <= 0;
        if (read_en) begin
            read     <= read_bank == bank && read_row == row && !rst;
            expected <= total;
        end else if (rst || (request && req_bank == bank)) read <= 1'b0;
    end

    wire [ACC_W-1:0] got = read_sum[lane*ACC_W +: ACC_W];

    always @* if (started) begin
        if (read) a_sum: assert (got == expected);
        a_fill_done: assert (fill_done == {was_last && now_bank, was_last && !now_bank});
        c_sum: cover (read && got == 3 && expected == 3 && lane && bank && row == 1);
        c_zero: cover (read && got == 0 && !rst);
        c_same_row: cover (pending && request && now_bank == req_bank && now_row == req_row && total != 0);
        c_empty: cover (was_last && now_empty);
    end

`ifdef HINTS
    (* keep *) wire [WORD_W-1:0] mem_00;
    (* keep *) wire [WORD_W-1:0] mem_01;
    (* keep *) wire [WORD_W-1:0] mem_10;
    (* keep *) wire [WORD_W-1:0] mem_11;
    (* keep *) wire [TILE_M-1:0] seen_0;
    (* keep *) wire [TILE_M-1:0] seen_1;
    (* keep *) wire [WORD_W-1:0] word_0;
    (* keep *) wire [WORD_W-1:0] word_1;
    (* keep *) wire              add_valid;
    (* keep *) wire              add_seen;
    (* keep *) wire              add_bank;
    (* keep *) wire [ROW_W-1:0]  add_row;
    (* keep *) wire              from_bank;
    (* keep *) wire              from_seen;

    wire [WORD_W-1:0] mem  = bank ? (row ? mem_11 : mem_10) : (row ? mem_01 : mem_00);
    wire              seen = bank ? seen_1[row] : seen_0[row];
    wire [WORD_W-1:0] word = bank ? word_1 : word_0;
    wire              here = pending && now_bank == bank && now_row == row;

    always @* if (started) begin
        i_request: assert (add_valid == pending && (!pending || (add_bank == now_bank && add_row == now_row)));
        i_total: assert (total == (seen ? mem[lane*ACC_W +: ACC_W] : 0));
        if (here) i_old: assert (total == (add_seen ? word[lane*ACC_W +: ACC_W] : 0));
        if (read) i_read: assert (from_bank == bank && (from_seen ? word[lane*ACC_W +: ACC_W] : 0) == expected);
        i_last: assert (!was_last || now);
    end
`endif

endmodule

`default_nettype wire
