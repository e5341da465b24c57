// SPDX-License-Identifier: Apache-2.0
// Rules of AXI4-Lite for a master, assumed, and for a slave, asserted.
`default_nettype none

module axil_rules #(
    parameter ADDR_W = 12
) (
    input wire              clk,
    input wire              rst,
    input wire [ADDR_W-1:0] awaddr,
    input wire              awvalid,
    input wire              awready,
    input wire [31:0]       wdata,
    input wire [3:0]        wstrb,
    input wire              wvalid,
    input wire              wready,
    input wire [1:0]        bresp,
    input wire              bvalid,
    input wire              bready,
    input wire [ADDR_W-1:0] araddr,
    input wire              arvalid,
    input wire              arready,
    input wire [31:0]       rdata,
    input wire [1:0]        rresp,
    input wire              rvalid,
    input wire              rready
);

    // The master keeps what it offers until it is taken.
    reg              aw_held = 1'b0;
    reg              w_held  = 1'b0;
    reg              ar_held = 1'b0;
    reg [ADDR_W-1:0] was_awaddr;
    reg [35:0]       was_w;
    reg [ADDR_W-1:0] was_araddr;

    always @(posedge clk) begin
        aw_held    <= !rst && awvalid && !awready;
        w_held     <= !rst && wvalid && !wready;
        ar_held    <= !rst && arvalid && !arready;
        was_awaddr <= awaddr;
        was_w      <= {wdata, wstrb};
        was_araddr <= araddr;
    end
    always @* begin
        if (aw_held) assume (awvalid && awaddr == was_awaddr);
        if (w_held) assume (wvalid && {wdata, wstrb} == was_w);
        if (ar_held) assume (arvalid && araddr == was_araddr);
    end

    // What has been taken and not been answered.
    reg [1:0] addresses = 2'd0;
    reg [1:0] words     = 2'd0;
    reg [1:0] reads     = 2'd0;
    reg       b_held    = 1'b0;
    reg       r_held    = 1'b0;
    reg [1:0]  was_bresp;
    reg [33:0] was_r;
    reg       after_reset = 1'b0;

    always @(posedge clk) begin
        addresses   <= rst ? 2'd0 : addresses + (awvalid && awready) - (bvalid && bready);
        words       <= rst ? 2'd0 : words + (wvalid && wready) - (bvalid && bready);
        reads       <= rst ? 2'd0 : reads + (arvalid && arready) - (rvalid && rready);
        b_held      <= !rst && bvalid && !bready;
        r_held      <= !rst && rvalid && !rready;
        was_bresp   <= bresp;
        was_r       <= {rdata, rresp};
        after_reset <= rst;
    end

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    always @* begin
        if (b_held) a_b_stable: assert (bvalid && bresp == was_bresp);
        if (r_held) a_r_stable: assert (rvalid && {rdata, rresp} == was_r);
        // No answer to what was not asked, and none before both the address and the data.
        if (started && bvalid) a_b_asked: assert (addresses != 0 && words != 0);
        if (started && rvalid) a_r_asked: assert (reads != 0);
        if (after_reset) a_reset: assert (!bvalid && !rvalid);
        // Every whole question is answered in the cycle after it, and only one is open.
        if (started) a_b_answered: assert (bvalid == (addresses == 1 && words == 1));
        if (started) a_b_one: assert (addresses <= 1 && words <= 1);
        if (started) a_r_answered: assert (reads == {1'b0, rvalid});
        // What is not there yet is taken, whatever is offered: no ready follows a valid.
        if (started) a_aw_taken: assert (awready == (addresses == 0));
        if (started) a_w_taken: assert (wready == (words == 0));
        if (started) a_ar_taken: assert (arready == (reads == 0));
        // Only OKAY and SLVERR are given.
        if (bvalid) a_b_codes: assert (!bresp[0]);
        if (rvalid) a_r_codes: assert (!rresp[0]);
    end

endmodule

`default_nettype wire
