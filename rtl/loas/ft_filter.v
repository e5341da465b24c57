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

    // Word i belongs to the i-th one of the mask: a position's word is the number of ones below it. A
    // tree of prefixes: level l knows the ones of each block of 2**l positions up to each of them.
    wire [CHUNK*IDX_W-1:0] pointer;

    genvar l;
    genvar i;
    generate
        for (l = 0; l <= IDX_W; l = l + 1) begin : g_level
            wire [CHUNK*IDX_W-1:0] ones;

            for (i = 0; i < CHUNK; i = i + 1) begin : g_position
                if (l == 0) begin : g_bit
                    assign ones[i*IDX_W +: IDX_W] = {{(IDX_W - 1) {1'b0}}, mask[i]};
                end else if (((i >> (l - 1)) & 1) == 1) begin : g_upper
                    // the whole lower half of the block is below it
                    assign ones[i*IDX_W +: IDX_W] = g_level[l-1].ones[i*IDX_W +: IDX_W]
                        + g_level[l-1].ones[((i >> (l - 1) << (l - 1))-1)*IDX_W +: IDX_W];
                end else begin : g_lower
                    assign ones[i*IDX_W +: IDX_W] = g_level[l-1].ones[i*IDX_W +: IDX_W];
                end
            end
        end
    endgenerate

    // Nothing is above the last position.
    wire unused = &{1'b0, g_level[IDX_W].ones[CHUNK*IDX_W-1 -: IDX_W]};

    assign pointer = {g_level[IDX_W].ones[(CHUNK-1)*IDX_W-1:0], {IDX_W{1'b0}}};

    integer p;

    always @* begin
        for (p = 0; p < CHUNK; p = p + 1) begin
            live[p] = mask[p] && !(drop_single && single[pointer[p*IDX_W +: IDX_W]]);
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
