// SPDX-License-Identifier: Apache-2.0
// Spike front end: takes the spike stream, buffers it and loads tiles into the detector's banks.
//
// Function:   a tile is ceil(rows / BEAT_ROWS) beats, row 0 in the lowest bits, column 0 lowest in a
//             row. Columns beyond the tile's edge are cleared; rows beyond it are marked absent.
// Latency:    a beat taken in cycle c is loaded in cycle c + 1 at the earliest.
// Throughput: one beat a cycle in and out at once.
// Handshake:  s_axis_spike_tready depends on registers only. tlast closes every tile: tlast_error is high
//             for one cycle when it is missing or early.
// Reset:      forgets the layer.
`default_nettype none

module prosperity_spike_buffer #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter DIM_W        = 24,
    // bits of a beat: a whole number of rows that divides the tile
    parameter SPIKE_BEAT_W = 1024,
    // beats it holds, 2 or more
    parameter SPIKE_BEATS  = 64,
    // derived
    parameter BEAT_ROWS    = SPIKE_BEAT_W / TILE_K,
    parameter TILE_BEATS   = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W   = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter ROWS_W       = $clog2(TILE_M + 1)
) (
    input  wire                    clk,
    input  wire                    rst,
    // layer
    input  wire                    start,
    input  wire [DIM_W-1:0]        dim_m,
    input  wire [DIM_W-1:0]        dim_k,
    input  wire [DIM_W-1:0]        dim_n,
    // takes nothing more
    input  wire                    hold,
    output wire                    tlast_error,
    // spike stream
    input  wire [SPIKE_BEAT_W-1:0] s_axis_spike_tdata,
    input  wire                    s_axis_spike_tvalid,
    output wire                    s_axis_spike_tready,
    input  wire                    s_axis_spike_tlast,
    // tile load: bank_busy[b] holds bank b back
    input  wire [1:0]              bank_busy,
    output wire                    load_valid,
    output wire                    load_bank,
    output wire [BEAT_IDX_W-1:0]   load_beat,
    output wire [SPIKE_BEAT_W-1:0] load_rows,
    output reg  [BEAT_ROWS-1:0]    load_present,
    output wire                    load_last,
    // the tile being loaded
    output wire                    load_first_n,
    output wire [ROWS_W-1:0]       load_tile_rows
);

    localparam COLS_W = $clog2(TILE_K + 1);
    localparam USED_W = $clog2(LANES + 1);
    localparam WORD_W = 2 + ROWS_W + SPIKE_BEAT_W;

    localparam [31:0] BEAT_ROWS_32 = BEAT_ROWS;

    generate
        if (BEAT_ROWS * TILE_K != SPIKE_BEAT_W) begin : g_check_beat
            illegal_parameter_SPIKE_BEAT_W_is_not_a_whole_number_of_rows u_stop ();
        end
        if (TILE_BEATS * BEAT_ROWS != TILE_M) begin : g_check_tile
            illegal_parameter_TILE_M_is_not_a_whole_number_of_beats u_stop ();
        end
    endgenerate

    // ---- input side: what the stream must bring next ----
    wire              active;
    wire [ROWS_W-1:0] rows;
    wire [COLS_W-1:0] cols;
    wire              first_n;
    wire              fifo_ready;
    wire              take      = s_axis_spike_tvalid && s_axis_spike_tready;
    // beats of the tile so far
    reg  [BEAT_IDX_W-1:0] in_beat_q;
    wire              in_last   = rows - in_beat_q * BEAT_ROWS_32[ROWS_W-1:0]
        <= BEAT_ROWS_32[ROWS_W-1:0];
    wire              tile_done = take && in_last;

    wire [USED_W-1:0] unused_lanes;
    wire              unused_first_k;
    wire              unused_last_k;
    wire              unused_last;

    snn_tile_walker #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K),
        .LANES (LANES),
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
        .used_lanes(unused_lanes),
        .first_n   (first_n),
        .first_k   (unused_first_k),
        .last_k    (unused_last_k),
        .last      (unused_last)
    );

    assign s_axis_spike_tready = active && !hold && fifo_ready;
    assign tlast_error         = take && s_axis_spike_tlast != in_last;

    always @(posedge clk) begin
        if (rst || tile_done) begin
            in_beat_q <= {BEAT_IDX_W{1'b0}};
        end else if (take) begin
            in_beat_q <= in_beat_q + 1'b1;
        end
    end

    wire [TILE_K-1:0]       col_mask = ~({TILE_K{1'b1}} << cols);
    wire [SPIKE_BEAT_W-1:0] in_data  = s_axis_spike_tdata & {BEAT_ROWS{col_mask}};

    // ---- buffer ----
    reg  load_bank_q;
    wire fifo_valid;
    wire bank_ready = !bank_busy[load_bank_q];

    snn_fifo #(
        .W    (WORD_W),
        .DEPTH(SPIKE_BEATS)
    ) u_fifo (
        .clk    (clk),
        .rst    (rst),
        .s_valid(take),
        .s_ready(fifo_ready),
        .s_data ({in_last, first_n, rows, in_data}),
        .m_valid(fifo_valid),
        .m_ready(bank_ready),
        .m_data ({load_last, load_first_n, load_tile_rows, load_rows})
    );

    // ---- bank side ----
    reg [BEAT_IDX_W-1:0] load_beat_q;

    assign load_valid = fifo_valid && bank_ready;
    assign load_bank  = load_bank_q;
    assign load_beat  = load_beat_q;

    always @(posedge clk) begin
        if (rst) begin
            load_bank_q <= 1'b0;
            load_beat_q <= {BEAT_IDX_W{1'b0}};
        end else if (load_valid) begin
            load_bank_q <= load_bank_q ^ load_last;
            load_beat_q <= load_last ? {BEAT_IDX_W{1'b0}} : load_beat_q + 1'b1;
        end
    end

    // Only the last beat of a tile can bring fewer than BEAT_ROWS rows.
    wire [ROWS_W-1:0] rows_left = load_tile_rows - load_beat_q * BEAT_ROWS_32[ROWS_W-1:0];

    integer i;

    always @* begin
        for (i = 0; i < BEAT_ROWS; i = i + 1) begin
            load_present[i] = i[ROWS_W-1:0] < rows_left;
        end
    end

endmodule

`default_nettype wire
