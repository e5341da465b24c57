// SPDX-License-Identifier: Apache-2.0
// AXI4-Lite slave: turns the bus into single-cycle register accesses.
//
// Function:   wr_en is high for one cycle with wr_addr, wr_data and wr_strb; wr_err, given in that
//             cycle, becomes SLVERR. Reads likewise with rd_en, rd_data and rd_err.
// Latency:    a response follows its access by one cycle.
// Throughput: one access every two cycles and direction; one outstanding access a direction.
// Handshake:  address and data of a write may come in any order; the one that comes first is taken and
//             kept. No output follows an input of the bus within a cycle: AXI forbids it.
// Reset:      withdraws responses and drops what came alone.
`default_nettype none

module snn_axil_slave #(
    // bits of a byte address
    parameter ADDR_W = 12
) (
    input  wire              clk,
    input  wire              rst,
    // AXI4-Lite
    input  wire [ADDR_W-1:0] s_axil_awaddr,
    input  wire              s_axil_awvalid,
    output wire              s_axil_awready,
    input  wire [31:0]       s_axil_wdata,
    input  wire [3:0]        s_axil_wstrb,
    input  wire              s_axil_wvalid,
    output wire              s_axil_wready,
    output wire [1:0]        s_axil_bresp,
    output wire              s_axil_bvalid,
    input  wire              s_axil_bready,
    input  wire [ADDR_W-1:0] s_axil_araddr,
    input  wire              s_axil_arvalid,
    output wire              s_axil_arready,
    output wire [31:0]       s_axil_rdata,
    output wire [1:0]        s_axil_rresp,
    output wire              s_axil_rvalid,
    input  wire              s_axil_rready,
    // register accesses
    output wire              wr_en,
    output wire [ADDR_W-1:0] wr_addr,
    output wire [31:0]       wr_data,
    output wire [3:0]        wr_strb,
    input  wire              wr_err,
    output wire              rd_en,
    output wire [ADDR_W-1:0] rd_addr,
    input  wire [31:0]       rd_data,
    input  wire              rd_err
);

    reg              bvalid_q;
    reg              berr_q;
    reg              rvalid_q;
    reg              rerr_q;
    reg [31:0]       rdata_q;
    // an address without its data, and data without their address
    reg              aw_kept_q;
    reg              w_kept_q;
    reg [ADDR_W-1:0] awaddr_q;
    reg [31:0]       wdata_q;
    reg [3:0]        wstrb_q;

    assign s_axil_awready = !bvalid_q && !aw_kept_q;
    assign s_axil_wready  = !bvalid_q && !w_kept_q;
    assign s_axil_bvalid  = bvalid_q;
    assign s_axil_bresp   = {berr_q, 1'b0};
    assign s_axil_arready = !rvalid_q;
    assign s_axil_rvalid  = rvalid_q;
    assign s_axil_rresp   = {rerr_q, 1'b0};
    assign s_axil_rdata   = rdata_q;

    wire aw_taken = s_axil_awvalid && s_axil_awready;
    wire w_taken  = s_axil_wvalid && s_axil_wready;

    assign wr_en   = (aw_kept_q || aw_taken) && (w_kept_q || w_taken);
    assign wr_addr = aw_kept_q ? awaddr_q : s_axil_awaddr;
    assign wr_data = w_kept_q ? wdata_q : s_axil_wdata;
    assign wr_strb = w_kept_q ? wstrb_q : s_axil_wstrb;
    assign rd_en   = s_axil_arvalid && s_axil_arready;
    assign rd_addr = s_axil_araddr;

    // Data paths have no reset: what they hold counts while it is kept.
    always @(posedge clk) begin
        if (aw_taken) begin
            awaddr_q <= s_axil_awaddr;
        end
        if (w_taken) begin
            wdata_q <= s_axil_wdata;
            wstrb_q <= s_axil_wstrb;
        end
    end

    always @(posedge clk) begin
        if (rst) begin
            aw_kept_q <= 1'b0;
            w_kept_q  <= 1'b0;
            bvalid_q  <= 1'b0;
            berr_q    <= 1'b0;
            rvalid_q  <= 1'b0;
            rerr_q    <= 1'b0;
            rdata_q   <= 32'd0;
        end else begin
            aw_kept_q <= (aw_kept_q || aw_taken) && !wr_en;
            w_kept_q  <= (w_kept_q || w_taken) && !wr_en;
            if (wr_en) begin
                bvalid_q <= 1'b1;
                berr_q   <= wr_err;
            end else if (s_axil_bready) begin
                bvalid_q <= 1'b0;
            end
            if (rd_en) begin
                rvalid_q <= 1'b1;
                rerr_q   <= rd_err;
                rdata_q  <= rd_data;
            end else if (s_axil_rready) begin
                rvalid_q <= 1'b0;
            end
        end
    end

endmodule

`default_nettype wire
