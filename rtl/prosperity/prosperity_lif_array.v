// SPDX-License-Identifier: Apache-2.0
// LIF_CELLS neurons a cycle over the lanes of an output row, and their membrane potentials.
//
// Function:   segment s of a row is lanes s * LIF_CELLS and up. Each step updates the potentials of one
//             segment and gives its spikes; first restarts them (time step 0 of a position).
// Latency:    combinational; potentials change at the end of the cycle.
// Throughput: one segment a cycle.
// Reset:      none: first starts a potential.
`default_nettype none

module prosperity_lif_array #(
    parameter LANES     = 128,
    // neurons updated a cycle; divides LANES
    parameter LIF_CELLS = 32,
    parameter ACC_W     = 24,
    parameter BIAS_W    = 32,
    // bits of a membrane potential
    parameter U_W       = 42,
    // derived
    parameter SEGMENTS  = LANES / LIF_CELLS,
    parameter SEG_W     = SEGMENTS > 1 ? $clog2(SEGMENTS) : 1
) (
    input  wire                        clk,
    // settings
    input  wire [4:0]                  leak_shift,
    input  wire                        soft_reset,
    input  wire                        fire_ge,
    // one segment
    input  wire                        step,
    input  wire                        first,
    input  wire [SEG_W-1:0]            segment,
    input  wire [LIF_CELLS*ACC_W-1:0]  sums,
    input  wire [LIF_CELLS*BIAS_W-1:0] biases,
    input  wire [LIF_CELLS*BIAS_W-1:0] thresholds,
    output wire [LIF_CELLS-1:0]        spikes
);

    generate
        if (SEGMENTS * LIF_CELLS != LANES) begin : g_check_cells
            illegal_parameter_LIF_CELLS_does_not_divide_LANES u_stop ();
        end
    endgenerate

    reg  [LIF_CELLS*U_W-1:0] u_mem [0:SEGMENTS-1];
    wire [LIF_CELLS*U_W-1:0] u = u_mem[segment];
    wire [LIF_CELLS*U_W-1:0] u_next;

    genvar i;
    generate
        for (i = 0; i < LIF_CELLS; i = i + 1) begin : g_cell
            snn_lif_cell #(
                .SUM_W (ACC_W),
                .BIAS_W(BIAS_W),
                .U_W   (U_W)
            ) u_cell (
                .leak_shift(leak_shift),
                .soft_reset(soft_reset),
                .fire_ge   (fire_ge),
                .first     (first),
                .sum       (sums[i*ACC_W +: ACC_W]),
                .bias      (biases[i*BIAS_W +: BIAS_W]),
                .threshold (thresholds[i*BIAS_W +: BIAS_W]),
                .u         (u[i*U_W +: U_W]),
                .spike     (spikes[i]),
                .u_next    (u_next[i*U_W +: U_W])
            );
        end
    endgenerate

    always @(posedge clk) begin
        if (step) begin
            u_mem[segment] <= u_next;
        end
    end

endmodule

`default_nettype wire
