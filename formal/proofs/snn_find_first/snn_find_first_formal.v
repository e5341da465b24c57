// SPDX-License-Identifier: Apache-2.0
// Properties of snn_find_first, for every request.
`default_nettype none

module snn_find_first_formal #(
    parameter W     = 8,
    parameter IDX_W = $clog2(W)
) (
    input wire [W-1:0] req
);

    wire             any;
    wire             many;
    wire [IDX_W-1:0] idx;

    snn_find_first #(
        .W(W)
    ) u_dut (
        .req (req),
        .any (any),
        .many(many),
        .idx (idx)
    );

    // A lone one is its own lowest one; without it nothing is left.
    wire [W-1:0] lowest = req & (~req + 1'b1);

    always @* begin
        a_any: assert (any == (req != 0));
        a_many: assert (many == (req != lowest));
        if (any) a_lowest: assert (({{(W - 1) {1'b0}}, 1'b1} << idx) == lowest);
        if (!any) a_none: assert (idx == 0);
        c_last: cover (any && !many && idx == W - 1);
        c_many: cover (many && idx == 1);
        c_none: cover (!any);
    end

endmodule

`default_nettype wire
