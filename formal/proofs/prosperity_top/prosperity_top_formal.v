// SPDX-License-Identifier: Apache-2.0
// No deadlock of prosperity_top: whatever a layer holds and however its streams are held back, something
// moves within a bound while they are not; and what comes out are the rows of the definition.
`default_nettype none

module prosperity_top_formal #(
    // the layer, by its registers
    parameter DIM_M        = 2,
    parameter DIM_K        = 2,
    parameter DIM_N        = 1,
    parameter MODE         = 0,
    parameter MERGE_ROWS   = 0,
    parameter SUM_BANKS    = 1,
    parameter WEIGHT_PORTS = 1,
    parameter TILE_M       = 2,
    parameter QUEUE_DEPTH  = 2,
    // 1: the sums are compared too
    parameter SUMS         = 0,
    // cycles without a beat on any stream while none is held back
    parameter BOUND        = 16
) (
    input wire       clk,
    // what a threshold or a bias is
    input wire [1:0] param_data,
    // holds back spikes, weights, outputs
    input wire [2:0] stall
);

`include "prosperity_regs.vh"

    // One lane, two columns a tile, two rows a beat.
    localparam TILE_K   = 2;
    localparam WEIGHT_W = 2;
    localparam ACC_W    = 4;
    localparam K_TILES  = (DIM_K + 1) / 2;
    localparam M_TILES  = (DIM_M + TILE_M - 1) / TILE_M;
    localparam WRITES   = 5;

    // The solver chooses spikes and weights.
    (* anyconst *) wire [DIM_M*DIM_K-1:0]          spikes;
    (* anyconst *) wire [DIM_K*DIM_N*WEIGHT_W-1:0] weights;

    // ---- the registers are written one after the other, CTRL.START last ----
    reg  [3:0]  age = 4'd0;
    wire        rst     = age == 0;
    wire        writing = !rst && age <= WRITES;
    wire        written;
    wire [11:0] awaddr = age == 1 ? ADDR_DIM_M : age == 2 ? ADDR_DIM_K : age == 3 ? ADDR_DIM_N
        : age == 4 ? ADDR_MODE : ADDR_CTRL;
    wire [31:0] wdata  = age == 1 ? DIM_M : age == 2 ? DIM_K : age == 3 ? DIM_N : age == 4 ? MODE : 1;

    always @(posedge clk) if (rst || (writing && written)) age <= age + 1'b1;

    // ---- streams ----
    wire spike_ready;
    wire weight_ready;
    wire out_valid;
    wire out_last;
    wire [ACC_W-1:0] out_sum;

    // Tiles in m, n, k order on both streams.
    reg  [2:0] spike_m = 0;
    reg  [1:0] spike_n = 0;
    reg  [1:0] spike_k = 0;
    reg        spike_beat = 0;
    reg  [2:0] weight_m = 0;
    reg  [1:0] weight_n = 0;
    reg  [1:0] weight_k = 0;
    reg        weight_row = 0;
    reg  [1:0] params = 0;

    wire spike_valid  = !rst && spike_m < M_TILES && !stall[0];
    wire weight_valid = !rst && weight_m < M_TILES && !stall[1];
    wire out_ready    = !stall[2];

    wire spike_last  = TILE_M == 2 || spike_beat || DIM_M - spike_m * TILE_M <= 2;
    // A threshold and a bias lead each n tile where spikes leave.
    wire due         = MODE >= 4 && params != 2;
    wire weight_last = !due && (weight_row || DIM_K - weight_k * 2 == 1);
    wire spike_take  = spike_valid && spike_ready;
    wire weight_take = weight_valid && weight_ready;
    wire out_take    = !rst && out_valid && out_ready;

    always @(posedge clk) begin
        if (spike_take) begin
            spike_beat <= !spike_last;
            if (spike_last) spike_k <= spike_k + 1 == K_TILES ? 0 : spike_k + 1;
            if (spike_last && spike_k + 1 == K_TILES) begin
                spike_n <= spike_n + 1 == DIM_N ? 0 : spike_n + 1;
                if (spike_n + 1 == DIM_N) spike_m <= spike_m + 1;
            end
        end
        if (weight_take && due) params <= params + 1'b1;
        if (weight_take && !due) begin
            weight_row <= !weight_last;
            if (weight_last) weight_k <= weight_k + 1 == K_TILES ? 0 : weight_k + 1;
            if (weight_last && weight_k + 1 == K_TILES) begin
                params <= 0;
                weight_n <= weight_n + 1 == DIM_N ? 0 : weight_n + 1;
                if (weight_n + 1 == DIM_N) weight_m <= weight_m + 1;
            end
        end
    end

    wire [2:0] row = spike_m * TILE_M + spike_beat * 2;
    wire [3:0] spike_data;
    wire [1:0] weight_data = due ? param_data : weights >> (((weight_k * 2 + weight_row) * DIM_N + weight_n) * WEIGHT_W);

    function [1:0] spike_row(input [2:0] m, input [1:0] k);
        spike_row = spikes[m * DIM_K +: DIM_K] >> (k * 2);
    endfunction

    assign spike_data = {spike_row(row + 1, spike_k), spike_row(row, spike_k)};

    prosperity_top #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (1),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .BIAS_W      (2),
        .LIF_CELLS   (1),
        .SPIKE_BEAT_W(2 * TILE_K),
        .SPIKE_BEATS (2),
        .WEIGHT_TILES(2),
        .QUEUE_DEPTH (QUEUE_DEPTH),
        .DIM_W       (3),
        .WEIGHT_PORTS(WEIGHT_PORTS),
        .MERGE_ROWS  (MERGE_ROWS),
        .SUM_BANKS   (SUM_BANKS)
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
        .m_axis_out_tdata    (out_sum),
        .m_axis_out_tvalid   (out_valid),
        .m_axis_out_tready   (out_ready),
        .m_axis_out_tlast    (out_last)
    );

    // ---- rows out: of an m tile, of each of its n tiles ----
    reg [2:0] out_m = 0;
    reg [1:0] out_n = 0;
    reg [2:0] out_row = 0;

    wire over   = out_m == M_TILES;
    wire closes = out_row + 1 == TILE_M || out_m * TILE_M + out_row + 1 == DIM_M;

    always @(posedge clk) if (out_take) begin
        out_row <= closes ? 0 : out_row + 1'b1;
        if (closes) out_n <= out_n + 1 == DIM_N ? 0 : out_n + 1'b1;
        if (closes && out_n + 1 == DIM_N) out_m <= out_m + 1'b1;
    end

    wire [DIM_K-1:0]         out_spikes  = spikes >> ((out_m * TILE_M + out_row) * DIM_K);
    reg signed [ACC_W-1:0]   sum;
    reg signed [WEIGHT_W-1:0] weight;
    integer                  i;

    always @* begin
        sum = 0;
        for (i = 0; i < DIM_K; i = i + 1) begin
            weight = weights >> ((i * DIM_N + out_n) * WEIGHT_W);
            if (out_spikes[i]) sum = sum + weight;
        end
    end

    // ---- time: cycles in which nothing was held back, since something moved ----
    reg  [4:0] silence = 5'd0;
    wire       moved = spike_take || weight_take || out_take;
    wire       free  = stall == 0;

    always @(posedge clk)
        silence <= rst || age <= WRITES || moved || over ? 5'd0 : silence + free;

    always @* if (!rst) begin
        a_moves: assert (silence <= BOUND);
        if (out_valid) begin
            a_no_more: assert (!over);
            if (SUMS) a_sum: assert (out_sum == sum);
            a_last: assert (out_last == closes);
        end
        c_ends: cover (over);
        c_reused: cover (over && spikes[0 +: DIM_K] == spikes[DIM_K +: DIM_K] && &spikes[1:0]);
    end

endmodule

`default_nettype wire
