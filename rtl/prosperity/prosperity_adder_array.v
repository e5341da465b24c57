// SPDX-License-Identifier: Apache-2.0
// The processor's data path: WEIGHT_PORTS adders a lane, and the store of the tile's finished rows.
//
// Function:   sum = (first step of a row: prefix result or zero; else the running sum) + weight rows.
//             A finished sum goes to the store, from where later rows of the tile take it
//             as their prefix.
// Latency:    step in cycle c, weights and prefix result in c + 1, sum registered at its end.
// Throughput: WEIGHT_PORTS weight rows a cycle.
// Reset:      clears the running sum; the store keeps its words.
// Limits:     none: PSUM_W bits hold any sum of TILE_K weights.
`default_nettype none

module prosperity_adder_array #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter WEIGHT_W     = 8,
    // weight rows a cycle
    parameter WEIGHT_PORTS = 1,
    // derived
    parameter PSUM_W       = WEIGHT_W + $clog2(TILE_K),
    parameter ROW_W        = $clog2(TILE_M)
) (
    input  wire                                   clk,
    input  wire                                   rst,
    // step
    input  wire                                   step,
    input  wire [ROW_W-1:0]                       step_prefix,
    // add
    input  wire                                   add_valid,
    input  wire                                   add_first,
    input  wire [WEIGHT_PORTS-1:0]                add_weight,
    input  wire                                   add_reuse,
    input  wire                                   add_forward,
    input  wire                                   add_last,
    input  wire                                   add_store,
    input  wire [ROW_W-1:0]                       add_row,
    input  wire [WEIGHT_PORTS*LANES*WEIGHT_W-1:0] weight_rows,
    // running sum; the result of a row in the cycle after its last add
    output wire [LANES*PSUM_W-1:0]                sum
);

    wire [LANES*PSUM_W-1:0] prefix;
    wire [LANES*PSUM_W-1:0] sum_d;
    reg  [LANES*PSUM_W-1:0] sum_q;

    snn_ram_1r1w #(
        .W    (LANES * PSUM_W),
        .DEPTH(TILE_M)
    ) u_store (
        .clk    (clk),
        .wr_en  (add_valid && add_last && add_store),
        .wr_addr(add_row),
        .wr_data(sum_d),
        .rd_en  (step),
        .rd_addr(step_prefix),
        .rd_data(prefix)
    );

    // The running sum is also the newest result: it stands in for a prefix just being written.
    wire from_sum    = !add_first || (add_reuse && add_forward);
    wire from_prefix = add_first && add_reuse && !add_forward;

    genvar i;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            wire [PSUM_W-1:0] base = from_sum ? sum_q[i*PSUM_W +: PSUM_W]
                : from_prefix ? prefix[i*PSUM_W +: PSUM_W] : {PSUM_W{1'b0}};
            reg  [PSUM_W-1:0] total;
            reg  [WEIGHT_W-1:0] weight;

            integer p;

            always @* begin
                total  = base;
                weight = {WEIGHT_W{1'b0}};
                for (p = 0; p < WEIGHT_PORTS; p = p + 1) begin
                    weight = weight_rows[(p*LANES + i)*WEIGHT_W +: WEIGHT_W];
                    if (add_weight[p]) begin
                        total = total + {{(PSUM_W - WEIGHT_W) {weight[WEIGHT_W-1]}}, weight};
                    end
                end
            end

            assign sum_d[i*PSUM_W +: PSUM_W] = total;
        end
    endgenerate

    assign sum = sum_q;

    always @(posedge clk) begin
        if (rst) begin
            sum_q <= {LANES * PSUM_W{1'b0}};
        end else if (add_valid) begin
            sum_q <= sum_d;
        end
    end

endmodule

`default_nettype wire
