// SPDX-License-Identifier: Apache-2.0
// Prefix sums of a bitmask, ADDERS positions a step: the paper's laggy prefix sum.
//
// Function:   sums[i] = ones in all steps since first and in this step's bits below i.
// Latency:    combinational; the running total is kept between steps.
// Throughput: one step a cycle.
// Reset:      none: first starts a sum.
`default_nettype none

module loas_laggy_prefix_sum #(
    // positions a step, 1 or more
    parameter ADDERS = 16,
    // bits of a sum; a total beyond them wraps
    parameter SUM_W  = 7
) (
    input  wire                    clk,
    input  wire                    step,
    input  wire                    first,
    input  wire [ADDERS-1:0]       bits,
    output reg  [ADDERS*SUM_W-1:0] sums
);

    reg [SUM_W-1:0] total_q;
    reg [SUM_W-1:0] total_d;
    integer         i;

    always @* begin
        total_d = first ? {SUM_W{1'b0}} : total_q;
        for (i = 0; i < ADDERS; i = i + 1) begin
            sums[i*SUM_W +: SUM_W] = total_d;
            if (bits[i]) begin
                total_d = total_d + 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (step) begin
            total_q <= total_d;
        end
    end

endmodule

`default_nettype wire
