// SPDX-License-Identifier: Apache-2.0
// Properties of axil_slave: the rules of the bus, and one register access for every transfer.
`default_nettype none

module snn_axil_slave_formal #(
    parameter ADDR_W = 12
) (
    input wire              clk,
    input wire              rst,
    input wire [ADDR_W-1:0] awaddr,
    input wire              awvalid,
    input wire [31:0]       wdata,
    input wire [3:0]        wstrb,
    input wire              wvalid,
    input wire              bready,
    input wire [ADDR_W-1:0] araddr,
    input wire              arvalid,
    input wire              rready,
    input wire              wr_err,
    input wire [31:0]       rd_data,
    input wire              rd_err
);

    wire              awready;
    wire              wready;
    wire [1:0]        bresp;
    wire              bvalid;
    wire              arready;
    wire [31:0]       rdata;
    wire [1:0]        rresp;
    wire              rvalid;
    wire              wr_en;
    wire [ADDR_W-1:0] wr_addr;
    wire [31:0]       wr_data;
    wire [3:0]        wr_strb;
    wire              rd_en;
    wire [ADDR_W-1:0] rd_addr;

    snn_axil_slave #(
        .ADDR_W(ADDR_W)
    ) u_dut (
        .clk           (clk),
        .rst           (rst),
        .s_axil_awaddr (awaddr),
        .s_axil_awvalid(awvalid),
        .s_axil_awready(awready),
        .s_axil_wdata  (wdata),
        .s_axil_wstrb  (wstrb),
        .s_axil_wvalid (wvalid),
        .s_axil_wready (wready),
        .s_axil_bresp  (bresp),
        .s_axil_bvalid (bvalid),
        .s_axil_bready (bready),
        .s_axil_araddr (araddr),
        .s_axil_arvalid(arvalid),
        .s_axil_arready(arready),
        .s_axil_rdata  (rdata),
        .s_axil_rresp  (rresp),
        .s_axil_rvalid (rvalid),
        .s_axil_rready (rready),
        .wr_en         (wr_en),
        .wr_addr       (wr_addr),
        .wr_data       (wr_data),
        .wr_strb       (wr_strb),
        .wr_err        (wr_err),
        .rd_en         (rd_en),
        .rd_addr       (rd_addr),
        .rd_data       (rd_data),
        .rd_err        (rd_err)
    );

    axil_rules #(
        .ADDR_W(ADDR_W)
    ) u_rules (
        .clk    (clk),
        .rst    (rst),
        .awaddr (awaddr),
        .awvalid(awvalid),
        .awready(awready),
        .wdata  (wdata),
        .wstrb  (wstrb),
        .wvalid (wvalid),
        .wready (wready),
        .bresp  (bresp),
        .bvalid (bvalid),
        .bready (bready),
        .araddr (araddr),
        .arvalid(arvalid),
        .arready(arready),
        .rdata  (rdata),
        .rresp  (rresp),
        .rvalid (rvalid),
        .rready (rready)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // An access is a transfer on the bus, with what the bus said; its answer says what it said.
    reg        wrote = 1'b0;
    reg        was_wr_err;
    reg        was_read = 1'b0;
    reg        was_rd_err;
    reg [31:0] was_rd_data;

    always @(posedge clk) begin
        wrote       <= !rst && wr_en;
        was_wr_err  <= wr_err;
        was_read    <= !rst && rd_en;
        was_rd_err  <= rd_err;
        was_rd_data <= rd_data;
    end

    always @* begin
        a_write: assert (wr_en == (awvalid && awready) && wr_en == (wvalid && wready));
        if (wr_en) a_write_what: assert (wr_addr == awaddr && wr_data == wdata && wr_strb == wstrb);
        if (wrote) a_write_answer: assert (bvalid && bresp == {was_wr_err, 1'b0});
        a_read: assert (rd_en == (arvalid && arready));
        if (rd_en) a_read_where: assert (rd_addr == araddr);
        if (was_read) a_read_answer: assert (rvalid && rdata == was_rd_data && rresp == {was_rd_err, 1'b0});
        c_address_first: cover (started && !rst && awvalid && !wvalid && !bvalid);
        c_data_first: cover (started && !rst && !awvalid && wvalid && !bvalid);
        c_error: cover (wrote && bresp == 2'b10 && bready);
        c_read: cover (was_read && rready && rdata == 32'hA5A5_0001);
        c_waits: cover (bvalid && !bready && awvalid && wvalid);
    end

endmodule

`default_nettype wire
