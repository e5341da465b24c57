// SPDX-License-Identifier: Apache-2.0
// Drops the neurons of a spike fibre that fire once (the paper's fine-tuned variant).
//
// Function:   live = mask without the positions whose word has exactly one spike, if drop_single;
//             else mask. The words stay where they are: pointers count dropped ones too.
//             dropped = number of positions taken away.
// Latency:    combinational.
`default_nettype none

module loas_ft_filter #(
    parameter CHUNK      = 128,
    parameter TIME_STEPS = 4,
    // derived
    parameter COUNT_W    = $clog2(CHUNK + 1)
) (
    input  wire                        drop_single,
    input  wire [CHUNK-1:0]            mask,
    input  wire [CHUNK*TIME_STEPS-1:0] words,
    output wire [CHUNK-1:0]            live,
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

    // Word i belongs to the i-th one of the mask: prefix sums in fields of COUNT_W bits, each level one
    // addition of the sums so many fields below.
    localparam LEVELS = $clog2(CHUNK);
    localparam SUMS_W = CHUNK * COUNT_W;

    genvar l;
    generate
        for (l = 0; l <= LEVELS; l = l + 1) begin : g_level
            wire [SUMS_W-1:0] sums;

            if (l > 0) begin : g_sums
                assign sums = g_level[l-1].sums + (g_level[l-1].sums << (COUNT_W << (l - 1)));
            end else begin : g_bits
                for (w = 0; w < CHUNK; w = w + 1) begin : g_bit
                    assign sums[w*COUNT_W +: COUNT_W] = {{(COUNT_W - 1) {1'b0}}, mask[w]};
                end
            end
        end
        for (w = 0; w < CHUNK; w = w + 1) begin : g_live
            if (w > 0) begin : g_behind
                wire below = single[g_level[LEVELS].sums[(w-1)*COUNT_W +: IDX_W]];

                assign live[w] = mask[w] && !(drop_single && below);
            end else begin : g_first
                assign live[w] = mask[w] && !(drop_single && single[0]);
            end
        end
    endgenerate

    // Only an index is taken of a sum, and nothing of the last one.
    wire unused = &{1'b0, g_level[LEVELS].sums};

    snn_popcount #(
        .W(CHUNK)
    ) u_dropped (
        .word (mask & ~live),
        .count(dropped)
    );

endmodule

`default_nettype wire
