// SPDX-License-Identifier: Apache-2.0
// A machine with a clock of its own, its streams played from files and recorded: the top for workloads.
//
// Function:   registers and reset are ports as the machine has them; *_play and *_keep start its streams.
//             clk is for programs: it rises half a period before the edge it stands for, when what the machine
//             will see at that edge can be read, whatever the simulator's order of events. What a program
//             drives then reaches the machine after the edge, as what a register drives does.
// Limits:     MACHINE is the machine's top, MACHINE_SIZES its parameters in brackets, both macros, so that no
//             parameter of a machine is listed again here. The widths of the beats must be the machine's.
`default_nettype none

`ifndef MACHINE
`define MACHINE prosperity_top
`define MACHINE_SIZES
`endif  // MACHINE

module snn_played_machine #(
    // bits of a beat of each stream
    parameter SPIKE_W  = 1024,
    parameter WEIGHT_W = 1024,
    parameter OUT_W    = 3072
) (
    input  wire        rst,
    // AXI4-Lite registers
    input  wire [11:0] s_axil_awaddr,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [11:0] s_axil_araddr,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,
    output wire        irq,
    // the clock of programs
    output wire        clk,
    // spikes: offer the beats of the file; what came of it
    input  wire        spikes_play,
    output wire [31:0] spikes_beats,
    output wire        spikes_done,
    output wire        spikes_broken,
    // weights
    input  wire        weights_play,
    output wire [31:0] weights_beats,
    output wire        weights_done,
    output wire        weights_broken,
    // outputs: write the beats into the file; what came of it
    input  wire        outputs_keep,
    output wire [31:0] outputs_beats,
    output wire        outputs_withdrawn,
    output wire        outputs_changed,
    output wire        outputs_broken
);

    // Named as the machine's ports, for those who look at them.
    wire [SPIKE_W-1:0]  s_axis_spike_tdata;
    wire                s_axis_spike_tvalid;
    wire                s_axis_spike_tready;
    wire                s_axis_spike_tlast;
    wire [WEIGHT_W-1:0] s_axis_weight_tdata;
    wire                s_axis_weight_tvalid;
    wire                s_axis_weight_tready;
    wire                s_axis_weight_tlast;
    wire [OUT_W-1:0]    m_axis_out_tdata;
    wire                m_axis_out_tvalid;
    wire                m_axis_out_tready;
    wire                m_axis_out_tlast;

    wire tick;

    snn_bench_clock u_clock (.clk(tick));

    assign clk = !tick;

    reg        rst_q;
    reg [11:0] s_axil_awaddr_q;
    reg        s_axil_awvalid_q;
    reg [31:0] s_axil_wdata_q;
    reg [3:0]  s_axil_wstrb_q;
    reg        s_axil_wvalid_q;
    reg        s_axil_bready_q;
    reg [11:0] s_axil_araddr_q;
    reg        s_axil_arvalid_q;
    reg        s_axil_rready_q;

    always @(posedge tick) begin
        rst_q             <= rst;
        s_axil_awaddr_q   <= s_axil_awaddr;
        s_axil_awvalid_q  <= s_axil_awvalid;
        s_axil_wdata_q    <= s_axil_wdata;
        s_axil_wstrb_q    <= s_axil_wstrb;
        s_axil_wvalid_q   <= s_axil_wvalid;
        s_axil_bready_q   <= s_axil_bready;
        s_axil_araddr_q   <= s_axil_araddr;
        s_axil_arvalid_q  <= s_axil_arvalid;
        s_axil_rready_q   <= s_axil_rready;
    end

    snn_beat_player #(
        .W(SPIKE_W),
        .FILE("spikes.beats")
    ) u_spikes (
        .clk(tick),
        .rst(rst_q),
        .play(spikes_play),
        .m_axis_tdata(s_axis_spike_tdata),
        .m_axis_tvalid(s_axis_spike_tvalid),
        .m_axis_tready(s_axis_spike_tready),
        .m_axis_tlast(s_axis_spike_tlast),
        .beats(spikes_beats),
        .done(spikes_done),
        .broken(spikes_broken)
    );

    snn_beat_player #(
        .W(WEIGHT_W),
        .FILE("weights.beats")
    ) u_weights (
        .clk(tick),
        .rst(rst_q),
        .play(weights_play),
        .m_axis_tdata(s_axis_weight_tdata),
        .m_axis_tvalid(s_axis_weight_tvalid),
        .m_axis_tready(s_axis_weight_tready),
        .m_axis_tlast(s_axis_weight_tlast),
        .beats(weights_beats),
        .done(weights_done),
        .broken(weights_broken)
    );

    snn_beat_recorder #(
        .W(OUT_W),
        .FILE("outputs.beats"),
        .PAUSES("outputs.pauses")
    ) u_outputs (
        .clk(tick),
        .rst(rst_q),
        .keep(outputs_keep),
        .s_axis_tdata(m_axis_out_tdata),
        .s_axis_tvalid(m_axis_out_tvalid),
        .s_axis_tready(m_axis_out_tready),
        .s_axis_tlast(m_axis_out_tlast),
        .beats(outputs_beats),
        .withdrawn(outputs_withdrawn),
        .changed(outputs_changed),
        .broken(outputs_broken)
    );

    `MACHINE `MACHINE_SIZES u_machine (
        .clk(tick),
        .rst(rst_q),
        .s_axil_awaddr(s_axil_awaddr_q),
        .s_axil_awvalid(s_axil_awvalid_q),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata_q),
        .s_axil_wstrb(s_axil_wstrb_q),
        .s_axil_wvalid(s_axil_wvalid_q),
        .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready_q),
        .s_axil_araddr(s_axil_araddr_q),
        .s_axil_arvalid(s_axil_arvalid_q),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata),
        .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready_q),
        .irq(irq),
        .s_axis_spike_tdata(s_axis_spike_tdata),
        .s_axis_spike_tvalid(s_axis_spike_tvalid),
        .s_axis_spike_tready(s_axis_spike_tready),
        .s_axis_spike_tlast(s_axis_spike_tlast),
        .s_axis_weight_tdata(s_axis_weight_tdata),
        .s_axis_weight_tvalid(s_axis_weight_tvalid),
        .s_axis_weight_tready(s_axis_weight_tready),
        .s_axis_weight_tlast(s_axis_weight_tlast),
        .m_axis_out_tdata(m_axis_out_tdata),
        .m_axis_out_tvalid(m_axis_out_tvalid),
        .m_axis_out_tready(m_axis_out_tready),
        .m_axis_out_tlast(m_axis_out_tlast)
    );

endmodule

`default_nettype wire
