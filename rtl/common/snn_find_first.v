// SPDX-License-Identifier: Apache-2.0
// Lowest set bit of a vector, as a binary tree.
//
// Function:   any  = some bit of req is set;
//             many = two or more are set;
//             idx  = index of the lowest one, 0 when there is none.
// Latency:    combinational, clog2(W) levels.
`default_nettype none

module snn_find_first #(
    // bits of the request vector, 2 or more
    parameter W     = 16,
    // bits of the index, derived
    parameter IDX_W = $clog2(W)
) (
    input  wire [W-1:0]     req,
    output wire             any,
    output wire             many,
    output wire [IDX_W-1:0] idx
);

    // The tree is built over the next power of two; the added leaves are never set.
    localparam LEAVES = 1 << IDX_W;

    generate
        if (W < 2) begin : g_check_w
            illegal_parameter_W_below_2 u_stop ();
        end
        if (IDX_W != $clog2(W)) begin : g_check_idx_w
            illegal_parameter_IDX_W_is_derived u_stop ();
        end
    endgenerate

    genvar l;
    genvar n;
    generate
        for (l = 0; l <= IDX_W; l = l + 1) begin : g_level
            wire [(LEAVES>>l)-1:0] any_l;

            if (l == 0) begin : g_leaf
                if (LEAVES == W) begin : g_exact
                    assign any_l = req;
                end else begin : g_padded
                    assign any_l = {{(LEAVES - W) {1'b0}}, req};
                end
            end else begin : g_inner
                // A leaf is never many and has no index, so these start one level up. A level adds
                // one index bit: 1 when the lower half is empty.
                wire [(LEAVES>>l)-1:0]   many_l;
                wire [(LEAVES>>l)*l-1:0] idx_l;

                for (n = 0; n < (LEAVES >> l); n = n + 1) begin : g_node
                    wire low  = g_level[l-1].any_l[2*n];
                    wire high = g_level[l-1].any_l[2*n+1];

                    assign any_l[n]  = low | high;
                    if (l == 1) begin : g_pair
                        assign many_l[n] = low & high;
                        assign idx_l[n]  = high & ~low;
                    end else begin : g_merge
                        assign many_l[n] = (low & high)
                            | g_level[l-1].g_inner.many_l[2*n]
                            | g_level[l-1].g_inner.many_l[2*n+1];
                        // The index of an empty half is 0.
                        assign idx_l[n*l +: l] = {high & ~low, low
                            ? g_level[l-1].g_inner.idx_l[2*n*(l-1) +: l-1]
                            : g_level[l-1].g_inner.idx_l[(2*n+1)*(l-1) +: l-1]};
                    end
                end
            end
        end
    endgenerate

    assign any = g_level[IDX_W].any_l[0];

    // Without a level there is nothing to name, and the check above must have the word.
    generate
        if (IDX_W > 0) begin : g_root
            assign many = g_level[IDX_W].g_inner.many_l[0];
            assign idx  = g_level[IDX_W].g_inner.idx_l;
        end
    endgenerate

endmodule

`default_nettype wire
