// SPDX-License-Identifier: Apache-2.0
// Properties of snn_popcount, for every word: none in zero, and one less without the lowest one.
`default_nettype none

module snn_popcount_formal #(
    parameter W     = 8,
    parameter CNT_W = $clog2(W + 1)
) (
    input wire [W-1:0] word
);

    wire [CNT_W-1:0] count;
    wire [CNT_W-1:0] less;

    snn_popcount #(
        .W(W)
    ) u_dut (
        .word (word),
        .count(count)
    );

    snn_popcount #(
        .W(W)
    ) u_less (
        .word (word & (word - 1'b1)),
        .count(less)
    );

    // Together they define the count of every word.
    always @* begin
        if (word == 0) a_none: assert (count == 0);
        if (word != 0) a_one_less: assert ({1'b0, count} == {1'b0, less} + 1);
        c_all: cover (&word && count == W);
        c_some: cover (count == W / 2 && !word[0]);
    end

endmodule

`default_nettype wire
