// SPDX-License-Identifier: Apache-2.0
// packet_sum between a player and a recorder: streams at the simulator's speed instead of Python's.
//
// Function:   the registers are ports as packet_sum has them, the streams are files. clk is for programs: it rises
//             half a period before the edge it stands for, and what a program drives is taken at that edge.
`default_nettype none

module packet_bench (
    input  wire        rst,
    output wire        clk,
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
    input  wire        s_axil_rready,
    // the agent "words": offer the beats of words.beats; what came of it
    input  wire        words_play,
    output wire [31:0] words_beats,
    output wire        words_done,
    output wire        words_broken,
    // the agent "sums": write the beats into sums.beats; what came of it
    input  wire        sums_keep,
    output wire [31:0] sums_beats,
    output wire        sums_withdrawn,
    output wire        sums_changed,
    output wire        sums_broken
);

    // Named as the ports of packet_sum, for those who look at them.
    wire [15:0] s_axis_tdata;
    wire        s_axis_tvalid;
    wire        s_axis_tready;
    wire        s_axis_tlast;
    wire [31:0] m_axis_tdata;
    wire        m_axis_tvalid;
    wire        m_axis_tready;
    wire        m_axis_tlast;

    reg        tick;
    reg        rst_q;
    reg [3:0]  awaddr_q;
    reg        awvalid_q;
    reg [31:0] wdata_q;
    reg [3:0]  wstrb_q;
    reg        wvalid_q;
    reg        bready_q;
    reg [3:0]  araddr_q;
    reg        arvalid_q;
    reg        rready_q;

    assign clk = !tick;

    initial begin
        tick = 1'b1;
    end

    always begin
        #1 tick = !tick;
    end

    always @(posedge tick) begin
        rst_q     <= rst;
        awaddr_q  <= s_axil_awaddr;
        awvalid_q <= s_axil_awvalid;
        wdata_q   <= s_axil_wdata;
        wstrb_q   <= s_axil_wstrb;
        wvalid_q  <= s_axil_wvalid;
        bready_q  <= s_axil_bready;
        araddr_q  <= s_axil_araddr;
        arvalid_q <= s_axil_arvalid;
        rready_q  <= s_axil_rready;
    end

    snn_beat_player #(
        .W(16),
        .FILE("words.beats")
    ) u_words (
        .clk(tick),
        .rst(rst_q),
        .play(words_play),
        .m_axis_tdata(s_axis_tdata),
        .m_axis_tvalid(s_axis_tvalid),
        .m_axis_tready(s_axis_tready),
        .m_axis_tlast(s_axis_tlast),
        .beats(words_beats),
        .done(words_done),
        .broken(words_broken)
    );

    snn_beat_recorder #(
        .W(32),
        .FILE("sums.beats"),
        .PAUSES("sums.pauses")
    ) u_sums (
        .clk(tick),
        .rst(rst_q),
        .keep(sums_keep),
        .s_axis_tdata(m_axis_tdata),
        .s_axis_tvalid(m_axis_tvalid),
        .s_axis_tready(m_axis_tready),
        .s_axis_tlast(m_axis_tlast),
        .beats(sums_beats),
        .withdrawn(sums_withdrawn),
        .changed(sums_changed),
        .broken(sums_broken)
    );

    packet_sum u_design (
        .clk(tick),
        .rst(rst_q),
        .s_axis_tdata(s_axis_tdata),
        .s_axis_tvalid(s_axis_tvalid),
        .s_axis_tready(s_axis_tready),
        .s_axis_tlast(s_axis_tlast),
        .m_axis_tdata(m_axis_tdata),
        .m_axis_tvalid(m_axis_tvalid),
        .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast),
        .s_axil_awaddr(awaddr_q),
        .s_axil_awvalid(awvalid_q),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(wdata_q),
        .s_axil_wstrb(wstrb_q),
        .s_axil_wvalid(wvalid_q),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(bready_q),
        .s_axil_araddr(araddr_q),
        .s_axil_arvalid(arvalid_q),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(rready_q)
    );

endmodule

`default_nettype wire
