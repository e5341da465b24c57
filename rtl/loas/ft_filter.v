// SPDX-License-Identifier: Apache-2.0
// Drops the neurons of a spike fibre that fire once (the paper's fine-tuned variant).
//
// Function:   live = mask without the positions whose word has exactly one spike, if drop_single;
//             else mask. The words stay where they are: pointers count dropped ones too.
//             dropped = number of positions taken away.
// Latency:    combinational.
`default_nettype none

module ft_filter #(
    parameter CHUNK      = 128,
    parameter TIME_STEPS = 4,
    // derived
    parameter COUNT_W    = $clog2(CHUNK + 1)
) (
    input  wire                        drop_single,
    input  wire [CHUNK-1:0]            mask,
    input  wire [CHUNK*TIME_STEPS-1:0] words,
    output reg  [CHUNK-1:0]            live,
    output wire [COUNT_W-1:0]          dropped
);

    localparam IDX_W = $clog2(CHUNK);

    // A word has one spike: not silent, and nothing left without its lowest one.
    wire [CHUNK-1:0] single;

    genvar w;
    generate
        for (w = 0; w < CHUNK; w = w + 1) begin : g_word
            wire [TIME_STEPS-1:0] word = words[w*TIME_STEPS +: TIME_STEPS];

            assign single[w] = |word && (word & (word - 1'b1)) == {TIME_STEPS{1'b0}};
        end
    endgenerate

    // Word i belongs to the i-th one of the mask.
    reg [IDX_W-1:0] pointer;
    integer         p;

    always @* begin
        pointer = {IDX_W{1'b0}};
        for (p = 0; p < CHUNK; p = p + 1) begin
            live[p] = mask[p] && !(drop_single && single[pointer]);
            pointer = pointer + {{(IDX_W - 1) {1'b0}}, mask[p]};
        end
    end

    popcount #(
        .W(CHUNK)
    ) u_dropped (
        .word (mask & ~live),
        .count(dropped)
    );

endmodule

`default_nettype wire
