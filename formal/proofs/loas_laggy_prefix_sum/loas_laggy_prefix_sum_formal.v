// SPDX-License-Identifier: Apache-2.0
// Properties of loas_laggy_prefix_sum: a running count of ones over any number of steps.
`default_nettype none

module loas_laggy_prefix_sum_formal #(
    parameter ADDERS = 4,
    parameter SUM_W  = 4
) (
    input wire              clk,
    input wire              step,
    input wire              first,
    input wire [ADDERS-1:0] bits
);

    wire [ADDERS*SUM_W-1:0] sums;

    loas_laggy_prefix_sum #(
        .ADDERS(ADDERS),
        .SUM_W (SUM_W)
    ) u_dut (
        .clk  (clk),
        .step (step),
        .first(first),
        .bits (bits),
        .sums (sums)
    );

    // Ones of all steps since the first one.
    reg             known = 1'b0;
    reg [SUM_W-1:0] total;
    reg [SUM_W-1:0] ones;
    integer         o;

    always @* begin
        ones = 0;
        for (o = 0; o < ADDERS; o = o + 1) ones = ones + bits[o];
    end

    wire [SUM_W-1:0] before = first ? 0 : total;

    always @(posedge clk) begin
        if (step) begin
            known <= known || first;
            total <= before + ones;
        end
    end

    // Any position: the sum grows by its bit.
    (* anyseq *) wire [$clog2(ADDERS)-1:0] i;
    wire [SUM_W-1:0] here  = sums[i*SUM_W +: SUM_W];
    wire [SUM_W-1:0] above = sums[(i+1)*SUM_W +: SUM_W];

    always @* if (known || first) begin
        a_start: assert (sums[SUM_W-1:0] == before);
        if (i < ADDERS - 1) a_next: assert (above == here + bits[i]);
        c_laggy: cover (known && !first && here == 9 && i == ADDERS - 1);
        c_again: cover (known && first && total == 7);
    end

`ifdef HINTS
    (* keep *) wire [SUM_W-1:0] dut_total;
    always @* if (known) i_total: assert (dut_total == total);
`endif

endmodule

`default_nettype wire
