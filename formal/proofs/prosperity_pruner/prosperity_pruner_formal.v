// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_pruner: prefix and residual are those of the definition, for every set of matches.
`default_nettype none

module prosperity_pruner_formal #(
    parameter TILE_M = 5,
    parameter TILE_K = 3,
    parameter ROW_W  = $clog2(TILE_M),
    parameter ONES_W = $clog2(TILE_K + 1)
) (
    input wire                     clk,
    input wire                     rst,
    input wire [TILE_M*ONES_W-1:0] ones_0,
    input wire [TILE_M*ONES_W-1:0] ones_1,
    input wire                     found_valid,
    input wire                     found_bank,
    input wire [ROW_W-1:0]         found_idx,
    input wire [ONES_W-1:0]        found_ones,
    input wire                     found_last,
    input wire [TILE_K-1:0]        found_row,
    input wire [TILE_M-1:0]        found_match,
    input wire [TILE_K-1:0]        prefix_row
);

    wire              prefix_bank;
    wire [ROW_W-1:0]  prefix_idx;
    wire              desc_valid;
    wire              desc_last;
    wire [ROW_W-1:0]  desc_row;
    wire [ROW_W-1:0]  desc_prefix;
    wire              desc_reuse;
    wire [TILE_K-1:0] desc_pattern;
    wire [ONES_W-1:0] desc_ones;
    wire              desc_bank;

    prosperity_pruner #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .ones_0      (ones_0),
        .ones_1      (ones_1),
        .found_valid (found_valid),
        .found_bank  (found_bank),
        .found_idx   (found_idx),
        .found_ones  (found_ones),
        .found_last  (found_last),
        .found_row   (found_row),
        .found_match (found_match),
        .prefix_bank (prefix_bank),
        .prefix_idx  (prefix_idx),
        .prefix_row  (prefix_row),
        .desc_valid  (desc_valid),
        .desc_last   (desc_last),
        .desc_row    (desc_row),
        .desc_prefix (desc_prefix),
        .desc_reuse  (desc_reuse),
        .desc_pattern(desc_pattern),
        .desc_ones   (desc_ones),
        .desc_bank   (desc_bank)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // A match has a one at least.
    wire [TILE_M*ONES_W-1:0] ones = found_bank ? ones_1 : ones_0;
    genvar g;
    generate
        for (g = 0; g < TILE_M; g = g + 1) begin : g_match
            always @* if (found_valid && found_match[g]) assume (ones[g*ONES_W +: ONES_W] != 0);
        end
    endgenerate

    // The inputs of two cycles ago.
    localparam IN_W = 2 + ROW_W + ONES_W + TILE_K + TILE_M + TILE_M * ONES_W;
    reg [IN_W-1:0] in_1;
    reg [IN_W-1:0] in_2;
    reg            valid_1 = 1'b0;
    reg            valid_2 = 1'b0;

    always @(posedge clk) begin
        in_1 <= {found_bank, found_last, found_idx, found_ones, found_row, found_match, ones};
        in_2 <= in_1;
        valid_1 <= found_valid && !rst;
        valid_2 <= valid_1 && !rst;
    end

    wire                     was_bank;
    wire                     was_last;
    wire [ROW_W-1:0]         was_idx;
    wire [ONES_W-1:0]        was_ones;
    wire [TILE_K-1:0]        was_row;
    wire [TILE_M-1:0]        match;
    wire [TILE_M*ONES_W-1:0] table_2;
    assign {was_bank, was_last, was_idx, was_ones, was_row, match, table_2} = in_2;

    // Any other match.
    (* anyseq *) wire [ROW_W-1:0] other;
    wire [ONES_W-1:0] other_ones = table_2[other*ONES_W +: ONES_W];
    wire [ONES_W-1:0] best_ones  = table_2[desc_prefix*ONES_W +: ONES_W];
    wire              rival      = other < TILE_M && match[other];

    always @* if (started) begin
        a_valid: assert (desc_valid == valid_2);
        if (valid_2) begin
            a_reuse: assert (desc_reuse == (match != 0));
            if (desc_reuse) a_is_match: assert (desc_prefix < TILE_M && match[desc_prefix]);
            if (desc_reuse && rival) a_most_ones: assert (other_ones <= best_ones);
            if (desc_reuse && rival && other < desc_prefix) a_smallest: assert (other_ones < best_ones);
            a_pattern: assert (desc_pattern == (desc_reuse ? was_row ^ prefix_row : was_row));
            a_prefix_read: assert (prefix_bank == was_bank && prefix_idx == desc_prefix);
            a_beside: assert (desc_bank == was_bank && desc_last == was_last && desc_row == was_idx
                && desc_ones == was_ones);
        end
        c_tie: cover (valid_2 && match == 5'b11010 && desc_prefix == 3 && best_ones == 2
            && table_2[4*ONES_W +: ONES_W] == 2);
        c_none: cover (valid_2 && match == 0 && valid_1);
        c_exact: cover (valid_2 && desc_reuse && desc_pattern == 0 && was_row == 3'b110);
    end

endmodule

`default_nettype wire
