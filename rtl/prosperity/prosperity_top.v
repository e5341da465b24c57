// SPDX-License-Identifier: Apache-2.0
// Prosperity: a spiking GeMM accelerator with product sparsity (HPCA 2025).
//
// Function:   out (M x N) = spikes (M x K, binary) * weights (K x N, signed), tile by tile, m, n and k
//             loops inside; then raw sums or integer LIF neurons over T time steps (row = position * T + t).
// Handshake:  AXI4-Lite registers (registers.yaml), AXI4-Stream spikes and weights in, rows out.
//             Streams carry tiles in m, n, k order, k innermost, each closed by tlast.
// Reset:      rst, synchronous, active high; CTRL.SOFT_RESET does the same but for the configuration.
// Limits:     K <= 2**(ACC_W - WEIGHT_W): every sum is exact.
`default_nettype none

module prosperity_top #(
    // rows of a tile, a power of two from 2 to 32768
    parameter TILE_M       = 256,
    // columns of a tile, 2 to 64
    parameter TILE_K       = 16,
    // output columns of a tile: adders
    parameter LANES        = 128,
    // bits of a weight, 2 or more
    parameter WEIGHT_W     = 8,
    // bits of an accumulated sum, WEIGHT_W + clog2(TILE_K) or more
    parameter ACC_W        = 24,
    // bits of a bias and of a threshold, a multiple of WEIGHT_W
    parameter BIAS_W       = 32,
    // neurons updated a cycle, a divisor of LANES
    parameter LIF_CELLS    = 32,
    // bits of a spike beat: a number of rows that divides TILE_M
    parameter SPIKE_BEAT_W = 1024,
    // spike beats held on chip, 2 or more
    parameter SPIKE_BEATS  = 64,
    // weight tiles held on chip, 2 or more
    parameter WEIGHT_TILES = 16,
    // row descriptors between detection and processing, 2 or more
    parameter QUEUE_DEPTH  = 512,
    // bits of a dimension, 2**(DIM_W - 1) at least TILE_M, TILE_K and LANES; 31 at most
    parameter DIM_W        = 24,
    // weight rows added a cycle, 1 to TILE_K
    parameter WEIGHT_PORTS = 1,
    // 1: rows of a tile that equal each other are searched and processed as one
    parameter MERGE_ROWS   = 0,
    // distance of rows that are issued one after the other, a power of two below TILE_M (1 without
    // MERGE_ROWS: of equal rows the first one must come first, it alone is stored)
    parameter ROW_STRIDE   = 1,
    // rows that accumulate a cycle, a power of two up to TILE_M / 2 (1 without MERGE_ROWS)
    parameter SUM_BANKS    = 1,
    // row results that wait for accumulation, 2 or more
    parameter RESULT_SLOTS = 2
) (
    input  wire                      clk,
    input  wire                      rst,
    // AXI4-Lite registers
    input  wire [11:0]               s_axil_awaddr,
    input  wire                      s_axil_awvalid,
    output wire                      s_axil_awready,
    input  wire [31:0]               s_axil_wdata,
    input  wire [3:0]                s_axil_wstrb,
    input  wire                      s_axil_wvalid,
    output wire                      s_axil_wready,
    output wire [1:0]                s_axil_bresp,
    output wire                      s_axil_bvalid,
    input  wire                      s_axil_bready,
    input  wire [11:0]               s_axil_araddr,
    input  wire                      s_axil_arvalid,
    output wire                      s_axil_arready,
    output wire [31:0]               s_axil_rdata,
    output wire [1:0]                s_axil_rresp,
    output wire                      s_axil_rvalid,
    input  wire                      s_axil_rready,
    output wire                      irq,
    // spikes: BEAT_ROWS rows a beat, row 0 and column 0 lowest
    input  wire [SPIKE_BEAT_W-1:0]   s_axis_spike_tdata,
    input  wire                      s_axis_spike_tvalid,
    output wire                      s_axis_spike_tready,
    input  wire                      s_axis_spike_tlast,
    // weights: one row a beat, lane 0 lowest; thresholds and biases lead an n tile
    input  wire [LANES*WEIGHT_W-1:0] s_axis_weight_tdata,
    input  wire                      s_axis_weight_tvalid,
    output wire                      s_axis_weight_tready,
    input  wire                      s_axis_weight_tlast,
    // outputs: one row of lanes a beat
    output wire [LANES*ACC_W-1:0]    m_axis_out_tdata,
    output wire                      m_axis_out_tvalid,
    input  wire                      m_axis_out_tready,
    output wire                      m_axis_out_tlast
);

`include "prosperity_regs.vh"

    localparam BEAT_ROWS   = SPIKE_BEAT_W / TILE_K;
    localparam TILE_BEATS  = TILE_M / BEAT_ROWS;
    localparam BEAT_IDX_W  = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1;
    localparam ROW_W       = $clog2(TILE_M);
    localparam ROWS_W      = $clog2(TILE_M + 1);
    localparam COL_W       = $clog2(TILE_K);
    localparam ONES_W      = $clog2(TILE_K + 1);
    localparam GROUP_W     = MERGE_ROWS != 0 ? TILE_M : 1;
    localparam BEAT_W      = LANES * WEIGHT_W;
    localparam PARAM_BEATS = BIAS_W / WEIGHT_W;
    localparam PARAM_IDX_W = $clog2(2 * PARAM_BEATS);
    localparam SEGMENTS    = LANES / LIF_CELLS;
    localparam SEG_W       = SEGMENTS > 1 ? $clog2(SEGMENTS) : 1;
    localparam SEL_W       = $clog2(NUM_COUNTERS);

    // The units check what concerns them alone; these concern the machine.
    generate
        if (TILE_M < 2 || TILE_M > 32768 || (TILE_M & (TILE_M - 1)) != 0) begin : g_check_tile_m
            illegal_parameter_TILE_M_is_no_power_of_two_from_2_to_32768 u_stop ();
        end
        if (TILE_K < 2 || TILE_K > 64) begin : g_check_tile_k
            illegal_parameter_TILE_K_outside_2_to_64 u_stop ();
        end
        if (LANES < 1) begin : g_check_lanes
            illegal_parameter_LANES_below_1 u_stop ();
        end
        if (WEIGHT_W < 2) begin : g_check_weight_w
            illegal_parameter_WEIGHT_W_below_2 u_stop ();
        end
        if (DIM_W < 1 || DIM_W > 31 || ((TILE_M - 1) >> (DIM_W - 1)) != 0
            || ((TILE_K - 1) >> (DIM_W - 1)) != 0
            || ((LANES - 1) >> (DIM_W - 1)) != 0) begin : g_check_dim_w
            illegal_parameter_DIM_W_too_narrow_or_above_31 u_stop ();
        end
        if (MERGE_ROWS != 0 && MERGE_ROWS != 1) begin : g_check_merge
            illegal_parameter_MERGE_ROWS_is_neither_0_nor_1 u_stop ();
        end
        if (MERGE_ROWS == 0 && ROW_STRIDE != 1) begin : g_check_stride
            illegal_parameter_ROW_STRIDE_above_1_without_MERGE_ROWS u_stop ();
        end
        if (MERGE_ROWS == 0 && SUM_BANKS != 1) begin : g_check_banks
            illegal_parameter_SUM_BANKS_above_1_without_MERGE_ROWS u_stop ();
        end
        if (RESULT_SLOTS < 2) begin : g_check_slots
            illegal_parameter_RESULT_SLOTS_below_2 u_stop ();
        end
    endgenerate

    // ---- registers and control ----
    wire              start_request;
    wire              soft_rst;
    wire              config_busy;
    wire [31:0]       dim_m;
    wire [31:0]       dim_k;
    wire [31:0]       dim_n;
    wire [31:0]       time_steps;
    wire [MODE_W-1:0] mode;
    wire [LIF_W-1:0]  lif;
    wire [3:0]        mode_error;
    wire              start;
    wire              busy;
    wire              done;
    wire              halt;
    wire [3:0]        error;
    wire              done_event;
    wire              error_event;
    wire [SEL_W-1:0]  counter_sel;
    wire [63:0]       counter_value;
    wire              spike_tlast_error;
    wire              weight_tlast_error;
    wire              layer_done;
    wire              core_rst = rst || soft_rst;

    wire [1:0]        sparsity       = mode[1:0];
    wire              spikes_out     = mode[2];
    wire [4:0]        leak_shift     = lif[4:0];
    wire              lif_soft_reset = lif[5];
    wire              fire_ge        = lif[6];

    // What the parameter registers read, in the order of the map.
    localparam [31:0] READ_TILE_M       = TILE_M;
    localparam [31:0] READ_TILE_K       = TILE_K;
    localparam [31:0] READ_LANES        = LANES;
    localparam [31:0] READ_WEIGHT_W     = WEIGHT_W;
    localparam [31:0] READ_ACC_W        = ACC_W;
    localparam [31:0] READ_BIAS_W       = BIAS_W;
    localparam [31:0] READ_LIF_CELLS    = LIF_CELLS;
    localparam [31:0] READ_SPIKE_BEAT_W = SPIKE_BEAT_W;
    localparam [31:0] READ_SPIKE_BEATS  = SPIKE_BEATS;
    localparam [31:0] READ_WEIGHT_TILES = WEIGHT_TILES;
    localparam [31:0] READ_QUEUE_DEPTH  = QUEUE_DEPTH;
    localparam [31:0] READ_DIM_W        = DIM_W;
    localparam [31:0] READ_WEIGHT_PORTS = WEIGHT_PORTS;
    localparam [31:0] READ_MERGE_ROWS   = MERGE_ROWS;
    localparam [31:0] READ_ROW_STRIDE   = ROW_STRIDE;
    localparam [31:0] READ_SUM_BANKS    = SUM_BANKS;
    localparam [31:0] READ_RESULT_SLOTS = RESULT_SLOTS;

    snn_machine_regs #(
        .ID          (RESET_ID),
        .VERSION     (RESET_VERSION),
        .NUM_PARAMS  (NUM_PARAMS),
        .PARAM_VALUES({READ_RESULT_SLOTS, READ_SUM_BANKS, READ_ROW_STRIDE, READ_MERGE_ROWS,
                       READ_WEIGHT_PORTS, READ_DIM_W, READ_QUEUE_DEPTH, READ_WEIGHT_TILES,
                       READ_SPIKE_BEATS, READ_SPIKE_BEAT_W, READ_LIF_CELLS, READ_BIAS_W, READ_ACC_W,
                       READ_WEIGHT_W, READ_LANES, READ_TILE_K, READ_TILE_M}),
        .NUM_COUNTERS(NUM_COUNTERS),
        .MODE_W      (MODE_W),
        .LIF_W       (LIF_W)
    ) u_machine_regs (
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
        .irq           (irq),
        .start_request (start_request),
        .soft_rst      (soft_rst),
        .config_busy   (config_busy),
        .dim_m         (dim_m),
        .dim_k         (dim_k),
        .dim_n         (dim_n),
        .time_steps    (time_steps),
        .mode          (mode),
        .lif           (lif),
        .start         (start),
        .busy          (busy),
        .done          (done),
        .halt          (halt),
        .error         (error),
        .done_event    (done_event),
        .error_event   (error_event),
        .counter_sel   (counter_sel),
        .counter_value (counter_value)
    );

    prosperity_mode_check #(
        .TILE_M(TILE_M)
    ) u_mode_check (
        .dim_m     (dim_m),
        .time_steps(time_steps),
        .sparsity  (sparsity),
        .spikes_out(spikes_out),
        .mode_error(mode_error)
    );

    snn_layer_control #(
        .WEIGHT_W(WEIGHT_W),
        .ACC_W   (ACC_W),
        .DIM_W   (DIM_W)
    ) u_layer_control (
        .clk               (clk),
        .rst               (core_rst),
        .start_request     (start_request),
        .config_busy       (config_busy),
        .dim_m             (dim_m),
        .dim_k             (dim_k),
        .dim_n             (dim_n),
        .mode_error        (mode_error),
        .spike_tlast_error (spike_tlast_error),
        .weight_tlast_error(weight_tlast_error),
        .layer_done        (layer_done),
        .start             (start),
        .busy              (busy),
        .done              (done),
        .halt              (halt),
        .error             (error),
        .done_event        (done_event),
        .error_event       (error_event)
    );

    // ---- spikes in ----
    wire [1:0]              bank_busy;
    wire                    load_valid;
    wire                    load_bank;
    wire [BEAT_IDX_W-1:0]   load_beat;
    wire [SPIKE_BEAT_W-1:0] load_rows;
    wire [BEAT_ROWS-1:0]    load_present;
    wire                    load_last;
    wire                    load_first_n;
    wire [ROWS_W-1:0]       load_tile_rows;

    prosperity_spike_buffer #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .DIM_W       (DIM_W),
        .SPIKE_BEAT_W(SPIKE_BEAT_W),
        .SPIKE_BEATS (SPIKE_BEATS)
    ) u_spike_buffer (
        .clk                (clk),
        .rst                (core_rst),
        .start              (start),
        .dim_m              (dim_m[DIM_W-1:0]),
        .dim_k              (dim_k[DIM_W-1:0]),
        .dim_n              (dim_n[DIM_W-1:0]),
        .hold               (halt),
        .tlast_error        (spike_tlast_error),
        .s_axis_spike_tdata (s_axis_spike_tdata),
        .s_axis_spike_tvalid(s_axis_spike_tvalid),
        .s_axis_spike_tready(s_axis_spike_tready),
        .s_axis_spike_tlast (s_axis_spike_tlast),
        .bank_busy          (bank_busy),
        .load_valid         (load_valid),
        .load_bank          (load_bank),
        .load_beat          (load_beat),
        .load_rows          (load_rows),
        .load_present       (load_present),
        .load_last          (load_last),
        .load_first_n       (load_first_n),
        .load_tile_rows     (load_tile_rows)
    );

    // ---- detection ----
    wire               desc_valid;
    wire               desc_ready;
    wire               desc_last;
    wire [ROW_W-1:0]   desc_row;
    wire [ROW_W-1:0]   desc_prefix;
    wire               desc_reuse;
    wire [TILE_K-1:0]  desc_pattern;
    wire [GROUP_W-1:0] desc_rows;
    wire               pruned_valid;
    wire               pruned_last;
    wire               pruned_bank;
    wire               pruned_reuse;
    wire [ONES_W-1:0]  pruned_ones;
    wire [TILE_K-1:0]  pruned_pattern;
    wire               pruned_none;
    wire [ROW_W-1:0]   pruned_twins;
    wire               queue_full;
    wire               detecting;

    prosperity_row_detection #(
        .TILE_M     (TILE_M),
        .TILE_K     (TILE_K),
        .BEAT_ROWS  (BEAT_ROWS),
        .QUEUE_DEPTH(QUEUE_DEPTH),
        .MERGE_ROWS (MERGE_ROWS),
        .ROW_STRIDE (ROW_STRIDE)
    ) u_row_detection (
        .clk           (clk),
        .rst           (core_rst),
        .reuse         (sparsity == MODE_PRODUCT),
        .dense         (sparsity == MODE_DENSE),
        .load_valid    (load_valid),
        .load_bank     (load_bank),
        .load_beat     (load_beat),
        .load_rows     (load_rows),
        .load_present  (load_present),
        .load_last     (load_last),
        .bank_busy     (bank_busy),
        .detecting     (detecting),
        .desc_valid    (desc_valid),
        .desc_ready    (desc_ready),
        .desc_last     (desc_last),
        .desc_row      (desc_row),
        .desc_prefix   (desc_prefix),
        .desc_reuse    (desc_reuse),
        .desc_pattern  (desc_pattern),
        .desc_rows     (desc_rows),
        .pruned_valid  (pruned_valid),
        .pruned_last   (pruned_last),
        .pruned_bank   (pruned_bank),
        .pruned_reuse  (pruned_reuse),
        .pruned_ones   (pruned_ones),
        .pruned_pattern(pruned_pattern),
        .pruned_none   (pruned_none),
        .pruned_twins  (pruned_twins),
        .queue_full    (queue_full)
    );

    // ---- weights in ----
    wire                           param_room;
    wire                           param_valid;
    wire [PARAM_IDX_W-1:0]         param_idx;
    wire [BEAT_W-1:0]              param_data;
    wire                           param_last;
    wire                           weight_valid;
    wire                           weight_done;
    wire [WEIGHT_PORTS*COL_W-1:0]  weight_cols;
    wire [WEIGHT_PORTS*BEAT_W-1:0] weight_rows;
    wire                           step;
    wire                           wait_room;

    prosperity_weight_buffer #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .WEIGHT_W    (WEIGHT_W),
        .BIAS_W      (BIAS_W),
        .DIM_W       (DIM_W),
        .WEIGHT_TILES(WEIGHT_TILES),
        .WEIGHT_PORTS(WEIGHT_PORTS)
    ) u_weight_buffer (
        .clk                 (clk),
        .rst                 (core_rst),
        .start               (start),
        .dim_m               (dim_m[DIM_W-1:0]),
        .dim_k               (dim_k[DIM_W-1:0]),
        .dim_n               (dim_n[DIM_W-1:0]),
        .spikes_out          (spikes_out),
        .hold                (halt),
        .tlast_error         (weight_tlast_error),
        .s_axis_weight_tdata (s_axis_weight_tdata),
        .s_axis_weight_tvalid(s_axis_weight_tvalid),
        .s_axis_weight_tready(s_axis_weight_tready),
        .s_axis_weight_tlast (s_axis_weight_tlast),
        .param_room          (param_room),
        .param_valid         (param_valid),
        .param_idx           (param_idx),
        .param_data          (param_data),
        .param_last          (param_last),
        .tile_valid          (weight_valid),
        .tile_done           (weight_done),
        .rd_en               (step),
        .rd_cols             (weight_cols),
        .rd_rows             (weight_rows)
    );

    // ---- processing ----
    wire [1:0]             fill_done;
    wire                   read_en;
    wire                   read_bank;
    wire [ROW_W-1:0]       read_row;
    wire [LANES*ACC_W-1:0] read_sum;
    wire [1:0]             bank_done;
    wire                   active;

    prosperity_row_processing #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .DIM_W       (DIM_W),
        .WEIGHT_PORTS(WEIGHT_PORTS),
        .MERGE_ROWS  (MERGE_ROWS),
        .SUM_BANKS   (SUM_BANKS),
        .RESULT_SLOTS(RESULT_SLOTS)
    ) u_row_processing (
        .clk         (clk),
        .rst         (core_rst),
        .start       (start),
        .dim_m       (dim_m[DIM_W-1:0]),
        .dim_k       (dim_k[DIM_W-1:0]),
        .dim_n       (dim_n[DIM_W-1:0]),
        .dense       (sparsity == MODE_DENSE),
        .desc_valid  (desc_valid),
        .desc_ready  (desc_ready),
        .desc_last   (desc_last),
        .desc_row    (desc_row),
        .desc_prefix (desc_prefix),
        .desc_reuse  (desc_reuse),
        .desc_pattern(desc_pattern),
        .desc_rows   (desc_rows),
        .weight_valid(weight_valid),
        .weight_done (weight_done),
        .weight_cols (weight_cols),
        .weight_rows (weight_rows),
        .fill_done   (fill_done),
        .read_en     (read_en),
        .read_bank   (read_bank),
        .read_row    (read_row),
        .read_sum    (read_sum),
        .bank_done   (bank_done),
        .step        (step),
        .wait_room   (wait_room),
        .active      (active)
    );

    // ---- output ----
    wire [SEG_W-1:0]            param_segment;
    wire [LIF_CELLS*BIAS_W-1:0] param_thresholds;
    wire [LIF_CELLS*BIAS_W-1:0] param_biases;
    wire                        param_release;

    snn_param_store #(
        .LANES    (LANES),
        .WEIGHT_W (WEIGHT_W),
        .BIAS_W   (BIAS_W),
        .LIF_CELLS(LIF_CELLS)
    ) u_param_store (
        .clk        (clk),
        .rst        (core_rst),
        .room       (param_room),
        .load_valid (param_valid),
        .load_idx   (param_idx),
        .load_data  (param_data),
        .load_last  (param_last),
        .release_set(param_release),
        .segment    (param_segment),
        .thresholds (param_thresholds),
        .biases     (param_biases)
    );

    prosperity_output_unit #(
        .TILE_M   (TILE_M),
        .LANES    (LANES),
        .ACC_W    (ACC_W),
        .BIAS_W   (BIAS_W),
        .LIF_CELLS(LIF_CELLS),
        .DIM_W    (DIM_W)
    ) u_output_unit (
        .clk              (clk),
        .rst              (core_rst),
        .start            (start),
        .dim_m            (dim_m[DIM_W-1:0]),
        .dim_n            (dim_n[DIM_W-1:0]),
        .time_steps       (time_steps[ROW_W:0]),
        .spikes_out       (spikes_out),
        .leak_shift       (leak_shift),
        .soft_reset       (lif_soft_reset),
        .fire_ge          (fire_ge),
        .fill_done        (fill_done),
        .read_en          (read_en),
        .read_bank        (read_bank),
        .read_row         (read_row),
        .read_sum         (read_sum),
        .bank_done        (bank_done),
        .param_segment    (param_segment),
        .param_thresholds (param_thresholds),
        .param_biases     (param_biases),
        .param_release    (param_release),
        .m_axis_out_tdata (m_axis_out_tdata),
        .m_axis_out_tvalid(m_axis_out_tvalid),
        .m_axis_out_tready(m_axis_out_tready),
        .m_axis_out_tlast (m_axis_out_tlast),
        .layer_done       (layer_done)
    );

    // ---- counters ----
    prosperity_event_counters #(
        .TILE_M    (TILE_M),
        .TILE_K    (TILE_K),
        .SEL_W     (SEL_W),
        .MERGE_ROWS(MERGE_ROWS)
    ) u_event_counters (
        .clk           (clk),
        .rst           (rst),
        .core_rst      (core_rst),
        .start         (start),
        .layer_done    (layer_done),
        .spike_taken   (s_axis_spike_tvalid && s_axis_spike_tready),
        .weight_taken  (s_axis_weight_tvalid && s_axis_weight_tready),
        .output_taken  (m_axis_out_tvalid && m_axis_out_tready),
        .step          (step),
        .active        (active),
        .desc_valid    (desc_valid),
        .weight_valid  (weight_valid),
        .wait_room     (wait_room),
        .weight_done   (weight_done),
        .detecting     (detecting),
        .queue_full    (queue_full),
        .load_done     (load_valid && load_last),
        .load_bank     (load_bank),
        .load_first_n  (load_first_n),
        .load_tile_rows(load_tile_rows),
        .pruned_valid  (pruned_valid),
        .pruned_last   (pruned_last),
        .pruned_bank   (pruned_bank),
        .pruned_reuse  (pruned_reuse),
        .pruned_ones   (pruned_ones),
        .pruned_pattern(pruned_pattern),
        .pruned_none   (pruned_none),
        .pruned_twins  (pruned_twins),
        .sel           (counter_sel),
        .value         (counter_value)
    );

endmodule

`default_nettype wire
