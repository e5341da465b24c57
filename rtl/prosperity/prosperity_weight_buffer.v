// SPDX-License-Identifier: Apache-2.0
// Weight front end: takes the weight stream and holds WEIGHT_TILES tiles of it.
//
// Function:   a tile is one beat a weight row, `cols` of them. With spikes_out high, the first tile
//             of an n tile is led by PARAM_BEATS beats of thresholds and as many of biases,
//             lowest channel in the lowest bits; they leave through param_*.
// Latency:    a tile whose last beat is taken in cycle c can be read from cycle c + 1 on;
//             read data follow the address by one cycle.
// Throughput: one beat and WEIGHT_PORTS reads a cycle.
// Handshake:  s_axis_weight_tready depends on registers only. tlast closes every tile: tlast_error is
//             high for one cycle when it is missing or early.
// Reset:      forgets the layer.
`default_nettype none

module prosperity_weight_buffer #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter WEIGHT_W     = 8,
    parameter BIAS_W       = 32,
    parameter DIM_W        = 24,
    // tiles it holds, 2 or more
    parameter WEIGHT_TILES = 16,
    // weight rows read a cycle: so many copies of the tiles
    parameter WEIGHT_PORTS = 1,
    // derived
    parameter BEAT_W       = LANES * WEIGHT_W,
    parameter PARAM_BEATS  = BIAS_W / WEIGHT_W,
    parameter PARAM_IDX_W  = $clog2(2 * PARAM_BEATS),
    parameter COL_W        = $clog2(TILE_K)
) (
    input  wire                           clk,
    input  wire                           rst,
    // layer
    input  wire                           start,
    input  wire [DIM_W-1:0]               dim_m,
    input  wire [DIM_W-1:0]               dim_k,
    input  wire [DIM_W-1:0]               dim_n,
    input  wire                           spikes_out,
    // takes nothing more
    input  wire                           hold,
    output wire                           tlast_error,
    // weight stream
    input  wire [BEAT_W-1:0]              s_axis_weight_tdata,
    input  wire                           s_axis_weight_tvalid,
    output wire                           s_axis_weight_tready,
    input  wire                           s_axis_weight_tlast,
    // thresholds and biases; param_room: a free bank waits for them
    input  wire                           param_room,
    output wire                           param_valid,
    output wire [PARAM_IDX_W-1:0]         param_idx,
    output wire [BEAT_W-1:0]              param_data,
    output wire                           param_last,
    // oldest tile: weight rows rd_cols of it, and its end
    output wire                           tile_valid,
    input  wire                           tile_done,
    input  wire                           rd_en,
    input  wire [WEIGHT_PORTS*COL_W-1:0]  rd_cols,
    output wire [WEIGHT_PORTS*BEAT_W-1:0] rd_rows
);

    localparam ROWS_W = $clog2(TILE_M + 1);
    localparam COLS_W = $clog2(TILE_K + 1);
    localparam USED_W = $clog2(LANES + 1);
    localparam DEPTH  = WEIGHT_TILES * TILE_K;
    localparam ADDR_W = $clog2(DEPTH);
    localparam TILE_W = $clog2(WEIGHT_TILES + 1);

    localparam [31:0] TILE_K_32   = TILE_K;
    localparam [31:0] LAST_BASE   = DEPTH - TILE_K;
    localparam [31:0] LAST_PARAM  = 2 * PARAM_BEATS - 1;
    localparam [31:0] FULL        = WEIGHT_TILES;

    generate
        if (WEIGHT_TILES < 2) begin : g_check_tiles
            illegal_parameter_WEIGHT_TILES_below_2 u_stop ();
        end
        if (PARAM_BEATS * WEIGHT_W != BIAS_W) begin : g_check_bias
            illegal_parameter_BIAS_W_is_not_a_multiple_of_WEIGHT_W u_stop ();
        end
    endgenerate

    // ---- what the stream must bring next ----
    wire              active;
    wire [COLS_W-1:0] cols;
    wire              first_k;
    wire [ROWS_W-1:0] unused_rows;
    wire [USED_W-1:0] unused_lanes;
    wire              unused_first_n;
    wire              unused_last_k;
    wire              unused_last;

    reg  [PARAM_IDX_W-1:0] param_q;
    reg                    params_in_q;
    reg  [COLS_W-1:0]      row_q;
    reg  [TILE_W-1:0]      held_q;
    reg  [ADDR_W-1:0]      wr_base_q;
    reg  [ADDR_W-1:0]      rd_base_q;

    wire in_params = spikes_out && first_k && !params_in_q;
    wire room      = in_params ? param_room : held_q != FULL[TILE_W-1:0];
    wire take      = s_axis_weight_tvalid && s_axis_weight_tready;
    wire take_row  = take && !in_params;
    wire row_last  = row_q + 1'b1 == cols;
    wire loaded    = take_row && row_last;

    snn_tile_walker #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K),
        .LANES (LANES),
        .DIM_W (DIM_W)
    ) u_walker (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (loaded),
        .dim_m     (dim_m),
        .dim_k     (dim_k),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (unused_rows),
        .cols      (cols),
        .used_lanes(unused_lanes),
        .first_n   (unused_first_n),
        .first_k   (first_k),
        .last_k    (unused_last_k),
        .last      (unused_last)
    );

    assign s_axis_weight_tready = active && !hold && room;
    assign tlast_error          = take && s_axis_weight_tlast != (!in_params && row_last);

    assign param_valid = take && in_params;
    assign param_idx   = param_q;
    assign param_data  = s_axis_weight_tdata;
    assign param_last  = param_valid && param_q == LAST_PARAM[PARAM_IDX_W-1:0];
    assign tile_valid  = held_q != {TILE_W{1'b0}};

    always @(posedge clk) begin
        if (rst) begin
            param_q     <= {PARAM_IDX_W{1'b0}};
            params_in_q <= 1'b0;
            row_q       <= {COLS_W{1'b0}};
            held_q      <= {TILE_W{1'b0}};
            wr_base_q   <= {ADDR_W{1'b0}};
            rd_base_q   <= {ADDR_W{1'b0}};
        end else begin
            if (param_valid) begin
                param_q     <= param_last ? {PARAM_IDX_W{1'b0}} : param_q + 1'b1;
                params_in_q <= param_last;
            end
            if (take_row) begin
                row_q <= row_last ? {COLS_W{1'b0}} : row_q + 1'b1;
            end
            if (loaded) begin
                params_in_q <= 1'b0;
                wr_base_q   <= (wr_base_q == LAST_BASE[ADDR_W-1:0]) ? {ADDR_W{1'b0}}
                    : wr_base_q + TILE_K_32[ADDR_W-1:0];
            end
            if (tile_done) begin
                rd_base_q <= (rd_base_q == LAST_BASE[ADDR_W-1:0]) ? {ADDR_W{1'b0}}
                    : rd_base_q + TILE_K_32[ADDR_W-1:0];
            end
            if (loaded && !tile_done) begin
                held_q <= held_q + 1'b1;
            end else if (tile_done && !loaded) begin
                held_q <= held_q - 1'b1;
            end
        end
    end

    // ---- tiles ----
    genvar p;
    generate
        for (p = 0; p < WEIGHT_PORTS; p = p + 1) begin : g_port
            snn_ram_1r1w #(
                .W    (BEAT_W),
                .DEPTH(DEPTH)
            ) u_ram (
                .clk    (clk),
                .wr_en  (take_row),
                .wr_addr(wr_base_q + {{(ADDR_W - COL_W) {1'b0}}, row_q[COL_W-1:0]}),
                .wr_data(s_axis_weight_tdata),
                .rd_en  (rd_en),
                .rd_addr(rd_base_q + {{(ADDR_W - COL_W) {1'b0}}, rd_cols[p*COL_W +: COL_W]}),
                .rd_data(rd_rows[p*BEAT_W +: BEAT_W])
            );
        end
    endgenerate

endmodule

`default_nettype wire
