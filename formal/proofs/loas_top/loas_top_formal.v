// SPDX-License-Identifier: Apache-2.0
// No deadlock of loas_top: whatever a layer holds and however its streams are held back, something moves
// within a bound while they are not; and what comes out are the sums of the definition.
`default_nettype none

module loas_top_formal #(
    // the layer, by its registers; of each chunk of 32 positions POSITIONS hold something
    parameter DIM_M       = 2,
    parameter K_TILES     = 1,
    parameter POSITIONS   = 2,
    parameter MODE        = 0,
    // cycles without a beat on any stream while none is held back
    parameter BOUND       = 30,
    // 0: no stream is held back
    parameter STALLS      = 1,
    // 1: the sums are compared too
    parameter SUMS        = 0,
    // derived
    parameter DIM_K       = (K_TILES - 1) * 32 + POSITIONS
) (
    input wire        clk,
    // what thresholds and biases are
    input wire [63:0] param_data,
    // holds back spikes, weights, outputs
    input wire [2:0]  stall
);

`include "loas_regs.vh"

    // Two rows a tile, two columns of four, two time steps; a beat is two bitmasks, or the values of a tile.
    localparam DIM_N    = 2;
    localparam WEIGHT_W = 2;
    localparam ACC_W    = 9;
    localparam USED     = K_TILES * POSITIONS;
    localparam M_TILES  = (DIM_M + 1) / 2;
    localparam WRITES   = 5;

    // The solver chooses words (two steps each) and weights.
    (* anyconst *) wire [DIM_M*USED*2-1:0] words;
    (* anyconst *) wire [DIM_N*USED*2-1:0] weights;

    // ---- the registers are written one after the other, CTRL.START last ----
    reg  [3:0]  age = 4'd0;
    wire        rst     = age == 0;
    wire        writing = !rst && age <= WRITES;
    wire        written;
    wire [11:0] awaddr = age == 1 ? ADDR_DIM_M : age == 2 ? ADDR_DIM_K : age == 3 ? ADDR_DIM_N
        : age == 4 ? ADDR_MODE : ADDR_CTRL;
    wire [31:0] wdata  = age == 1 ? DIM_M : age == 2 ? DIM_K : age == 3 ? DIM_N : age == 4 ? MODE : 1;

    always @(posedge clk) if (rst || (writing && written)) age <= age + 1'b1;

    // ---- streams: bitmasks of two fibres, then their values, if there are any ----
    // Two elements of a matrix, of fibre f and of the positions of chunk k: of nothing beyond its edge.
    function [2*POSITIONS-1:0] word_fibre(input [2:0] f, input [1:0] k);
        word_fibre = f < DIM_M ? words >> ((f * USED + k * POSITIONS) * 2) : 0;
    endfunction
    function [2*POSITIONS-1:0] weight_fibre(input [2:0] f, input [1:0] k);
        weight_fibre = f < DIM_N ? weights >> ((f * USED + k * POSITIONS) * 2) : 0;
    endfunction
    function [63:0] bitmasks(input [2*POSITIONS-1:0] a, input [2*POSITIONS-1:0] b);
        integer p;
        begin
            bitmasks = 0;
            for (p = 0; p < POSITIONS; p = p + 1) begin
                bitmasks[p] = a[p*2 +: 2] != 0;
                bitmasks[32+p] = b[p*2 +: 2] != 0;
            end
        end
    endfunction
    function [63:0] values(input [2*POSITIONS-1:0] a, input [2*POSITIONS-1:0] b);
        integer p;
        begin
            values = 0;
            for (p = POSITIONS - 1; p >= 0; p = p - 1) if (b[p*2 +: 2] != 0) values = {values, b[p*2 +: 2]};
            for (p = POSITIONS - 1; p >= 0; p = p - 1) if (a[p*2 +: 2] != 0) values = {values, a[p*2 +: 2]};
        end
    endfunction

    wire         spike_ready;
    wire         weight_ready;
    wire         out_valid;
    wire         out_last;
    wire [35:0] out_data;

    wire [2:0]   held = STALLS ? stall : 3'd0;

    // Tiles in m, k order on both streams: a single n tile.
    reg  [1:0] spike_m = 0;
    reg  [1:0] spike_k = 0;
    reg        spike_values = 0;
    reg  [1:0] weight_m = 0;
    reg  [1:0] weight_k = 0;
    reg        weight_values = 0;
    reg  [2:0] params = 0;

    wire spike_valid  = !rst && spike_m < M_TILES && !held[0];
    wire weight_valid = !rst && weight_m < M_TILES && !held[1];
    wire out_ready    = !held[2];
    wire spike_take   = spike_valid && spike_ready;
    wire weight_take  = weight_valid && weight_ready;
    wire out_take     = !rst && out_valid && out_ready;

    wire [2*POSITIONS-1:0] row_0    = word_fibre(spike_m * 2, spike_k);
    wire [2*POSITIONS-1:0] row_1    = word_fibre(spike_m * 2 + 1, spike_k);
    wire [2*POSITIONS-1:0] column_0 = weight_fibre(0, weight_k);
    wire [2*POSITIONS-1:0] column_1 = weight_fibre(1, weight_k);

    // Thresholds and biases lead each n tile where spikes leave, two beats each.
    wire due         = MODE >= 2 && params != 4;
    wire spike_last  = spike_values || (row_0 == 0 && row_1 == 0);
    wire weight_last = !due && (weight_values || (column_0 == 0 && column_1 == 0));

    wire [63:0] spike_data  = spike_values ? values(row_0, row_1) : bitmasks(row_0, row_1);
    wire [63:0] weight_data = due ? param_data
        : weight_values ? values(column_0, column_1) : bitmasks(column_0, column_1);

    always @(posedge clk) begin
        if (spike_take) begin
            spike_values <= !spike_last;
            if (spike_last) spike_k <= spike_k + 1 == K_TILES ? 0 : spike_k + 1;
            if (spike_last && spike_k + 1 == K_TILES) spike_m <= spike_m + 1;
        end
        if (weight_take && due) params <= params + 1'b1;
        if (weight_take && !due) begin
            weight_values <= !weight_last;
            if (weight_last) weight_k <= weight_k + 1 == K_TILES ? 0 : weight_k + 1;
            if (weight_last && weight_k + 1 == K_TILES) begin
                params <= 0;
                weight_m <= weight_m + 1;
            end
        end
    end

    loas_top #(
        .TIME_STEPS  (2),
        .CHUNK       (32),
        .TPPES       (2),
        .COLUMNS     (4),
        .LAGGY_ADDERS(4),
        .FIFO_DEPTH  (2),
        .QUEUE_DEPTH (2),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .BIAS_W      (32),
        .BEAT_W      (64),
        .MASK_BEATS  (2),
        .VALUE_BEATS (2),
        .DIM_W       (8)
    ) u_dut (
        .clk                 (clk),
        .rst                 (rst),
        .s_axil_awaddr       (awaddr),
        .s_axil_awvalid      (writing),
        .s_axil_awready      (written),
        .s_axil_wdata        (wdata),
        .s_axil_wstrb        (4'b1111),
        .s_axil_wvalid       (writing),
        .s_axil_bready       (1'b1),
        .s_axil_araddr       (12'd0),
        .s_axil_arvalid      (1'b0),
        .s_axil_rready       (1'b1),
        .s_axis_spike_tdata  (spike_data),
        .s_axis_spike_tvalid (spike_valid),
        .s_axis_spike_tready (spike_ready),
        .s_axis_spike_tlast  (spike_last),
        .s_axis_weight_tdata (weight_data),
        .s_axis_weight_tvalid(weight_valid),
        .s_axis_weight_tready(weight_ready),
        .s_axis_weight_tlast (weight_last),
        .m_axis_out_tdata    (out_data),
        .m_axis_out_tvalid   (out_valid),
        .m_axis_out_tready   (out_ready),
        .m_axis_out_tlast    (out_last)
    );

    // ---- out of a tile: its columns of sums, or its rows of spikes ----
    reg [1:0] out_m = 0;
    reg       out_place = 0;

    wire over   = out_m == M_TILES;
    wire closes = out_place || (MODE >= 2 && DIM_M - out_m * 2 == 1);

    always @(posedge clk) if (out_take) begin
        out_place <= !closes;
        if (closes) out_m <= out_m + 1'b1;
    end

    // ---- the sum of a row and a step, which the solver chooses; fine-tuned spikes: words of one are dropped ----
    (* anyconst *) wire         r;
    (* anyconst *) wire         t;
    reg signed [ACC_W-1:0]    sum;
    reg signed [WEIGHT_W-1:0] weight;
    reg [1:0]                 word;
    integer                   i;

    always @* begin
        sum = 0;
        for (i = 0; i < USED; i = i + 1) begin
            word = words >> (((out_m * 2 + r) * USED + i) * 2);
            weight = weights >> ((out_place * USED + i) * 2);
            if (word[t] && !(MODE == 1 && word != 2'b11)) sum = sum + weight;
        end
    end

    // ---- time: cycles in which nothing was held back, since something moved ----
    reg  [6:0] silence = 7'd0;
    wire       moved = spike_take || weight_take || out_take;

    always @(posedge clk)
        silence <= rst || age <= WRITES || moved || over ? 7'd0 : silence + (held == 0);

    always @* if (!rst) begin
        a_moves: assert (silence <= BOUND);
        if (out_valid) begin
            a_no_more: assert (!over);
            a_last: assert (out_last == closes);
            if (SUMS && out_m * 2 + r < DIM_M) a_sum: assert (out_data[(r*2+t)*ACC_W +: ACC_W] == sum);
        end
        c_ends: cover (over && words[1:0] == 2'b01 && weights[1:0] == 2'b11);
        c_empty: cover (over && words == 0);
    end

endmodule

`default_nettype wire
