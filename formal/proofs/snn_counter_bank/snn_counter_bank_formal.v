// SPDX-License-Identifier: Apache-2.0
// Properties of snn_counter_bank: any one counter, all 64 bits, under any use.
`default_nettype none

module snn_counter_bank_formal #(
    parameter NUM   = 3,
    parameter INC_W = 2,
    parameter SEL_W = $clog2(NUM)
) (
    input wire                 clk,
    input wire                 rst,
    input wire                 clear,
    input wire [NUM*INC_W-1:0] inc,
    input wire [SEL_W-1:0]     sel
);

    wire [63:0] value;

    snn_counter_bank #(
        .NUM  (NUM),
        .INC_W(INC_W)
    ) u_dut (
        .clk  (clk),
        .rst  (rst),
        .clear(clear),
        .inc  (inc),
        .sel  (sel),
        .value(value)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    (* anyconst *) wire [SEL_W-1:0] watched;
    always @* assume (watched < NUM);

    reg [63:0] total;
    always @(posedge clk) total <= rst || clear ? 64'd0 : total + inc[watched*INC_W +: INC_W];

    always @* if (started) begin
        if (sel == watched) a_total: assert (value == total);
        if (sel >= NUM) a_beyond: assert (value == 0);
        c_counted: cover (sel == watched && value == 64'd7 && watched == NUM - 1);
        c_cleared: cover (clear && total > 64'd3);
    end

`ifdef HINTS
    (* keep *) wire [NUM*64-1:0] cnt;
    always @* if (started) i_total: assert (cnt[watched*64 +: 64] == total);
`endif

endmodule

`default_nettype wire
