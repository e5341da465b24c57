// SPDX-License-Identifier: Apache-2.0
// Registers of a machine behind AXI4-Lite: what the register maps of all machines share.
//
// Function:   holds the configuration, turns writes of CTRL into requests, shows state, parameters
//             and counters, and raises irq. Addresses, reset values and codes are those of registers.yaml;
//             what the bits of mode and lif mean is up to the machine.
// Latency:    a request follows its write by one cycle; soft_rst is high for one cycle.
// Handshake:  configuration writes while busy, or after a halt until soft_rst, are refused and reported
//             by config_busy.
// Reset:      configuration to the map's reset values (hard reset only).
`default_nettype none

module snn_machine_regs #(
    // what ID and VERSION read
    parameter [31:0] ID = 32'd0,
    parameter [31:0] VERSION = 32'd0,
    // read-only registers from ADDR_PARAMS on, 1 to 48, and what they read: the first one lowest
    parameter NUM_PARAMS = 1,
    parameter [32*NUM_PARAMS-1:0] PARAM_VALUES = {NUM_PARAMS{32'd0}},
    // counters from ADDR_COUNTERS on, 2 to 480
    parameter NUM_COUNTERS = 2,
    // bits of MODE and of LIF, 1 to 31
    parameter MODE_W = 1,
    parameter LIF_W = 7,
    // 0: there is no TIME_STEPS, its address is unmapped and time_steps stays 0
    parameter HAS_TIME_STEPS = 1,
    // bits of a counter number, derived
    parameter SEL_W = $clog2(NUM_COUNTERS)
) (
    input  wire              clk,
    input  wire              rst,
    // AXI4-Lite
    input  wire [11:0]       s_axil_awaddr,
    input  wire              s_axil_awvalid,
    output wire              s_axil_awready,
    input  wire [31:0]       s_axil_wdata,
    input  wire [3:0]        s_axil_wstrb,
    input  wire              s_axil_wvalid,
    output wire              s_axil_wready,
    output wire [1:0]        s_axil_bresp,
    output wire              s_axil_bvalid,
    input  wire              s_axil_bready,
    input  wire [11:0]       s_axil_araddr,
    input  wire              s_axil_arvalid,
    output wire              s_axil_arready,
    output wire [31:0]       s_axil_rdata,
    output wire [1:0]        s_axil_rresp,
    output wire              s_axil_rvalid,
    input  wire              s_axil_rready,
    output wire              irq,
    // requests
    output reg               start_request,
    output reg               soft_rst,
    output reg               config_busy,
    // configuration
    output reg  [31:0]       dim_m,
    output reg  [31:0]       dim_k,
    output reg  [31:0]       dim_n,
    output reg  [31:0]       time_steps,
    output reg  [MODE_W-1:0] mode,
    output reg  [LIF_W-1:0]  lif,
    // state
    input  wire              start,
    input  wire              busy,
    input  wire              done,
    input  wire              halt,
    input  wire [3:0]        error,
    input  wire              done_event,
    input  wire              error_event,
    // counters
    output wire [SEL_W-1:0]  counter_sel,
    input  wire [63:0]       counter_value
);

`include "snn_machine_regs.vh"

    generate
        if (NUM_PARAMS < 1 || NUM_PARAMS > 48) begin : g_check_num_params
            illegal_parameter_NUM_PARAMS_outside_1_to_48 u_stop ();
        end
        if (NUM_COUNTERS < 2 || NUM_COUNTERS > 480) begin : g_check_num_counters
            illegal_parameter_NUM_COUNTERS_outside_2_to_480 u_stop ();
        end
        if (MODE_W < 1 || MODE_W > 31) begin : g_check_mode_w
            illegal_parameter_MODE_W_outside_1_to_31 u_stop ();
        end
        if (LIF_W < 1 || LIF_W > 31) begin : g_check_lif_w
            illegal_parameter_LIF_W_outside_1_to_31 u_stop ();
        end
        if (SEL_W != $clog2(NUM_COUNTERS)) begin : g_check_sel_w
            illegal_parameter_SEL_W_is_derived u_stop ();
        end
    endgenerate

    localparam [31:0] PARAM_BYTES     = 4 * NUM_PARAMS;
    localparam [31:0] COUNTER_BYTES   = 8 * NUM_COUNTERS;
    localparam        WITH_TIME_STEPS = HAS_TIME_STEPS != 0;
    // an unmapped address reads 0
    localparam [31:0] FIRST_TIME_STEPS = HAS_TIME_STEPS != 0 ? RESET_TIME_STEPS : 32'd0;

    wire        wr_en;
    wire [11:0] wr_addr;
    wire [31:0] wr_data;
    wire [3:0]  wr_strb;
    reg         wr_err;
    wire        rd_en;
    wire [11:0] rd_addr;
    reg  [31:0] rd_data;
    reg         rd_err;

    snn_axil_slave #(
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
    // A start that is on its way counts as busy: nothing may change under it. (No write can come beside
    // start_request, which follows another one.) Nor may it under an abandoned layer, whose tiles drain.
    wire        locked  = busy || start || halt;

    reg [1:0] irq_enable_q;
    reg [1:0] irq_status_q;
    reg       is_config;

    always @* begin
        case (wr_addr)
            ADDR_DIM_M, ADDR_DIM_K, ADDR_DIM_N, ADDR_MODE, ADDR_LIF: is_config = 1'b1;
            ADDR_TIME_STEPS: is_config = WITH_TIME_STEPS;
            default: is_config = 1'b0;
        endcase
        case (wr_addr)
            ADDR_CTRL, ADDR_IRQ_ENABLE, ADDR_IRQ_STATUS: wr_err = 1'b0;
            default: wr_err = !is_config || locked;
        endcase
    end

    wire        wr_config = wr_en && is_config && !locked;
    wire        wr_ctrl   = wr_en && wr_addr == ADDR_CTRL;
    wire [31:0] wr_bits   = wr_data & wr_mask;

    always @(posedge clk) begin
        if (rst) begin
            start_request <= 1'b0;
            soft_rst      <= 1'b0;
            config_busy   <= 1'b0;
            dim_m         <= RESET_DIM_M;
            dim_k         <= RESET_DIM_K;
            dim_n         <= RESET_DIM_N;
            time_steps    <= FIRST_TIME_STEPS;
            mode          <= RESET_MODE[MODE_W-1:0];
            lif           <= RESET_LIF[LIF_W-1:0];
            irq_enable_q  <= 2'b00;
            irq_status_q  <= 2'b00;
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
                    ADDR_MODE: mode <= (mode & ~wr_mask[MODE_W-1:0]) | wr_bits[MODE_W-1:0];
                    default:   lif  <= (lif & ~wr_mask[LIF_W-1:0]) | wr_bits[LIF_W-1:0];
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
    // An address below a base wraps round to an offset beyond the end.
    wire [11:0] param_offset   = rd_addr - ADDR_PARAMS;
    wire [11:0] counter_offset = rd_addr - ADDR_COUNTERS;
    wire        is_param       = param_offset < PARAM_BYTES[11:0];
    wire        is_counter     = counter_offset < COUNTER_BYTES[11:0];

    assign counter_sel = counter_offset[SEL_W+2:3];

    always @* begin
        rd_err = 1'b0;
        case (rd_addr)
            ADDR_ID:         rd_data = ID;
            ADDR_VERSION:    rd_data = VERSION;
            ADDR_CTRL:       rd_data = 32'd0;
            ADDR_STATUS:     rd_data = {29'd0, error != ERR_NONE, done, busy || start};
            ADDR_ERROR:      rd_data = {28'd0, error};
            ADDR_IRQ_ENABLE: rd_data = {30'd0, irq_enable_q};
            ADDR_IRQ_STATUS: rd_data = {30'd0, irq_status_q};
            ADDR_DIM_M:      rd_data = dim_m;
            ADDR_DIM_K:      rd_data = dim_k;
            ADDR_DIM_N:      rd_data = dim_n;
            ADDR_TIME_STEPS: begin
                rd_data = time_steps;
                rd_err  = !WITH_TIME_STEPS;
            end
            ADDR_MODE:       rd_data = {{(32 - MODE_W) {1'b0}}, mode};
            ADDR_LIF:        rd_data = {{(32 - LIF_W) {1'b0}}, lif};
            default: begin
                rd_data = is_param ? PARAM_VALUES[param_offset[7:2] * 32 +: 32]
                    : !is_counter ? 32'd0
                    : rd_addr[2] ? counter_value[63:32] : counter_value[31:0];
                rd_err  = rd_en && (!(is_param || is_counter) || rd_addr[1:0] != 2'b00);
            end
        endcase
    end

endmodule

`default_nettype wire
