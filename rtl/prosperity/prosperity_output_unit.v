// SPDX-License-Identifier: Apache-2.0
// Reads finished m x n tiles row by row and sends them, as raw sums or as spikes.
//
// Function:   one output beat a row. Raw: lane i in bits i * ACC_W and up. Spikes: lane i in bit i.
//             Lanes beyond N are zero. tlast closes every m x n tile.
// Latency:    fill_done in cycle c: first read in c + 1, first beat offered in c + 3 (spikes:
//             c + 2 + SEGMENTS).
// Throughput: one row a cycle; spikes: one row every SEGMENTS = LANES / LIF_CELLS cycles.
// Handshake:  m_axis_out_tvalid and payload come from registers and hold until taken.
// Reset:      withdraws the beat.
`default_nettype none

module prosperity_output_unit #(
    parameter TILE_M    = 256,
    parameter LANES     = 128,
    parameter ACC_W     = 24,
    parameter BIAS_W    = 32,
    parameter LIF_CELLS = 32,
    parameter DIM_W     = 24,
    // derived
    parameter SEGMENTS  = LANES / LIF_CELLS,
    parameter SEG_W     = SEGMENTS > 1 ? $clog2(SEGMENTS) : 1,
    parameter ROW_W     = $clog2(TILE_M)
) (
    input  wire                        clk,
    input  wire                        rst,
    // layer
    input  wire                        start,
    input  wire [DIM_W-1:0]            dim_m,
    input  wire [DIM_W-1:0]            dim_n,
    input  wire [ROW_W:0]              time_steps,
    input  wire                        spikes_out,
    input  wire [4:0]                  leak_shift,
    input  wire                        soft_reset,
    input  wire                        fire_ge,
    // accumulator banks
    input  wire [1:0]                  fill_done,
    output wire                        read_en,
    output wire                        read_bank,
    output wire [ROW_W-1:0]            read_row,
    input  wire [LANES*ACC_W-1:0]      read_sum,
    output wire [1:0]                  bank_done,
    // thresholds and biases
    output wire [SEG_W-1:0]            param_segment,
    input  wire [LIF_CELLS*BIAS_W-1:0] param_thresholds,
    input  wire [LIF_CELLS*BIAS_W-1:0] param_biases,
    output wire                        param_release,
    // output stream
    output wire [LANES*ACC_W-1:0]      m_axis_out_tdata,
    output wire                        m_axis_out_tvalid,
    input  wire                        m_axis_out_tready,
    output wire                        m_axis_out_tlast,
    // the layer's last beat is taken
    output wire                        layer_done
);

    localparam ROWS_W = $clog2(TILE_M + 1);
    localparam USED_W = $clog2(LANES + 1);
    localparam ROW_BITS = LANES * ACC_W;
    // sums of up to TILE_M steps, each below 3 * 2**(max - 1) in size
    localparam U_W    = (ACC_W > BIAS_W ? ACC_W : BIAS_W) + 2 + $clog2(TILE_M);

    localparam [31:0] LAST_SEGMENT = SEGMENTS - 1;

    // ---- read: walks the rows of the full banks ----
    wire              active;
    wire [ROWS_W-1:0] rows;
    wire [USED_W-1:0] used_lanes;
    wire              last_tile;
    wire              unused_cols;
    wire              unused_first_n;
    wire              unused_first_k;
    wire              unused_last_k;

    reg  [1:0]       full_q;
    reg              bank_q;
    reg  [ROW_W-1:0] row_q;
    reg  [ROW_W-1:0] time_q;

    wire row_room;
    wire row_last  = {{(ROWS_W - ROW_W) {1'b0}}, row_q} + 1'b1 == rows;
    wire time_last = {1'b0, time_q} + 1'b1 == time_steps;
    wire tile_done = read_en && row_last;

    // One "column" a tile: this walk has no k loop.
    snn_tile_walker #(
        .TILE_M(TILE_M),
        .TILE_K(1),
        .LANES (LANES),
        .DIM_W (DIM_W)
    ) u_walker (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (tile_done),
        .dim_m     (dim_m),
        .dim_k     ({{(DIM_W - 1) {1'b0}}, 1'b1}),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (rows),
        .cols      (unused_cols),
        .used_lanes(used_lanes),
        .first_n   (unused_first_n),
        .first_k   (unused_first_k),
        .last_k    (unused_last_k),
        .last      (last_tile)
    );

    assign read_en   = active && full_q[bank_q] && row_room;
    assign read_bank = bank_q;
    assign read_row  = row_q;
    wire [1:0] tile_read = {tile_done && bank_q, tile_done && !bank_q};

    always @(posedge clk) begin
        if (rst) begin
            full_q <= 2'b00;
            bank_q <= 1'b0;
            row_q  <= {ROW_W{1'b0}};
            time_q <= {ROW_W{1'b0}};
        end else begin
            full_q <= (full_q & ~tile_read) | fill_done;
            if (read_en) begin
                bank_q <= bank_q ^ row_last;
                row_q  <= row_last ? {ROW_W{1'b0}} : row_q + 1'b1;
                time_q <= row_last || time_last ? {ROW_W{1'b0}} : time_q + 1'b1;
            end
        end
    end

    // ---- row: the accumulator's read register holds it while its segments pass ----
    reg             have_q;
    reg             have_first_q;
    reg             have_last_q;
    reg             have_end_q;
    reg             have_bank_q;
    reg [LANES-1:0] have_used_q;
    reg [SEG_W-1:0] segment_q;

    wire beat_room;
    wire seg_last = !spikes_out || segment_q == LAST_SEGMENT[SEG_W-1:0];
    // A row may be worked on while a beat waits; only its last segment needs the room.
    wire seg_step = have_q && (!seg_last || beat_room);
    wire row_done = seg_step && seg_last;

    assign row_room      = !have_q || row_done;
    assign param_segment = segment_q;
    assign param_release = spikes_out && row_done && have_last_q;

    // The read register is the bank's: new sums may come only when the last row has left it.
    wire bank_end = row_done && have_last_q;

    assign bank_done = {bank_end && have_bank_q, bank_end && !have_bank_q};

    always @(posedge clk) begin
        if (rst) begin
            have_q       <= 1'b0;
            have_first_q <= 1'b0;
            have_last_q  <= 1'b0;
            have_end_q   <= 1'b0;
            have_bank_q  <= 1'b0;
            have_used_q  <= {LANES{1'b0}};
            segment_q    <= {SEG_W{1'b0}};
        end else begin
            if (row_room) begin
                have_q       <= read_en;
                have_first_q <= time_q == {ROW_W{1'b0}};
                have_last_q  <= row_last;
                have_end_q   <= row_last && last_tile;
                have_bank_q  <= bank_q;
                have_used_q  <= ~({LANES{1'b1}} << used_lanes);
            end
            if (seg_step) begin
                segment_q <= seg_last ? {SEG_W{1'b0}} : segment_q + 1'b1;
            end
        end
    end

    localparam SEGMENT_W = LIF_CELLS * ACC_W;

    wire [SEGMENT_W-1:0] sums = read_sum[segment_q * SEGMENT_W +: SEGMENT_W];
    wire [LIF_CELLS-1:0] spikes;

    prosperity_lif_array #(
        .LANES    (LANES),
        .LIF_CELLS(LIF_CELLS),
        .ACC_W    (ACC_W),
        .BIAS_W   (BIAS_W),
        .U_W      (U_W)
    ) u_lif_array (
        .clk       (clk),
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .step      (seg_step && spikes_out),
        .first     (have_first_q),
        .segment   (segment_q),
        .sums      (sums),
        .biases    (param_biases),
        .thresholds(param_thresholds),
        .spikes    (spikes)
    );

    // ---- beat ----
    reg                valid_q;
    reg                last_q;
    reg                end_q;
    reg [ROW_BITS-1:0] data_q;
    reg [LANES-1:0]    spikes_q;

    assign beat_room  = !valid_q || m_axis_out_tready;
    assign layer_done = valid_q && m_axis_out_tready && end_q;

    reg [LANES-1:0]    spikes_d;
    reg [ROW_BITS-1:0] raw_d;

    always @* begin
        spikes_d = spikes_q;
        spikes_d[segment_q * LIF_CELLS +: LIF_CELLS] = spikes;
    end

    integer i;

    always @* begin
        for (i = 0; i < LANES; i = i + 1) begin
            raw_d[i*ACC_W +: ACC_W] = read_sum[i*ACC_W +: ACC_W] & {ACC_W{have_used_q[i]}};
        end
    end

    always @(posedge clk) begin
        if (rst) begin
            valid_q  <= 1'b0;
            last_q   <= 1'b0;
            end_q    <= 1'b0;
            data_q   <= {ROW_BITS{1'b0}};
            spikes_q <= {LANES{1'b0}};
        end else begin
            if (beat_room) begin
                valid_q <= row_done;
            end
            if (row_done) begin
                last_q <= have_last_q;
                end_q  <= have_end_q;
                data_q <= spikes_out
                    ? {{(ROW_BITS - LANES) {1'b0}}, spikes_d & have_used_q} : raw_d;
            end
            if (seg_step) begin
                spikes_q <= spikes_d;
            end
        end
    end

    assign m_axis_out_tdata  = data_q;
    assign m_axis_out_tvalid = valid_q;
    assign m_axis_out_tlast  = last_q;

endmodule

`default_nettype wire
