// SPDX-License-Identifier: Apache-2.0
// Takes fibre tiles from a stream: bitmask beats, then value beats; checks tlast.
//
// Function:   a tile is the bitmasks of its fibres (rows of spikes or columns of weights, one chunk
//             of k each), CHUNK bits apart, then the values of all fibres without gaps. Bits beyond
//             K or the last fibre are cleared. Before the first k tile of an n tile of weights come
//             2 * PARAM_BEATS beats of thresholds and biases, if spikes are sent out.
// Latency:    combinational from the stream to the buffers.
// Throughput: one beat a cycle.
// Handshake:  s_axis_tready depends on registers and on the room behind it only; hold stops the stream.
// Reset:      ends the walk.
`default_nettype none

module loas_fibre_loader #(
    parameter TPPES       = 16,
    parameter CHUNK       = 128,
    parameter COLUMNS     = 32,
    parameter BEAT_W      = 1024,
    // bits of a value
    parameter ELEM_W      = 8,
    // 0: spike tiles, a fibre a row; 1: weight tiles, a fibre a column
    parameter WEIGHTS     = 1,
    // beats of thresholds, and of biases
    parameter PARAM_BEATS = 1,
    parameter DIM_W       = 24,
    // derived
    parameter FIBRES      = WEIGHTS != 0 ? COLUMNS : TPPES,
    parameter FIBRES_W    = $clog2(FIBRES + 1),
    parameter PARAM_IDX_W = $clog2(2 * PARAM_BEATS)
) (
    input  wire                   clk,
    input  wire                   rst,
    // layer
    input  wire                   start,
    input  wire [DIM_W-1:0]       dim_m,
    input  wire [DIM_W-1:0]       dim_k,
    input  wire [DIM_W-1:0]       dim_n,
    input  wire                   spikes_out,
    input  wire                   hold,
    output wire                   tlast_error,
    // stream
    input  wire [BEAT_W-1:0]      s_axis_tdata,
    input  wire                   s_axis_tvalid,
    output wire                   s_axis_tready,
    input  wire                   s_axis_tlast,
    // thresholds and biases
    input  wire                   param_room,
    output wire                   param_valid,
    output wire [PARAM_IDX_W-1:0] param_idx,
    output wire                   param_last,
    // bitmasks, with what concerns their tile: fibres, place in the loops; values follow
    output wire                   mask_valid,
    input  wire                   mask_ready,
    output wire [BEAT_W-1:0]      mask_data,
    output wire [BEAT_W/CHUNK-1:0] mask_present,
    output wire                   mask_last,
    output wire                   mask_values,
    output wire [FIBRES_W-1:0]    tile_fibres,
    output wire                   tile_first_n,
    output wire                   tile_last_k,
    output wire                   tile_last,
    // values
    output wire                   value_valid,
    input  wire                   value_ready,
    output wire                   value_last
);

    localparam MASKS   = BEAT_W / CHUNK;
    localparam ELEMS   = BEAT_W / ELEM_W;
    // holds the values of a tile, the bits of a beat and the values of a beat
    localparam TOTAL_W = $clog2(FIBRES * CHUNK + BEAT_W + 1);
    localparam COUNT_W = $clog2(BEAT_W + 1);
    localparam ROWS_W  = $clog2(TPPES + 1);
    localparam COLS_W  = $clog2(CHUNK + 1);
    localparam USED_W  = $clog2(COLUMNS + 1);
    // fibres seen so far, a multiple of MASKS that may pass the last one
    localparam SEEN_W  = $clog2(FIBRES + MASKS + 1);

    localparam [31:0] MASKS_32      = MASKS;
    localparam [31:0] ELEMS_32      = ELEMS;
    localparam [31:0] LAST_PARAM_32 = 2 * PARAM_BEATS - 1;

    generate
        if (MASKS * CHUNK != BEAT_W) begin : g_check_masks
            illegal_parameter_CHUNK_does_not_divide_BEAT_W u_stop ();
        end
        if (ELEMS * ELEM_W != BEAT_W || ELEMS < CHUNK) begin : g_check_elems
            illegal_parameter_a_beat_must_hold_the_values_of_a_chunk u_stop ();
        end
    endgenerate

    // ---- walk ----
    wire              active;
    wire              first_k;
    wire              tile_done;
    wire [ROWS_W-1:0] rows;
    wire [COLS_W-1:0] cols;
    wire [USED_W-1:0] used;

    snn_tile_walker #(
        .TILE_M(TPPES),
        .TILE_K(CHUNK),
        .LANES (COLUMNS),
        .DIM_W (DIM_W)
    ) u_walker (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (tile_done),
        .dim_m     (dim_m),
        .dim_k     (dim_k),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (rows),
        .cols      (cols),
        .used_lanes(used),
        .first_n   (tile_first_n),
        .first_k   (first_k),
        .last_k    (tile_last_k),
        .last      (tile_last)
    );

    generate
        if (WEIGHTS != 0) begin : g_columns
            wire unused = &{1'b0, rows};

            assign tile_fibres = used;
        end else begin : g_rows
            wire unused = &{1'b0, used};

            assign tile_fibres = rows;
        end
    endgenerate

    // ---- phases: parameters, bitmasks, values ----
    reg                   params_done_q;
    reg [PARAM_IDX_W-1:0] param_q;
    reg                   values_q;
    reg [SEEN_W-1:0]      seen_q;
    // values announced so far, less those that came; those of the last beat are added a cycle later
    reg [COUNT_W-1:0]     ones_q;
    reg [TOTAL_W-1:0]     total_q;

    wire in_params = WEIGHTS != 0 && spikes_out && first_k && !params_done_q;
    wire in_masks  = !in_params && !values_q;
    wire room      = in_params ? param_room : values_q ? value_ready : mask_ready;
    wire take      = s_axis_tvalid && s_axis_tready;

    assign s_axis_tready = active && !hold && room;

    assign param_valid = take && in_params;
    assign param_idx   = param_q;
    assign param_last  = param_valid && param_q == LAST_PARAM_32[PARAM_IDX_W-1:0];

    // ---- bitmasks ----
    wire [SEEN_W-1:0] left = {{(SEEN_W - FIBRES_W) {1'b0}}, tile_fibres} - seen_q;
    wire [CHUNK-1:0]  edge_mask = ~({CHUNK{1'b1}} << cols);

    genvar f;
    generate
        for (f = 0; f < MASKS; f = f + 1) begin : g_mask
            localparam [31:0] F_32 = f;

            assign mask_present[f] = left > F_32[SEEN_W-1:0];
            assign mask_data[f*CHUNK +: CHUNK] =
                s_axis_tdata[f*CHUNK +: CHUNK] & edge_mask & {CHUNK{mask_present[f]}};
        end
    endgenerate

    wire [COUNT_W-1:0] ones;

    snn_popcount #(
        .W(BEAT_W)
    ) u_ones (
        .word (mask_data),
        .count(ones)
    );

    assign mask_valid  = take && in_masks;
    assign mask_last   = left <= MASKS_32[SEEN_W-1:0];
    assign mask_values = |mask_data || ones_q != {COUNT_W{1'b0}} || total_q != {TOTAL_W{1'b0}};

    // ---- values ----
    wire [TOTAL_W-1:0] total = total_q + {{(TOTAL_W - COUNT_W) {1'b0}}, ones_q};

    assign value_valid = take && values_q;
    assign value_last  = total <= ELEMS_32[TOTAL_W-1:0];

    // ---- end of the tile ----
    wire at_end = values_q ? value_last : in_masks && mask_last && !mask_values;

    assign tile_done   = take && at_end;
    assign tlast_error = take && s_axis_tlast != at_end;

    always @(posedge clk) begin
        if (rst || tile_done) begin
            params_done_q <= 1'b0;
            values_q      <= 1'b0;
            seen_q        <= {SEEN_W{1'b0}};
            ones_q        <= {COUNT_W{1'b0}};
            total_q       <= {TOTAL_W{1'b0}};
        end else begin
            if (param_last) begin
                params_done_q <= 1'b1;
            end
            if (mask_valid) begin
                values_q <= mask_last;
                seen_q   <= seen_q + MASKS_32[SEEN_W-1:0];
            end
            ones_q  <= mask_valid ? ones : {COUNT_W{1'b0}};
            total_q <= value_valid ? total - ELEMS_32[TOTAL_W-1:0] : total;
        end
    end

    always @(posedge clk) begin
        if (rst || param_last) begin
            param_q <= {PARAM_IDX_W{1'b0}};
        end else if (param_valid) begin
            param_q <= param_q + 1'b1;
        end
    end

endmodule

`default_nettype wire
