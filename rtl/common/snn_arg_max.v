// SPDX-License-Identifier: Apache-2.0
// Largest of N keys and its index, as a binary tree cut by two register stages.
//
// Function:   max = largest key; idx = the smallest index that holds it.
// Latency:    2 cycles.
// Throughput: one set of keys a cycle; it never stalls.
// Reset:      none: the caller carries a valid bit beside it.
`default_nettype none

module snn_arg_max #(
    // number of keys, 2 or more
    parameter N     = 16,
    // bits of a key (unsigned)
    parameter KEY_W = 5,
    // bits of the index, derived
    parameter IDX_W = $clog2(N)
) (
    input  wire               clk,
    input  wire [N*KEY_W-1:0] keys,
    output wire [KEY_W-1:0]   max,
    output wire [IDX_W-1:0]   idx
);

    localparam LEAVES = 1 << IDX_W;
    // The level behind which the first register stage lies; the second is at the root.
    localparam CUT    = IDX_W / 2;

    generate
        if (N < 2) begin : g_check_n
            illegal_parameter_N_below_2 u_stop ();
        end
        if (IDX_W != $clog2(N)) begin : g_check_idx_w
            illegal_parameter_IDX_W_is_derived u_stop ();
        end
    endgenerate

    genvar l;
    genvar n;
    generate
        for (l = 0; l <= IDX_W; l = l + 1) begin : g_level
            wire [(LEAVES>>l)*KEY_W-1:0] key_d;
            reg  [(LEAVES>>l)*KEY_W-1:0] key_l;

            if (l == 0) begin : g_leaf
                if (LEAVES == N) begin : g_exact
                    assign key_d = keys;
                end else begin : g_padded
                    assign key_d = {{(LEAVES - N) * KEY_W{1'b0}}, keys};
                end
            end else begin : g_inner
                // An index within the node's leaves: a level adds one bit, a leaf has none.
                wire [(LEAVES>>l)*l-1:0] idx_d;
                reg  [(LEAVES>>l)*l-1:0] idx_l;

                for (n = 0; n < (LEAVES >> l); n = n + 1) begin : g_node
                    wire [KEY_W-1:0] low  = g_level[l-1].key_l[2*n*KEY_W +: KEY_W];
                    wire [KEY_W-1:0] high = g_level[l-1].key_l[(2*n+1)*KEY_W +: KEY_W];
                    // Strictly greater: of equal keys the lower index stays.
                    wire             up   = high > low;

                    assign key_d[n*KEY_W +: KEY_W] = up ? high : low;
                    if (l == 1) begin : g_pair
                        assign idx_d[n] = up;
                    end else begin : g_merge
                        assign idx_d[n*l +: l] = {up, up
                            ? g_level[l-1].g_inner.idx_l[(2*n+1)*(l-1) +: l-1]
                            : g_level[l-1].g_inner.idx_l[2*n*(l-1) +: l-1]};
                    end
                end

                if (l == CUT || l == IDX_W) begin : g_register
                    always @(posedge clk) begin
                        idx_l <= idx_d;
                    end
                end else begin : g_through
                    always @* begin
                        idx_l = idx_d;
                    end
                end
            end

            if (l == CUT || l == IDX_W) begin : g_register
                always @(posedge clk) begin
                    key_l <= key_d;
                end
            end else begin : g_through
                always @* begin
                    key_l = key_d;
                end
            end
        end
    endgenerate

    assign max = g_level[IDX_W].key_l;

    // Without a level there is nothing to name, and the check above must have the word.
    generate
        if (IDX_W > 0) begin : g_root
            assign idx = g_level[IDX_W].g_inner.idx_l;
        end
    endgenerate

endmodule

`default_nettype wire
