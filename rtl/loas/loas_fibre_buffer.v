// SPDX-License-Identifier: Apache-2.0
// On-chip buffer of one input stream: takes fibre tiles in, gives fibres out.
//
// Function:   loas_fibre_loader writes bitmask and value beats into a FIFO each, loas_fibre_reader takes the
//             fibres out of them.
// Latency:    a fibre whose beats are all taken by cycle c is offered in c + 2.
// Throughput: one beat in, one item out a cycle: a fibre, or those of JOINED neighbours whose values fit.
// Limits:     the bitmasks of a tile must fit: its values follow them.
// Reset:      empties it.
`default_nettype none

module loas_fibre_buffer #(
    parameter TPPES       = 16,
    parameter CHUNK       = 128,
    parameter COLUMNS     = 32,
    parameter BEAT_W      = 1024,
    parameter ELEM_W      = 8,
    parameter WEIGHTS     = 1,
    parameter PARAM_BEATS = 1,
    parameter MASK_BEATS  = 8,
    parameter VALUE_BEATS = 8,
    parameter DIM_W       = 24,
    // fibres of a group, which come as one item where their values fit
    parameter JOINED      = 1,
    // derived
    parameter FIBRES      = WEIGHTS != 0 ? COLUMNS : TPPES,
    parameter FIBRES_W    = $clog2(FIBRES + 1),
    parameter GROUPS      = JOINED > 0 ? (FIBRES + JOINED - 1) / JOINED : 1,
    parameter INDEX_W     = GROUPS > 1 ? $clog2(GROUPS) : 1,
    parameter PARAM_IDX_W = $clog2(2 * PARAM_BEATS)
) (
    input  wire                    clk,
    input  wire                    rst,
    // layer
    input  wire                    start,
    input  wire [DIM_W-1:0]        dim_m,
    input  wire [DIM_W-1:0]        dim_k,
    input  wire [DIM_W-1:0]        dim_n,
    input  wire                    spikes_out,
    input  wire                    hold,
    output wire                    tlast_error,
    // stream
    input  wire [BEAT_W-1:0]       s_axis_tdata,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    // thresholds and biases
    input  wire                    param_room,
    output wire                    param_valid,
    output wire [PARAM_IDX_W-1:0]  param_idx,
    output wire                    param_last,
    // fibres, with what concerns their tile
    input  wire                    drop,
    output wire                    item_valid,
    input  wire                    item_ready,
    output wire [JOINED-1:0]       item_fibres,
    output wire                    item_end,
    output wire [INDEX_W-1:0]      item_index,
    output wire [JOINED*CHUNK-1:0] item_mask,
    output wire [CHUNK*ELEM_W-1:0] item_values,
    output wire [FIBRES_W-1:0]     tile_fibres,
    output wire                    tile_first_n,
    output wire                    tile_last_k,
    output wire                    tile_last
);

    localparam MASKS  = BEAT_W / CHUNK;
    localparam TAG_W  = FIBRES_W + 3;
    localparam MASK_W = TAG_W + 2 + MASKS + BEAT_W;

    generate
        if (MASK_BEATS * MASKS < FIBRES) begin : g_check_mask_beats
            illegal_parameter_MASK_BEATS_must_hold_the_bitmasks_of_a_tile u_stop ();
        end
    endgenerate

    wire                load_mask_valid;
    wire                load_mask_ready;
    wire [BEAT_W-1:0]   load_mask_data;
    wire [MASKS-1:0]    load_present;
    wire                load_mask_last;
    wire                load_mask_values;
    wire [FIBRES_W-1:0] load_fibres;
    wire                load_first_n;
    wire                load_last_k;
    wire                load_last;
    wire                load_value_valid;
    wire                load_value_ready;
    wire                load_value_last;

    loas_fibre_loader #(
        .TPPES      (TPPES),
        .CHUNK      (CHUNK),
        .COLUMNS    (COLUMNS),
        .BEAT_W     (BEAT_W),
        .ELEM_W     (ELEM_W),
        .WEIGHTS    (WEIGHTS),
        .PARAM_BEATS(PARAM_BEATS),
        .DIM_W      (DIM_W)
    ) u_loader (
        .clk          (clk),
        .rst          (rst),
        .start        (start),
        .dim_m        (dim_m),
        .dim_k        (dim_k),
        .dim_n        (dim_n),
        .spikes_out   (spikes_out),
        .hold         (hold),
        .tlast_error  (tlast_error),
        .s_axis_tdata (s_axis_tdata),
        .s_axis_tvalid(s_axis_tvalid),
        .s_axis_tready(s_axis_tready),
        .s_axis_tlast (s_axis_tlast),
        .param_room   (param_room),
        .param_valid  (param_valid),
        .param_idx    (param_idx),
        .param_last   (param_last),
        .mask_valid   (load_mask_valid),
        .mask_ready   (load_mask_ready),
        .mask_data    (load_mask_data),
        .mask_present (load_present),
        .mask_last    (load_mask_last),
        .mask_values  (load_mask_values),
        .tile_fibres  (load_fibres),
        .tile_first_n (load_first_n),
        .tile_last_k  (load_last_k),
        .tile_last    (load_last),
        .value_valid  (load_value_valid),
        .value_ready  (load_value_ready),
        .value_last   (load_value_last)
    );

    wire              mask_valid;
    wire              mask_ready;
    wire [BEAT_W-1:0] mask_data;
    wire [MASKS-1:0]  mask_present;
    wire              mask_last;
    wire              mask_values;
    wire [TAG_W-1:0]  mask_tag;

    snn_fifo #(
        .W    (MASK_W),
        .DEPTH(MASK_BEATS)
    ) u_masks (
        .clk    (clk),
        .rst    (rst),
        .s_valid(load_mask_valid),
        .s_ready(load_mask_ready),
        .s_data ({load_fibres, load_first_n, load_last_k, load_last,
            load_mask_last, load_mask_values, load_present, load_mask_data}),
        .m_valid(mask_valid),
        .m_ready(mask_ready),
        .m_data ({mask_tag, mask_last, mask_values, mask_present, mask_data})
    );

    wire              value_valid;
    wire              value_ready;
    wire [BEAT_W-1:0] value_data;
    wire              value_last;

    snn_fifo #(
        .W    (BEAT_W + 1),
        .DEPTH(VALUE_BEATS)
    ) u_values (
        .clk    (clk),
        .rst    (rst),
        .s_valid(load_value_valid),
        .s_ready(load_value_ready),
        .s_data ({load_value_last, s_axis_tdata}),
        .m_valid(value_valid),
        .m_ready(value_ready),
        .m_data ({value_last, value_data})
    );

    loas_fibre_reader #(
        .CHUNK     (CHUNK),
        .BEAT_W    (BEAT_W),
        .ELEM_W    (ELEM_W),
        .FIBRES    (FIBRES),
        .KEEP_EMPTY(WEIGHTS == 0 ? 1 : 0),
        .JOINED    (JOINED),
        .TAG_W     (TAG_W)
    ) u_reader (
        .clk         (clk),
        .rst         (rst),
        .mask_valid  (mask_valid),
        .mask_ready  (mask_ready),
        .mask_data   (mask_data),
        .mask_present(mask_present),
        .mask_last   (mask_last),
        .mask_values (mask_values),
        .mask_tag    (mask_tag),
        .value_valid (value_valid),
        .value_ready (value_ready),
        .value_data  (value_data),
        .value_last  (value_last),
        .drop        (drop),
        .item_valid  (item_valid),
        .item_ready  (item_ready),
        .item_fibres (item_fibres),
        .item_end    (item_end),
        .item_index  (item_index),
        .item_mask   (item_mask),
        .item_values (item_values),
        .item_tag    ({tile_fibres, tile_first_n, tile_last_k, tile_last})
    );

endmodule

`default_nettype wire
