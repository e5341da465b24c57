// SPDX-License-Identifier: Apache-2.0
// Properties of snn_ram_1r1w: any one word of it, under any use, with and without forwarding.
`default_nettype none

module snn_ram_1r1w_formal #(
    parameter W       = 2,
    parameter DEPTH   = 3,
    parameter FORWARD = 0,
    parameter ADDR_W  = $clog2(DEPTH)
) (
    input wire              clk,
    input wire              wr_en,
    input wire [ADDR_W-1:0] wr_addr,
    input wire [W-1:0]      wr_data,
    input wire              rd_en,
    input wire [ADDR_W-1:0] rd_addr
);

    wire [W-1:0] rd_data;

    snn_ram_1r1w #(
        .W      (W),
        .DEPTH  (DEPTH),
        .FORWARD(FORWARD)
    ) u_dut (
        .clk    (clk),
        .wr_en  (wr_en),
        .wr_addr(wr_addr),
        .wr_data(wr_data),
        .rd_en  (rd_en),
        .rd_addr(rd_addr),
        .rd_data(rd_data)
    );

    // The solver chooses the word: what holds for it holds for all.
    (* anyconst *) wire [ADDR_W-1:0] watched;
    always @* assume (watched < DEPTH);

    reg         written = 1'b0;
    reg [W-1:0] word;
    reg         read = 1'b0;
    reg [W-1:0] expected;
    wire        write   = wr_en && wr_addr == watched;
    wire        visible = write && FORWARD != 0;

    always @(posedge clk) begin
        if (write) begin
            written <= 1'b1;
            word    <= wr_data;
        end
        if (rd_en) begin
            read     <= rd_addr == watched && (written || visible);
            expected <= visible ? wr_data : word;
        end
    end

    always @* if (read) a_word: assert (rd_data == expected);

    // Whatever was read last stays.
    reg         idle = 1'b0;
    reg [W-1:0] was_data;
    always @(posedge clk) begin
        idle     <= !rd_en;
        was_data <= rd_data;
    end
    always @* if (idle) a_hold: assert (rd_data == was_data);

`ifdef HINTS
    (* keep *) wire [W-1:0] mem_0;
    (* keep *) wire [W-1:0] mem_1;
    (* keep *) wire [W-1:0] mem_2;
    wire [3*W-1:0]          mem = {mem_2, mem_1, mem_0};
    always @* if (written) i_word: assert (mem[watched*W +: W] == word);
`endif

    reg both = 1'b0;
    always @(posedge clk) both <= rd_en && rd_addr == watched && write && written && word != wr_data;
    always @* begin
        c_collision: cover (both);
        c_held: cover (idle && read && written && word != rd_data);
    end

endmodule

`default_nettype wire
