// SPDX-License-Identifier: Apache-2.0
// Registers of the machine behind AXI4-Lite; the map is registers.yaml.
//
// Function:   holds the configuration, turns writes of CTRL into requests, shows state, parameters
//             and counters, and raises irq.
// Latency:    a request follows its write by one cycle; soft_rst is high for one cycle.
// Handshake:  configuration writes while busy are refused and reported by config_busy.
// Reset:      configuration to the map's reset values (hard reset only).
`default_nettype none

module prosperity_regs #(
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
    parameter DIM_W        = 24,
    // bits of a counter number
    parameter SEL_W        = 5
) (
    input  wire             clk,
    input  wire             rst,
    // AXI4-Lite
    input  wire [11:0]      s_axil_awaddr,
    input  wire             s_axil_awvalid,
    output wire             s_axil_awready,
    input  wire [31:0]      s_axil_wdata,
    input  wire [3:0]       s_axil_wstrb,
    input  wire             s_axil_wvalid,
    output wire             s_axil_wready,
    output wire [1:0]       s_axil_bresp,
    output wire             s_axil_bvalid,
    input  wire             s_axil_bready,
    input  wire [11:0]      s_axil_araddr,
    input  wire             s_axil_arvalid,
    output wire             s_axil_arready,
    output wire [31:0]      s_axil_rdata,
    output wire [1:0]       s_axil_rresp,
    output wire             s_axil_rvalid,
    input  wire             s_axil_rready,
    output wire             irq,
    // requests
    output reg              start_request,
    output reg              soft_rst,
    output reg              config_busy,
    // configuration
    output reg  [31:0]      dim_m,
    output reg  [31:0]      dim_k,
    output reg  [31:0]      dim_n,
    output reg  [31:0]      time_steps,
    output reg  [1:0]       sparsity,
    output reg              spikes_out,
    output reg  [4:0]       leak_shift,
    output reg              lif_soft_reset,
    output reg              fire_ge,
    // state
    input  wire             start,
    input  wire             busy,
    input  wire             done,
    input  wire [3:0]       error,
    input  wire             done_event,
    input  wire             error_event,
    // counters
    output wire [SEL_W-1:0] counter_sel,
    input  wire [63:0]      counter_value
);

`include "prosperity_regs.vh"

    localparam [31:0] TILE_M_32       = TILE_M;
    localparam [31:0] TILE_K_32       = TILE_K;
    localparam [31:0] LANES_32        = LANES;
    localparam [31:0] WEIGHT_W_32     = WEIGHT_W;
    localparam [31:0] ACC_W_32        = ACC_W;
    localparam [31:0] BIAS_W_32       = BIAS_W;
    localparam [31:0] LIF_CELLS_32    = LIF_CELLS;
    localparam [31:0] SPIKE_BEAT_W_32 = SPIKE_BEAT_W;
    localparam [31:0] SPIKE_BEATS_32  = SPIKE_BEATS;
    localparam [31:0] WEIGHT_TILES_32 = WEIGHT_TILES;
    localparam [31:0] QUEUE_DEPTH_32  = QUEUE_DEPTH;
    localparam [31:0] DIM_W_32        = DIM_W;
    localparam [31:0] COUNTER_BYTES   = 8 * NUM_COUNTERS;

    wire        wr_en;
    wire [11:0] wr_addr;
    wire [31:0] wr_data;
    wire [3:0]  wr_strb;
    reg         wr_err;
    wire        rd_en;
    wire [11:0] rd_addr;
    reg  [31:0] rd_data;
    reg         rd_err;

    axil_slave #(
        .ADDR_W(12)
    ) u_axil_slave (
        .clk           (clk),
        .rst           (rst),
        .s_axil_awaddr (s_axil_awaddr),
        .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready),
        .s_axil_wdata  (s_axil_wdata),
        .s_axil_wstrb  (s_axil_wstrb),
        .s_axil_wvalid (s_axil_wvalid),
        .s_axil_wready (s_axil_wready),
        .s_axil_bresp  (s_axil_bresp),
        .s_axil_bvalid (s_axil_bvalid),
        .s_axil_bready (s_axil_bready),
        .s_axil_araddr (s_axil_araddr),
        .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready),
        .s_axil_rdata  (s_axil_rdata),
        .s_axil_rresp  (s_axil_rresp),
        .s_axil_rvalid (s_axil_rvalid),
        .s_axil_rready (s_axil_rready),
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

    // ---- writes ----
    wire [31:0] wr_mask = {{8{wr_strb[3]}}, {8{wr_strb[2]}}, {8{wr_strb[1]}}, {8{wr_strb[0]}}};
    // A start that is on its way counts as busy: nothing may change under it.
    wire        locked  = busy || start || start_request;

    reg [1:0] irq_enable_q;
    reg [1:0] irq_status_q;
    reg       is_config;

    always @* begin
        is_config = 1'b0;
        wr_err    = 1'b0;
        case (wr_addr)
            ADDR_DIM_M, ADDR_DIM_K, ADDR_DIM_N, ADDR_TIME_STEPS, ADDR_MODE, ADDR_LIF: begin
                is_config = 1'b1;
                wr_err    = locked;
            end
            ADDR_CTRL, ADDR_IRQ_ENABLE, ADDR_IRQ_STATUS: begin
                wr_err = 1'b0;
            end
            default: begin
                wr_err = 1'b1;
            end
        endcase
    end

    wire        wr_config  = wr_en && is_config && !locked;
    wire        wr_ctrl    = wr_en && wr_addr == ADDR_CTRL;
    wire [31:0] wr_bits    = wr_data & wr_mask;

    always @(posedge clk) begin
        if (rst) begin
            start_request  <= 1'b0;
            soft_rst       <= 1'b0;
            config_busy    <= 1'b0;
            dim_m          <= RESET_DIM_M;
            dim_k          <= RESET_DIM_K;
            dim_n          <= RESET_DIM_N;
            time_steps     <= RESET_TIME_STEPS;
            {spikes_out, sparsity}                <= RESET_MODE[2:0];
            {fire_ge, lif_soft_reset, leak_shift} <= RESET_LIF[6:0];
            irq_enable_q   <= 2'b00;
            irq_status_q   <= 2'b00;
        end else begin
            start_request <= wr_ctrl && wr_bits[0] && !wr_bits[1];
            soft_rst      <= wr_ctrl && wr_bits[1];
            config_busy   <= wr_en && is_config && locked;
            if (wr_config) begin
                case (wr_addr)
                    ADDR_DIM_M:      dim_m      <= (dim_m & ~wr_mask) | wr_bits;
                    ADDR_DIM_K:      dim_k      <= (dim_k & ~wr_mask) | wr_bits;
                    ADDR_DIM_N:      dim_n      <= (dim_n & ~wr_mask) | wr_bits;
                    ADDR_TIME_STEPS: time_steps <= (time_steps & ~wr_mask) | wr_bits;
                    ADDR_MODE: {spikes_out, sparsity} <=
                        ({spikes_out, sparsity} & ~wr_mask[2:0]) | wr_bits[2:0];
                    default: {fire_ge, lif_soft_reset, leak_shift} <=
                        ({fire_ge, lif_soft_reset, leak_shift} & ~wr_mask[6:0]) | wr_bits[6:0];
                endcase
            end
            if (wr_en && wr_addr == ADDR_IRQ_ENABLE) begin
                irq_enable_q <= (irq_enable_q & ~wr_mask[1:0]) | wr_bits[1:0];
            end
            // An event in the cycle that clears it is not lost.
            irq_status_q <= (irq_status_q
                & ~(wr_en && wr_addr == ADDR_IRQ_STATUS ? wr_bits[1:0] : 2'b00))
                | {error_event, done_event};
        end
    end

    assign irq = (irq_status_q & irq_enable_q) != 2'b00;

    // ---- reads ----
    wire [11:0] counter_offset = rd_addr - ADDR_COUNTERS;
    wire        is_counter     = rd_addr >= ADDR_COUNTERS && counter_offset < COUNTER_BYTES[11:0];

    assign counter_sel = counter_offset[SEL_W+2:3];

    always @* begin
        rd_err = 1'b0;
        case (rd_addr)
            ADDR_ID:                 rd_data = RESET_ID;
            ADDR_VERSION:            rd_data = RESET_VERSION;
            ADDR_CTRL:               rd_data = 32'd0;
            ADDR_STATUS:             rd_data = {29'd0, error != ERR_NONE, done, busy || start};
            ADDR_ERROR:              rd_data = {28'd0, error};
            ADDR_IRQ_ENABLE:         rd_data = {30'd0, irq_enable_q};
            ADDR_IRQ_STATUS:         rd_data = {30'd0, irq_status_q};
            ADDR_DIM_M:              rd_data = dim_m;
            ADDR_DIM_K:              rd_data = dim_k;
            ADDR_DIM_N:              rd_data = dim_n;
            ADDR_TIME_STEPS:         rd_data = time_steps;
            ADDR_MODE:               rd_data = {29'd0, spikes_out, sparsity};
            ADDR_LIF:                rd_data = {25'd0, fire_ge, lif_soft_reset, leak_shift};
            ADDR_PARAM_TILE_M:       rd_data = TILE_M_32;
            ADDR_PARAM_TILE_K:       rd_data = TILE_K_32;
            ADDR_PARAM_LANES:        rd_data = LANES_32;
            ADDR_PARAM_WEIGHT_W:     rd_data = WEIGHT_W_32;
            ADDR_PARAM_ACC_W:        rd_data = ACC_W_32;
            ADDR_PARAM_BIAS_W:       rd_data = BIAS_W_32;
            ADDR_PARAM_LIF_CELLS:    rd_data = LIF_CELLS_32;
            ADDR_PARAM_SPIKE_BEAT_W: rd_data = SPIKE_BEAT_W_32;
            ADDR_PARAM_SPIKE_BEATS:  rd_data = SPIKE_BEATS_32;
            ADDR_PARAM_WEIGHT_TILES: rd_data = WEIGHT_TILES_32;
            ADDR_PARAM_QUEUE_DEPTH:  rd_data = QUEUE_DEPTH_32;
            ADDR_PARAM_DIM_W:        rd_data = DIM_W_32;
            default: begin
                rd_data = !is_counter ? 32'd0
                    : rd_addr[2] ? counter_value[63:32] : counter_value[31:0];
                rd_err  = rd_en && (!is_counter || rd_addr[1:0] != 2'b00);
            end
        endcase
    end

endmodule

`default_nettype wire
