// SPDX-License-Identifier: Apache-2.0
// Bench: prosperity_top with players on its inputs and a recorder on its output.
//
// Function:   runs workloads at the simulator's speed: the clock is made here, streams are files, register
//             accesses need one change of a signal each. Python prepares files, starts and waits.
`default_nettype none

module prosperity_bench #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter WEIGHT_W     = 8,
    parameter ACC_W        = 24,
    parameter BIAS_W       = 32,
    parameter LIF_CELLS    = 32,
    parameter SPIKE_BEAT_W = 1024,
    parameter SPIKE_BEATS  = 64,
    parameter WEIGHT_TILES = 16,
    parameter QUEUE_DEPTH  = 512,
    parameter DIM_W        = 24
) (
    // made here, for those who wait on it
    output reg         clk,
    input  wire        rst,
    // players: spikes.bin, weights.bin
    input  wire        spikes_play,
    output wire        spikes_done,
    output wire [31:0] spikes_beats,
    input  wire        weights_play,
    output wire        weights_done,
    output wire [31:0] weights_beats,
    // recorder: outputs.txt, outputs.gap
    input  wire        outputs_open,
    input  wire        outputs_close,
    output wire [31:0] outputs_beats,
    // register access
    input  wire        access_request,
    input  wire        access_write,
    input  wire [11:0] access_address,
    input  wire [31:0] access_data,
    output wire        access_answer,
    output wire        access_okay,
    output wire [31:0] access_value,
    output wire        irq
);

    // 500 MHz
    initial begin
        clk = 1'b0;
        forever begin
            #1 clk = !clk;
        end
    end

    wire [11:0]               s_axil_awaddr;
    wire                      s_axil_awvalid;
    wire                      s_axil_awready;
    wire [31:0]               s_axil_wdata;
    wire [3:0]                s_axil_wstrb;
    wire                      s_axil_wvalid;
    wire                      s_axil_wready;
    wire [1:0]                s_axil_bresp;
    wire                      s_axil_bvalid;
    wire                      s_axil_bready;
    wire [11:0]               s_axil_araddr;
    wire                      s_axil_arvalid;
    wire                      s_axil_arready;
    wire [31:0]               s_axil_rdata;
    wire [1:0]                s_axil_rresp;
    wire                      s_axil_rvalid;
    wire                      s_axil_rready;
    wire [SPIKE_BEAT_W-1:0]   s_axis_spike_tdata;
    wire                      s_axis_spike_tvalid;
    wire                      s_axis_spike_tready;
    wire                      s_axis_spike_tlast;
    wire [LANES*WEIGHT_W-1:0] s_axis_weight_tdata;
    wire                      s_axis_weight_tvalid;
    wire                      s_axis_weight_tready;
    wire                      s_axis_weight_tlast;
    wire [LANES*ACC_W-1:0]    m_axis_out_tdata;
    wire                      m_axis_out_tvalid;
    wire                      m_axis_out_tready;
    wire                      m_axis_out_tlast;

    axis_player #(
        .W   (SPIKE_BEAT_W),
        .FILE("spikes.bin")
    ) u_spikes (
        .clk          (clk),
        .rst          (rst),
        .play         (spikes_play),
        .done         (spikes_done),
        .sent         (spikes_beats),
        .m_axis_tdata (s_axis_spike_tdata),
        .m_axis_tvalid(s_axis_spike_tvalid),
        .m_axis_tready(s_axis_spike_tready),
        .m_axis_tlast (s_axis_spike_tlast)
    );

    axis_player #(
        .W   (LANES * WEIGHT_W),
        .FILE("weights.bin")
    ) u_weights (
        .clk          (clk),
        .rst          (rst),
        .play         (weights_play),
        .done         (weights_done),
        .sent         (weights_beats),
        .m_axis_tdata (s_axis_weight_tdata),
        .m_axis_tvalid(s_axis_weight_tvalid),
        .m_axis_tready(s_axis_weight_tready),
        .m_axis_tlast (s_axis_weight_tlast)
    );

    axis_recorder #(
        .W   (LANES * ACC_W),
        .FILE("outputs.txt"),
        .GAPS("outputs.gap")
    ) u_outputs (
        .clk          (clk),
        .rst          (rst),
        .open         (outputs_open),
        .close        (outputs_close),
        .taken        (outputs_beats),
        .s_axis_tdata (m_axis_out_tdata),
        .s_axis_tvalid(m_axis_out_tvalid),
        .s_axis_tready(m_axis_out_tready),
        .s_axis_tlast (m_axis_out_tlast)
    );

    axil_player u_registers (
        .clk           (clk),
        .rst           (rst),
        .request       (access_request),
        .write         (access_write),
        .address       (access_address),
        .data          (access_data),
        .answer        (access_answer),
        .okay          (access_okay),
        .value         (access_value),
        .m_axil_awaddr (s_axil_awaddr),
        .m_axil_awvalid(s_axil_awvalid),
        .m_axil_awready(s_axil_awready),
        .m_axil_wdata  (s_axil_wdata),
        .m_axil_wstrb  (s_axil_wstrb),
        .m_axil_wvalid (s_axil_wvalid),
        .m_axil_wready (s_axil_wready),
        .m_axil_bresp  (s_axil_bresp),
        .m_axil_bvalid (s_axil_bvalid),
        .m_axil_bready (s_axil_bready),
        .m_axil_araddr (s_axil_araddr),
        .m_axil_arvalid(s_axil_arvalid),
        .m_axil_arready(s_axil_arready),
        .m_axil_rdata  (s_axil_rdata),
        .m_axil_rresp  (s_axil_rresp),
        .m_axil_rvalid (s_axil_rvalid),
        .m_axil_rready (s_axil_rready)
    );

    prosperity_top #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .BIAS_W      (BIAS_W),
        .LIF_CELLS   (LIF_CELLS),
        .SPIKE_BEAT_W(SPIKE_BEAT_W),
        .SPIKE_BEATS (SPIKE_BEATS),
        .WEIGHT_TILES(WEIGHT_TILES),
        .QUEUE_DEPTH (QUEUE_DEPTH),
        .DIM_W       (DIM_W)
    ) u_dut (
        .clk                 (clk),
        .rst                 (rst),
        .s_axil_awaddr       (s_axil_awaddr),
        .s_axil_awvalid      (s_axil_awvalid),
        .s_axil_awready      (s_axil_awready),
        .s_axil_wdata        (s_axil_wdata),
        .s_axil_wstrb        (s_axil_wstrb),
        .s_axil_wvalid       (s_axil_wvalid),
        .s_axil_wready       (s_axil_wready),
        .s_axil_bresp        (s_axil_bresp),
        .s_axil_bvalid       (s_axil_bvalid),
        .s_axil_bready       (s_axil_bready),
        .s_axil_araddr       (s_axil_araddr),
        .s_axil_arvalid      (s_axil_arvalid),
        .s_axil_arready      (s_axil_arready),
        .s_axil_rdata        (s_axil_rdata),
        .s_axil_rresp        (s_axil_rresp),
        .s_axil_rvalid       (s_axil_rvalid),
        .s_axil_rready       (s_axil_rready),
        .irq                 (irq),
        .s_axis_spike_tdata  (s_axis_spike_tdata),
        .s_axis_spike_tvalid (s_axis_spike_tvalid),
        .s_axis_spike_tready (s_axis_spike_tready),
        .s_axis_spike_tlast  (s_axis_spike_tlast),
        .s_axis_weight_tdata (s_axis_weight_tdata),
        .s_axis_weight_tvalid(s_axis_weight_tvalid),
        .s_axis_weight_tready(s_axis_weight_tready),
        .s_axis_weight_tlast (s_axis_weight_tlast),
        .m_axis_out_tdata    (m_axis_out_tdata),
        .m_axis_out_tvalid   (m_axis_out_tvalid),
        .m_axis_out_tready   (m_axis_out_tready),
        .m_axis_out_tlast    (m_axis_out_tlast)
    );

endmodule

`default_nettype wire
