// SPDX-License-Identifier: Apache-2.0
// LoAS: a dual-sparse spiking GeMM accelerator, all time steps in parallel (MICRO 2024).
//
// Function:   out (M x N x T) = spikes (M x K x T, binary) * weights (K x N, signed), tile by tile, m, n and k loops
//             inside; then raw sums or integer LIF neurons over the T time steps, compressed.
// Handshake:  AXI4-Lite registers (registers.yaml), AXI4-Stream fibre tiles of spikes and of weights in, columns
//             of sums or compressed rows of spikes out. Streams carry tiles in m, n, k order, k innermost, each
//             closed by tlast.
// Reset:      rst, synchronous, active high; CTRL.SOFT_RESET does the same but for the configuration.
// Limits:     K <= 2**(ACC_W - WEIGHT_W): every sum is exact.
`default_nettype none

module loas_top #(
    // time steps: bits of a packed spike word; 2, 4 or 8
    parameter TIME_STEPS   = 4,
    // positions of k in a chunk, a power of two from 32 to 128
    parameter CHUNK        = 128,
    // processing elements: rows of a tile, 1 or more
    parameter TPPES        = 16,
    // columns of a tile, 2 or more
    parameter COLUMNS      = 32,
    // positions the laggy prefix sums take a cycle, a divisor of CHUNK and COLUMNS
    parameter LAGGY_ADDERS = 16,
    // matches of a TPPE that wait for their word, 2 or more
    parameter FIFO_DEPTH   = 8,
    // weight fibres that wait in a TPPE, 2 or more
    parameter QUEUE_DEPTH  = 4,
    // bits of a weight, 2 or more
    parameter WEIGHT_W     = 8,
    // bits of a sum, WEIGHT_W + clog2(CHUNK) or more
    parameter ACC_W        = 24,
    // bits of a bias and of a threshold, a multiple of BEAT_W / COLUMNS
    parameter BIAS_W       = 32,
    // bits of an input beat, a multiple of CHUNK, COLUMNS, WEIGHT_W and TIME_STEPS; the values of a chunk fit
    parameter BEAT_W       = 1024,
    // bitmask beats that each fibre buffer holds, those of a tile or more
    parameter MASK_BEATS   = 8,
    // value beats that each fibre buffer holds, 2 or more
    parameter VALUE_BEATS  = 8,
    // bits of a dimension, 2**(DIM_W - 1) at least TPPES, CHUNK and COLUMNS; 31 at most
    parameter DIM_W        = 24,
    // neighbouring columns whose weight fibres are broadcast as one: a power of two below COLUMNS that
    // divides COLUMNS and BEAT_W / CHUNK
    parameter JOINED_COLUMNS = 1,
    // chunks of its row that a TPPE keeps, 2 or more
    parameter CHUNK_BANKS  = 2,
    // bits of an output beat, derived
    parameter SUMS_W       = TPPES * TIME_STEPS * ACC_W,
    parameter FIBRE_W      = COLUMNS * (1 + TIME_STEPS),
    parameter OUT_W        = SUMS_W > FIBRE_W ? SUMS_W : FIBRE_W
) (
    input  wire              clk,
    input  wire              rst,
    // AXI4-Lite registers
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
    // spikes: a fibre a row
    input  wire [BEAT_W-1:0] s_axis_spike_tdata,
    input  wire              s_axis_spike_tvalid,
    output wire              s_axis_spike_tready,
    input  wire              s_axis_spike_tlast,
    // weights: a fibre a column; thresholds and biases lead an n tile
    input  wire [BEAT_W-1:0] s_axis_weight_tdata,
    input  wire              s_axis_weight_tvalid,
    output wire              s_axis_weight_tready,
    input  wire              s_axis_weight_tlast,
    // outputs: a column of sums, or a compressed row of spikes, a beat
    output wire [OUT_W-1:0]  m_axis_out_tdata,
    output wire              m_axis_out_tvalid,
    input  wire              m_axis_out_tready,
    output wire              m_axis_out_tlast
);

`include "loas_regs.vh"

    localparam ROW_W       = TPPES > 1 ? $clog2(TPPES) : 1;
    localparam ROWS_W      = $clog2(TPPES + 1);
    localparam COLUMN_W    = $clog2(COLUMNS);
    localparam GROUP_W     = $clog2(COLUMNS / JOINED_COLUMNS);
    localparam BANK_W      = $clog2(CHUNK_BANKS);
    localparam USED_W      = $clog2(COLUMNS + 1);
    localparam COUNT_W     = $clog2(CHUNK + 1);
    localparam WORDS_W     = CHUNK * TIME_STEPS;
    localparam VALUES_W    = CHUNK * WEIGHT_W;
    localparam MASK_W      = JOINED_COLUMNS * CHUNK;
    localparam STEP_SUMS_W = TIME_STEPS * ACC_W;
    localparam LANE_W      = BEAT_W / COLUMNS;
    localparam PARAM_BEATS = BIAS_W / LANE_W;
    localparam PARAM_IDX_W = $clog2(2 * PARAM_BEATS);
    localparam SEL_W       = $clog2(NUM_COUNTERS);

    // The units check what concerns them alone; these concern the machine.
    generate
        if (TIME_STEPS != 2 && TIME_STEPS != 4 && TIME_STEPS != 8) begin : g_check_time_steps
            illegal_parameter_TIME_STEPS_is_not_2_4_or_8 u_stop ();
        end
        if (CHUNK != 32 && CHUNK != 64 && CHUNK != 128) begin : g_check_chunk
            illegal_parameter_CHUNK_is_not_32_64_or_128 u_stop ();
        end
        if (TPPES < 1) begin : g_check_tppes
            illegal_parameter_TPPES_below_1 u_stop ();
        end
        if (COLUMNS < 2) begin : g_check_columns
            illegal_parameter_COLUMNS_below_2 u_stop ();
        end
        if (WEIGHT_W < 2) begin : g_check_weight_w
            illegal_parameter_WEIGHT_W_below_2 u_stop ();
        end
        if (ACC_W < WEIGHT_W + $clog2(CHUNK)) begin : g_check_acc_w
            illegal_parameter_ACC_W_below_WEIGHT_W_plus_clog2_CHUNK u_stop ();
        end
        if (LANE_W * COLUMNS != BEAT_W || PARAM_BEATS * LANE_W != BIAS_W) begin : g_check_bias_w
            illegal_parameter_BIAS_W_is_no_multiple_of_BEAT_W_by_COLUMNS u_stop ();
        end
        if (JOINED_COLUMNS < 1 || 1 << $clog2(JOINED_COLUMNS) != JOINED_COLUMNS
            || JOINED_COLUMNS >= COLUMNS || COLUMNS % JOINED_COLUMNS != 0
            || BEAT_W / CHUNK % JOINED_COLUMNS != 0) begin : g_check_joined_columns
            illegal_parameter_JOINED_COLUMNS_is_no_power_of_two_that_divides u_stop ();
        end
        if (CHUNK_BANKS < 2) begin : g_check_chunk_banks
            illegal_parameter_CHUNK_BANKS_below_2 u_stop ();
        end
        if (DIM_W < 1 || DIM_W > 31 || ((TPPES - 1) >> (DIM_W - 1)) != 0
            || ((CHUNK - 1) >> (DIM_W - 1)) != 0
            || ((COLUMNS - 1) >> (DIM_W - 1)) != 0) begin : g_check_dim_w
            illegal_parameter_DIM_W_too_narrow_or_above_31 u_stop ();
        end
        if (SUMS_W != TPPES * TIME_STEPS * ACC_W || FIBRE_W != COLUMNS * (1 + TIME_STEPS)
            || OUT_W != (SUMS_W > FIBRE_W ? SUMS_W : FIBRE_W)) begin : g_check_out_w
            illegal_parameter_OUT_W_is_derived u_stop ();
        end
    endgenerate

    // ---- registers and control ----
    wire              start_request;
    wire              soft_rst;
    wire              config_busy;
    wire [31:0]       dim_m;
    wire [31:0]       dim_k;
    wire [31:0]       dim_n;
    wire [31:0]       unused_time_steps;
    wire [MODE_W-1:0] mode;
    wire [LIF_W-1:0]  lif;
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

    wire              drop_single    = mode[0];
    wire              spikes_out     = mode[1];
    wire [4:0]        leak_shift     = lif[4:0];
    wire              lif_soft_reset = lif[5];
    wire              fire_ge        = lif[6];

    // What the parameter registers read, in the order of the map.
    localparam [31:0] READ_TIME_STEPS   = TIME_STEPS;
    localparam [31:0] READ_CHUNK        = CHUNK;
    localparam [31:0] READ_TPPES        = TPPES;
    localparam [31:0] READ_COLUMNS      = COLUMNS;
    localparam [31:0] READ_LAGGY_ADDERS = LAGGY_ADDERS;
    localparam [31:0] READ_FIFO_DEPTH   = FIFO_DEPTH;
    localparam [31:0] READ_QUEUE_DEPTH  = QUEUE_DEPTH;
    localparam [31:0] READ_WEIGHT_W     = WEIGHT_W;
    localparam [31:0] READ_ACC_W        = ACC_W;
    localparam [31:0] READ_BIAS_W       = BIAS_W;
    localparam [31:0] READ_BEAT_W       = BEAT_W;
    localparam [31:0] READ_MASK_BEATS   = MASK_BEATS;
    localparam [31:0] READ_VALUE_BEATS  = VALUE_BEATS;
    localparam [31:0] READ_DIM_W        = DIM_W;
    localparam [31:0] READ_JOINED       = JOINED_COLUMNS;
    localparam [31:0] READ_CHUNK_BANKS  = CHUNK_BANKS;

    snn_machine_regs #(
        .ID            (RESET_ID),
        .VERSION       (RESET_VERSION),
        .NUM_PARAMS    (NUM_PARAMS),
        .PARAM_VALUES  ({READ_CHUNK_BANKS, READ_JOINED, READ_DIM_W, READ_VALUE_BEATS,
                         READ_MASK_BEATS, READ_BEAT_W, READ_BIAS_W, READ_ACC_W, READ_WEIGHT_W,
                         READ_QUEUE_DEPTH, READ_FIFO_DEPTH,
                         READ_LAGGY_ADDERS, READ_COLUMNS, READ_TPPES, READ_CHUNK,
                         READ_TIME_STEPS}),
        .NUM_COUNTERS  (NUM_COUNTERS),
        .MODE_W        (MODE_W),
        .LIF_W         (LIF_W),
        .HAS_TIME_STEPS(0)
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
        .time_steps    (unused_time_steps),
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
        .mode_error        (ERR_NONE),
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
    wire                   row_valid;
    wire                   row_ready;
    wire                   unused_there;
    wire                   row_end;
    wire [ROW_W-1:0]       row_index;
    wire [CHUNK-1:0]       row_mask;
    wire [WORDS_W-1:0]     row_words;
    wire                   row_first_n;
    wire [CHUNK-1:0]       row_live;
    wire [COUNT_W-1:0]     row_dropped;
    wire [ROWS_W-1:0]      unused_rows;
    wire                   unused_last_k;
    wire                   unused_last;
    wire                   unused_param_valid;
    wire                   unused_param_last;
    wire [PARAM_IDX_W-1:0] unused_param_idx;

    loas_fibre_buffer #(
        .TPPES      (TPPES),
        .CHUNK      (CHUNK),
        .COLUMNS    (COLUMNS),
        .BEAT_W     (BEAT_W),
        .ELEM_W     (TIME_STEPS),
        .WEIGHTS    (0),
        .PARAM_BEATS(PARAM_BEATS),
        .MASK_BEATS (MASK_BEATS),
        .VALUE_BEATS(VALUE_BEATS),
        .DIM_W      (DIM_W)
    ) u_spike_buffer (
        .clk          (clk),
        .rst          (core_rst),
        .start        (start),
        .dim_m        (dim_m[DIM_W-1:0]),
        .dim_k        (dim_k[DIM_W-1:0]),
        .dim_n        (dim_n[DIM_W-1:0]),
        .spikes_out   (spikes_out),
        .hold         (halt),
        .tlast_error  (spike_tlast_error),
        .s_axis_tdata (s_axis_spike_tdata),
        .s_axis_tvalid(s_axis_spike_tvalid),
        .s_axis_tready(s_axis_spike_tready),
        .s_axis_tlast (s_axis_spike_tlast),
        .param_room   (1'b0),
        .param_valid  (unused_param_valid),
        .param_idx    (unused_param_idx),
        .param_last   (unused_param_last),
        .drop         (1'b0),
        .item_valid   (row_valid),
        .item_ready   (row_ready),
        .item_fibres  (unused_there),
        .item_end     (row_end),
        .item_index   (row_index),
        .item_mask    (row_mask),
        .item_values  (row_words),
        .tile_fibres  (unused_rows),
        .tile_first_n (row_first_n),
        .tile_last_k  (unused_last_k),
        .tile_last    (unused_last)
    );

    // A spike tile is never dropped, so each of its items is a row.
    loas_ft_filter #(
        .CHUNK     (CHUNK),
        .TIME_STEPS(TIME_STEPS)
    ) u_ft_filter (
        .drop_single(drop_single),
        .mask       (row_mask),
        .words      (row_words),
        .live       (row_live),
        .dropped    (row_dropped)
    );

    // ---- weights in ----
    wire                   fibre_valid;
    wire                   fibre_ready;
    wire [JOINED_COLUMNS-1:0] fibre_there;
    wire                   fibre_end;
    wire [GROUP_W-1:0]     fibre_group;
    wire [MASK_W-1:0]      fibre_mask;
    wire [VALUES_W-1:0]    fibre_values;
    wire [USED_W-1:0]      tile_columns;
    wire                   tile_last_k;
    wire                   tile_last;
    wire                   drop;
    wire                   param_room;
    wire                   param_valid;
    wire [PARAM_IDX_W-1:0] param_idx;
    wire                   param_last;
    wire                   unused_first_n;

    loas_fibre_buffer #(
        .TPPES      (TPPES),
        .CHUNK      (CHUNK),
        .COLUMNS    (COLUMNS),
        .BEAT_W     (BEAT_W),
        .ELEM_W     (WEIGHT_W),
        .WEIGHTS    (1),
        .PARAM_BEATS(PARAM_BEATS),
        .MASK_BEATS (MASK_BEATS),
        .VALUE_BEATS(VALUE_BEATS),
        .DIM_W      (DIM_W),
        .JOINED     (JOINED_COLUMNS)
    ) u_weight_buffer (
        .clk          (clk),
        .rst          (core_rst),
        .start        (start),
        .dim_m        (dim_m[DIM_W-1:0]),
        .dim_k        (dim_k[DIM_W-1:0]),
        .dim_n        (dim_n[DIM_W-1:0]),
        .spikes_out   (spikes_out),
        .hold         (halt),
        .tlast_error  (weight_tlast_error),
        .s_axis_tdata (s_axis_weight_tdata),
        .s_axis_tvalid(s_axis_weight_tvalid),
        .s_axis_tready(s_axis_weight_tready),
        .s_axis_tlast (s_axis_weight_tlast),
        .param_room   (param_room),
        .param_valid  (param_valid),
        .param_idx    (param_idx),
        .param_last   (param_last),
        .drop         (drop),
        .item_valid   (fibre_valid),
        .item_ready   (fibre_ready),
        .item_fibres  (fibre_there),
        .item_end     (fibre_end),
        .item_index   (fibre_group),
        .item_mask    (fibre_mask),
        .item_values  (fibre_values),
        .tile_fibres  (tile_columns),
        .tile_first_n (unused_first_n),
        .tile_last_k  (tile_last_k),
        .tile_last    (tile_last)
    );

    wire [COLUMN_W-1:0] param_column;
    wire [BIAS_W-1:0]   param_threshold;
    wire [BIAS_W-1:0]   param_bias;
    wire                param_release;

    snn_param_store #(
        .LANES    (COLUMNS),
        .WEIGHT_W (LANE_W),
        .BIAS_W   (BIAS_W),
        .LIF_CELLS(1)
    ) u_param_store (
        .clk        (clk),
        .rst        (core_rst),
        .room       (param_room),
        .load_valid (param_valid),
        .load_idx   (param_idx),
        .load_data  (s_axis_weight_tdata),
        .load_last  (param_last),
        .release_set(param_release),
        .segment    (param_column),
        .thresholds (param_threshold),
        .biases     (param_bias)
    );

    // ---- schedule ----
    wire [TPPES-1:0]   load_ready;
    wire [TPPES-1:0]   load_valid;
    wire [BANK_W-1:0]  load_bank;
    wire               take;
    wire [BANK_W-1:0]  use_bank;
    wire               use_sums;
    wire [CHUNK_BANKS-1:0] release_bank;
    wire [TPPES-1:0]   blocked;
    wire [CHUNK_BANKS*TPPES-1:0] idle_bank;
    wire [2*TPPES-1:0] idle_sums;
    wire [1:0]         sums_full;
    wire [1:0]         sums_done;
    wire               active;
    wire               step;
    wire               skip;
    wire               wait_spikes;
    wire               wait_output;
    wire               wait_weights;
    wire               wait_tppe;
    wire               tile_done;
    wire               tile_dropped;
    wire [USED_W-1:0]  fibres_skipped;

    loas_tile_scheduler #(
        .TPPES      (TPPES),
        .COLUMNS    (COLUMNS),
        .JOINED     (JOINED_COLUMNS),
        .CHUNK_BANKS(CHUNK_BANKS)
    ) u_tile_scheduler (
        .clk           (clk),
        .rst           (core_rst),
        .start         (start),
        .row_valid     (row_valid),
        .row_ready     (row_ready),
        .row_end       (row_end),
        .row_index     (row_index),
        .row_live      (|row_live),
        .fibre_valid   (fibre_valid),
        .fibre_ready   (fibre_ready),
        .fibre_there   (fibre_there),
        .fibre_end     (fibre_end),
        .tile_columns  (tile_columns),
        .tile_last_k   (tile_last_k),
        .tile_last     (tile_last),
        .drop          (drop),
        .load_ready    (load_ready),
        .load_valid    (load_valid),
        .load_bank     (load_bank),
        .take          (take),
        .use_bank      (use_bank),
        .use_sums      (use_sums),
        .release_bank  (release_bank),
        .blocked       (blocked),
        .idle_bank     (idle_bank),
        .idle_sums     (idle_sums),
        .sums_full     (sums_full),
        .sums_done     (sums_done),
        .active        (active),
        .step          (step),
        .skip          (skip),
        .wait_spikes   (wait_spikes),
        .wait_output   (wait_output),
        .wait_weights  (wait_weights),
        .wait_tppe     (wait_tppe),
        .tile_done     (tile_done),
        .tile_dropped  (tile_dropped),
        .fibres_skipped(fibres_skipped)
    );

    // ---- processing elements ----
    wire                read_bank;
    wire [COLUMN_W-1:0] read_column;
    wire [SUMS_W-1:0]   read_sums;
    wire [TPPES-1:0]    matched;
    wire [TPPES-1:0]    corrected;
    wire [TPPES-1:0]    fifo_full;

    genvar r;
    generate
        for (r = 0; r < TPPES; r = r + 1) begin : g_tppe
            loas_tppe #(
                .CHUNK       (CHUNK),
                .TIME_STEPS  (TIME_STEPS),
                .COLUMNS     (COLUMNS),
                .WEIGHT_W    (WEIGHT_W),
                .ACC_W       (ACC_W),
                .LAGGY_ADDERS(LAGGY_ADDERS),
                .QUEUE_DEPTH (QUEUE_DEPTH),
                .FIFO_DEPTH  (FIFO_DEPTH),
                .JOINED      (JOINED_COLUMNS),
                .CHUNK_BANKS (CHUNK_BANKS)
            ) u_tppe (
                .clk         (clk),
                .rst         (core_rst),
                .load_ready  (load_ready[r]),
                .load_valid  (load_valid[r]),
                .load_bank   (load_bank),
                .load_mask   (row_mask),
                .load_live   (row_live),
                .load_words  (row_words),
                .release_bank(release_bank),
                .take        (take),
                .fibre_mask  (fibre_mask),
                .fibre_values(fibre_values),
                .fibre_group (fibre_group),
                .fibre_bank  (use_bank),
                .fibre_sums  (use_sums),
                .blocked     (blocked[r]),
                .idle_bank   (idle_bank[CHUNK_BANKS*r +: CHUNK_BANKS]),
                .idle_sums   (idle_sums[2*r +: 2]),
                .read_bank   (read_bank),
                .read_column (read_column),
                .read_sums   (read_sums[r*STEP_SUMS_W +: STEP_SUMS_W]),
                .clear       (sums_done),
                .matched     (matched[r]),
                .corrected   (corrected[r]),
                .fifo_full   (fifo_full[r])
            );
        end
    endgenerate

    // ---- outputs ----
    loas_column_output #(
        .TPPES       (TPPES),
        .TIME_STEPS  (TIME_STEPS),
        .COLUMNS     (COLUMNS),
        .LAGGY_ADDERS(LAGGY_ADDERS),
        .ACC_W       (ACC_W),
        .BIAS_W      (BIAS_W),
        .DIM_W       (DIM_W)
    ) u_column_output (
        .clk              (clk),
        .rst              (core_rst),
        .start            (start),
        .dim_m            (dim_m[DIM_W-1:0]),
        .dim_n            (dim_n[DIM_W-1:0]),
        .spikes_out       (spikes_out),
        .leak_shift       (leak_shift),
        .soft_reset       (lif_soft_reset),
        .fire_ge          (fire_ge),
        .sums_full        (sums_full),
        .sums_done        (sums_done),
        .read_bank        (read_bank),
        .read_column      (read_column),
        .read_sums        (read_sums),
        .param_column     (param_column),
        .param_threshold  (param_threshold),
        .param_bias       (param_bias),
        .param_release    (param_release),
        .m_axis_out_tdata (m_axis_out_tdata),
        .m_axis_out_tvalid(m_axis_out_tvalid),
        .m_axis_out_tready(m_axis_out_tready),
        .m_axis_out_tlast (m_axis_out_tlast),
        .layer_done       (layer_done)
    );

    // ---- counters ----
    loas_events #(
        .TPPES     (TPPES),
        .CHUNK     (CHUNK),
        .COLUMNS   (COLUMNS),
        .TIME_STEPS(TIME_STEPS),
        .SEL_W     (SEL_W)
    ) u_loas_events (
        .clk           (clk),
        .rst           (rst),
        .core_rst      (core_rst),
        .start         (start),
        .layer_done    (layer_done),
        .spike_taken   (s_axis_spike_tvalid && s_axis_spike_tready),
        .weight_taken  (s_axis_weight_tvalid && s_axis_weight_tready),
        .output_taken  (m_axis_out_tvalid && m_axis_out_tready),
        .active        (active),
        .step          (step),
        .take          (take),
        .skip          (skip),
        .wait_spikes   (wait_spikes),
        .wait_weights  (wait_weights),
        .wait_tppe     (wait_tppe),
        .wait_output   (wait_output),
        .tile_done     (tile_done),
        .tile_dropped  (tile_dropped),
        .fibres_skipped(fibres_skipped),
        .matched       (matched),
        .corrected     (corrected),
        .fifo_full     (fifo_full),
        .row_counts    (row_valid && row_ready && row_first_n),
        .row_mask      (row_mask),
        .row_words     (row_words),
        .row_dropped   (row_dropped),
        .sel           (counter_sel),
        .value         (counter_value)
    );

endmodule

`default_nettype wire
