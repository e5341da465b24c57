// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_lif_array: every lane is a neuron of its own, with its potential kept from step to step.
`default_nettype none

module prosperity_lif_array_formal #(
    parameter LANES     = 4,
    parameter LIF_CELLS = 2,
    parameter ACC_W     = 2,
    parameter BIAS_W    = 2,
    parameter U_W       = 4
) (
    input wire                        clk,
    input wire                        step,
    input wire                        first,
    input wire                        segment,
    input wire [LIF_CELLS*ACC_W-1:0]  sums,
    input wire [LIF_CELLS*BIAS_W-1:0] biases,
    input wire [LIF_CELLS*BIAS_W-1:0] thresholds
);

    // Settings stay as they are; any one lane.
    (* anyconst *) wire [4:0] leak_shift;
    (* anyconst *) wire       soft_reset;
    (* anyconst *) wire       fire_ge;
    (* anyconst *) wire [1:0] lane;

    wire [LIF_CELLS-1:0] spikes;

    prosperity_lif_array #(
        .LANES    (LANES),
        .LIF_CELLS(LIF_CELLS),
        .ACC_W    (ACC_W),
        .BIAS_W   (BIAS_W),
        .U_W      (U_W)
    ) u_dut (
        .clk       (clk),
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .step      (step),
        .first     (first),
        .segment   (segment),
        .sums      (sums),
        .biases    (biases),
        .thresholds(thresholds),
        .spikes    (spikes)
    );

    // ---- one neuron (snn_lif_cell is proved for itself) and a register of its own ----
    wire           mine = segment == lane[1];
    reg  [U_W-1:0] u;
    wire [U_W-1:0] u_next;
    wire           fire;
    reg            known = 1'b0;

    snn_lif_cell #(
        .SUM_W (ACC_W),
        .BIAS_W(BIAS_W),
        .U_W   (U_W)
    ) u_neuron (
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .first     (first),
        .sum       (sums[lane[0]*ACC_W +: ACC_W]),
        .bias      (biases[lane[0]*BIAS_W +: BIAS_W]),
        .threshold (thresholds[lane[0]*BIAS_W +: BIAS_W]),
        .u         (u),
        .spike     (fire),
        .u_next    (u_next)
    );

    always @(posedge clk) begin
        if (step && mine) begin
            u     <= u_next;
            known <= 1'b1;
        end
    end
    // A lane's first step starts its potential.
    always @* if (step && mine && !known) assume (first);

    // Steps of the lane so far.
    reg [1:0] steps = 2'd0;
    always @(posedge clk) if (step && mine && steps != 2'd3) steps <= first ? 2'd1 : steps + 1'b1;

    always @* begin
        if (step && mine) a_spike: assert (spikes[lane[0]] == fire);
        c_kept: cover (step && mine && steps == 3 && !first && spikes[lane[0]] && sums == 0 && biases == 0 && lane == 2);
        c_beside: cover (step && mine && steps == 2 && u == 3 && spikes == 2'b01 && soft_reset && leak_shift == 2);
    end

`ifdef HINTS
    (* keep *) wire [LANES*U_W-1:0] mem;
    always @* if (known) i_potential: assert (mem[lane*U_W +: U_W] == u);
`endif

endmodule

`default_nettype wire
