// SPDX-License-Identifier: Apache-2.0
// Properties of snn_axil_slave: the rules of the bus, and one register access for every address with its data.
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

    // What came alone.
    reg              aw_kept = 1'b0;
    reg              w_kept = 1'b0;
    reg [ADDR_W-1:0] kept_addr;
    reg [35:0]       kept_w;
    wire             aw_take = awvalid && awready;
    wire             w_take  = wvalid && wready;
    wire             whole   = (aw_kept || aw_take) && (w_kept || w_take);

    always @(posedge clk) begin
        aw_kept <= !rst && (aw_kept || aw_take) && !whole;
        w_kept  <= !rst && (w_kept || w_take) && !whole;
        if (aw_take) kept_addr <= awaddr;
        if (w_take) kept_w <= {wdata, wstrb};
    end

    // An access is an address with its data; its answer says what the registers said.
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
        if (started) a_write: assert (wr_en == whole);
        if (started) a_write_where: assert (wr_addr == (aw_kept ? kept_addr : awaddr));
        if (started) a_write_what: assert ({wr_data, wr_strb} == (w_kept ? kept_w : {wdata, wstrb}));
        if (started) a_kept: assert (!(aw_kept && w_kept) && !(bvalid && (aw_kept || w_kept)));
        if (started) a_kept_ready: assert (aw_kept == (!awready && !bvalid) && w_kept == (!wready && !bvalid));
        if (wrote) a_write_answer: assert (bvalid && bresp == {was_wr_err, 1'b0});
        a_read: assert (rd_en == (arvalid && arready));
        if (rd_en) a_read_where: assert (rd_addr == araddr);
        if (was_read) a_read_answer: assert (rvalid && rdata == was_rd_data && rresp == {was_rd_err, 1'b0});
        c_address_first: cover (aw_kept && wr_en && awvalid && awaddr != kept_addr);
        c_data_first: cover (w_kept && wr_en && wvalid && wdata != kept_w[35:4]);
        c_error: cover (wrote && bresp == 2'b10 && bready);
        c_read: cover (was_read && rready && rdata == 32'hA5A5_0001);
        c_waits: cover (bvalid && !bready && awvalid && wvalid);
    end

`ifdef HINTS
    (* keep *) wire aw_kept_q;
    (* keep *) wire w_kept_q;
    always @* if (started) i_kept: assert (aw_kept_q == aw_kept && w_kept_q == w_kept);
`endif

endmodule

`default_nettype wire
