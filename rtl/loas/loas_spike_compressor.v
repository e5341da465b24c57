// SPDX-License-Identifier: Apache-2.0
// Drops the silent words of an output row: bitmask, then the words that are left without gaps.
//
// Function:   fibre = {packed words, bitmask}; an inverted laggy prefix sum says where each word goes,
//             ADDERS words a cycle.
// Latency:    a row taken in cycle c is offered in c + COLUMNS / ADDERS.
// Throughput: a row every COLUMNS / ADDERS cycles.
// Handshake:  valid/ready; the last ADDERS words of a row wait for fibre_ready; fibre_valid does not.
// Reset:      drops the row.
`default_nettype none

module loas_spike_compressor #(
    parameter COLUMNS    = 32,
    parameter TIME_STEPS = 4,
    // words a cycle
    parameter ADDERS     = 16,
    // derived
    parameter WORDS_W    = COLUMNS * TIME_STEPS
) (
    input  wire                       clk,
    input  wire                       rst,
    // row
    input  wire                       row_valid,
    output wire                       row_ready,
    input  wire [WORDS_W-1:0]         row_words,
    // fibre
    output wire                       fibre_valid,
    input  wire                       fibre_ready,
    output wire [COLUMNS+WORDS_W-1:0] fibre
);

    localparam BLOCKS  = COLUMNS / ADDERS;
    localparam BLOCK_W = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
    localparam SUM_W   = COLUMNS > 1 ? $clog2(COLUMNS) : 1;

    localparam [31:0] LAST_BLOCK = BLOCKS - 1;
    localparam [31:0] STEPS_32   = TIME_STEPS;

    generate
        if (BLOCKS * ADDERS != COLUMNS) begin : g_check_adders
            illegal_parameter_ADDERS_does_not_divide_COLUMNS u_stop ();
        end
    endgenerate

    reg               busy_q;
    reg [BLOCK_W-1:0] block_q;
    reg [WORDS_W-1:0] words_q;
    reg [COLUMNS-1:0] mask_q;
    reg [COLUMNS-1:0] bits_q;
    reg [WORDS_W-1:0] packed_q;

    wire last_block = block_q == LAST_BLOCK[BLOCK_W-1:0];
    wire step       = busy_q && (!last_block || fibre_ready);
    wire take       = row_valid && row_ready;

    assign fibre_valid = busy_q && last_block;
    assign row_ready   = !busy_q || (fibre_valid && fibre_ready);

    wire [ADDERS*SUM_W-1:0] places;

    loas_laggy_prefix_sum #(
        .ADDERS(ADDERS),
        .SUM_W (SUM_W)
    ) u_laggy (
        .clk  (clk),
        .step (step),
        .first(block_q == {BLOCK_W{1'b0}}),
        .bits (bits_q[ADDERS-1:0]),
        .sums (places)
    );

    reg [WORDS_W-1:0] packed_d;
    integer           i;

    always @* begin
        packed_d = packed_q;
        for (i = 0; i < ADDERS; i = i + 1) begin
            if (bits_q[i]) begin
                packed_d[places[i*SUM_W +: SUM_W] * STEPS_32 +: TIME_STEPS] =
                    words_q[i*TIME_STEPS +: TIME_STEPS];
            end
        end
    end

    assign fibre = {packed_d, mask_q};

    // ---- words that are not silent ----
    wire [COLUMNS-1:0] filled;

    genvar c;
    generate
        for (c = 0; c < COLUMNS; c = c + 1) begin : g_filled
            assign filled[c] = |row_words[c*TIME_STEPS +: TIME_STEPS];
        end
    endgenerate

    always @(posedge clk) begin
        if (rst) begin
            busy_q  <= 1'b0;
            block_q <= {BLOCK_W{1'b0}};
        end else begin
            if (take) begin
                busy_q <= 1'b1;
            end else if (step && last_block) begin
                busy_q <= 1'b0;
            end
            if (step) begin
                block_q <= last_block ? {BLOCK_W{1'b0}} : block_q + 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (take) begin
            words_q  <= row_words;
            mask_q   <= filled;
            bits_q   <= filled;
            packed_q <= {WORDS_W{1'b0}};
        end else if (step) begin
            words_q  <= words_q >> (ADDERS * TIME_STEPS);
            bits_q   <= bits_q >> ADDERS;
            packed_q <= packed_d;
        end
    end

endmodule

`default_nettype wire
