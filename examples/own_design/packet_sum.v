// SPDX-License-Identifier: Apache-2.0
// Adds up the words of each packet: a design that is not one of the machines.
//
// Function:   a packet of words in, one beat out: their sum and OFFSET, modulo 2 ** 32.
//             Registers: 0x0 OFFSET, read and write; 0x4 PACKETS, read: packets taken. Others, writes of PACKETS
//             and of single bytes are answered with SLVERR.
// Latency:    the sum is offered in the cycle after its last word is taken.
// Handshake:  no word is taken while a sum waits.
// Reset:      drops the packet under way and the sum that waits; OFFSET and PACKETS are 0.
`default_nettype none

module packet_sum (
    input  wire        clk,
    input  wire        rst,
    // words
    input  wire [15:0] s_axis_tdata,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    input  wire        s_axis_tlast,
    // sums
    output wire [31:0] m_axis_tdata,
    output wire        m_axis_tvalid,
    input  wire        m_axis_tready,
    output wire        m_axis_tlast,
    // AXI4-Lite registers
    input  wire [3:0]  s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [3:0]  s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready
);

    localparam [3:0] OFFSET  = 4'h0;
    localparam [3:0] PACKETS = 4'h4;

    reg [31:0] sum_q;
    reg [31:0] result_q;
    reg        offered_q;
    reg [31:0] offset_q;
    reg [31:0] packets_q;
    reg        bvalid_q;
    reg        berr_q;
    reg        rvalid_q;
    reg        rerr_q;
    reg [31:0] rdata_q;

    wire        take  = s_axis_tvalid && s_axis_tready;
    wire [31:0] total = sum_q + {16'd0, s_axis_tdata};
    wire        write = s_axil_awvalid && s_axil_wvalid && !bvalid_q;
    wire        legal = s_axil_awaddr == OFFSET && s_axil_wstrb == 4'hF;
    wire        read  = s_axil_arvalid && !rvalid_q;

    assign s_axis_tready  = !offered_q;
    assign m_axis_tdata   = result_q;
    assign m_axis_tvalid  = offered_q;
    assign m_axis_tlast   = 1'b1;
    assign s_axil_awready = write;
    assign s_axil_wready  = write;
    assign s_axil_bresp   = {berr_q, 1'b0};
    assign s_axil_bvalid  = bvalid_q;
    assign s_axil_arready = read;
    assign s_axil_rdata   = rdata_q;
    assign s_axil_rresp   = {rerr_q, 1'b0};
    assign s_axil_rvalid  = rvalid_q;

    always @(posedge clk) begin
        if (rst) begin
            sum_q     <= 32'd0;
            result_q  <= 32'd0;
            offered_q <= 1'b0;
            packets_q <= 32'd0;
        end else begin
            if (take) begin
                sum_q <= s_axis_tlast ? 32'd0 : total;
            end
            if (take && s_axis_tlast) begin
                result_q  <= total + offset_q;
                offered_q <= 1'b1;
                packets_q <= packets_q + 32'd1;
            end else if (m_axis_tready) begin
                offered_q <= 1'b0;
            end
        end
    end

    always @(posedge clk) begin
        if (rst) begin
            offset_q <= 32'd0;
            bvalid_q <= 1'b0;
            berr_q   <= 1'b0;
            rvalid_q <= 1'b0;
            rerr_q   <= 1'b0;
            rdata_q  <= 32'd0;
        end else begin
            if (write) begin
                offset_q <= legal ? s_axil_wdata : offset_q;
                bvalid_q <= 1'b1;
                berr_q   <= !legal;
            end else if (s_axil_bready) begin
                bvalid_q <= 1'b0;
            end
            if (read) begin
                rvalid_q <= 1'b1;
                rerr_q   <= s_axil_araddr != OFFSET && s_axil_araddr != PACKETS;
                rdata_q  <= s_axil_araddr == OFFSET ? offset_q : packets_q;
            end else if (s_axil_rready) begin
                rvalid_q <= 1'b0;
            end
        end
    end

endmodule

`default_nettype wire
