// SPDX-License-Identifier: Apache-2.0
// Properties of snn_arg_max, for every stream of keys: largest key, smallest index, two cycles later.
`default_nettype none

module snn_arg_max_formal #(
    parameter N     = 5,
    parameter KEY_W = 2,
    parameter IDX_W = $clog2(N)
) (
    input wire               clk,
    input wire [N*KEY_W-1:0] keys
);

    wire [KEY_W-1:0] max;
    wire [IDX_W-1:0] idx;

    snn_arg_max #(
        .N    (N),
        .KEY_W(KEY_W)
    ) u_dut (
        .clk (clk),
        .keys(keys),
        .max (max),
        .idx (idx)
    );

    // The keys of two cycles ago.
    reg [N*KEY_W-1:0] keys_1;
    reg [N*KEY_W-1:0] keys_2;
    reg [1:0]         age = 2'd0;

    always @(posedge clk) begin
        keys_1 <= keys;
        keys_2 <= keys_1;
        if (!age[1]) age <= age + 1'b1;
    end

    // Any one of them.
    (* anyseq *) wire [IDX_W-1:0] other;
    wire [KEY_W-1:0] key = keys_2[other*KEY_W +: KEY_W];

    always @* if (age[1]) begin
        a_exists: assert (idx < N && keys_2[idx*KEY_W +: KEY_W] == max);
        if (other < N) a_largest: assert (key <= max);
        if (other < idx) a_smallest_index: assert (key != max);
        c_last: cover (idx == N - 1 && max == 2);
        c_tie: cover (idx == 1 && max == 3 && keys_2[(N-1)*KEY_W +: KEY_W] == max && keys_2[KEY_W-1:0] == 2);
        c_zero: cover (max == 0);
    end

endmodule

`default_nettype wire
