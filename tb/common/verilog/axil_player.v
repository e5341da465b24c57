// SPDX-License-Identifier: Apache-2.0
// Bench: one AXI4-Lite access for each change of `request`, so that Python needs no clock edge.
//
// Function:   write, address and data are taken with the change; `answer` changes when the response is there,
//             with okay and, for a read, value.
`default_nettype none

module axil_player #(
    // bits of a byte address
    parameter ADDR_W = 12
) (
    input  wire              clk,
    input  wire              rst,
    // control
    input  wire              request,
    input  wire              write,
    input  wire [ADDR_W-1:0] address,
    input  wire [31:0]       data,
    output reg               answer,
    output reg               okay,
    output reg  [31:0]       value,
    // AXI4-Lite
    output wire [ADDR_W-1:0] m_axil_awaddr,
    output reg               m_axil_awvalid,
    input  wire              m_axil_awready,
    output wire [31:0]       m_axil_wdata,
    output wire [3:0]        m_axil_wstrb,
    output reg               m_axil_wvalid,
    input  wire              m_axil_wready,
    input  wire [1:0]        m_axil_bresp,
    input  wire              m_axil_bvalid,
    output wire              m_axil_bready,
    output wire [ADDR_W-1:0] m_axil_araddr,
    output reg               m_axil_arvalid,
    input  wire              m_axil_arready,
    input  wire [31:0]       m_axil_rdata,
    input  wire [1:0]        m_axil_rresp,
    input  wire              m_axil_rvalid,
    output wire              m_axil_rready
);

    reg request_q;

    assign m_axil_awaddr = address;
    assign m_axil_wdata  = data;
    assign m_axil_wstrb  = 4'b1111;
    assign m_axil_araddr = address;
    assign m_axil_bready = 1'b1;
    assign m_axil_rready = 1'b1;

    always @(posedge clk) begin
        if (rst) begin
            request_q      <= request;
            answer         <= 1'b0;
            okay           <= 1'b0;
            value          <= 32'd0;
            m_axil_awvalid <= 1'b0;
            m_axil_wvalid  <= 1'b0;
            m_axil_arvalid <= 1'b0;
        end else begin
            request_q <= request;
            if (request != request_q) begin
                m_axil_awvalid <= write;
                m_axil_wvalid  <= write;
                m_axil_arvalid <= !write;
            end else begin
                m_axil_awvalid <= m_axil_awvalid && !m_axil_awready;
                m_axil_wvalid  <= m_axil_wvalid && !m_axil_wready;
                m_axil_arvalid <= m_axil_arvalid && !m_axil_arready;
            end
            if (m_axil_bvalid) begin
                answer <= !answer;
                okay   <= m_axil_bresp == 2'b00;
            end
            if (m_axil_rvalid) begin
                answer <= !answer;
                okay   <= m_axil_rresp == 2'b00;
                value  <= m_axil_rdata;
            end
        end
    end

endmodule

`default_nettype wire
