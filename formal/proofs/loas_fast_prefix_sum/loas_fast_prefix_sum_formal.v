// SPDX-License-Identifier: Apache-2.0
// Properties of loas_fast_prefix_sum, for every mask: nothing below 0, and one more behind each one.
`default_nettype none

module loas_fast_prefix_sum_formal #(
    parameter W     = 8,
    parameter IDX_W = $clog2(W)
) (
    input wire [W-1:0]     mask,
    input wire [IDX_W-1:0] position
);

    wire [IDX_W-1:0] sum;
    wire [IDX_W-1:0] next;
    wire [IDX_W-1:0] behind = position + 1'b1;

    loas_fast_prefix_sum #(
        .W(W)
    ) u_dut (
        .mask    (mask),
        .position(position),
        .sum     (sum)
    );

    loas_fast_prefix_sum #(
        .W(W)
    ) u_next (
        .mask    (mask),
        .position(behind),
        .sum     (next)
    );

    // Together they define the sum at every position.
    always @* begin
        assume (position < W);
        if (position == 0) a_zero: assert (sum == 0);
        if (position < W - 1) a_next: assert ({1'b0, next} == {1'b0, sum} + mask[position]);
        c_all: cover (position == W - 1 && sum == W - 1 && !mask[W-1]);
    end

endmodule

`default_nettype wire
