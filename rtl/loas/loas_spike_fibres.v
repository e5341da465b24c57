// SPDX-License-Identifier: Apache-2.0
// A few chunks of a TPPE's spike row, and the laggy prefix sums that find their words.
//
// Function:   a chunk is kept while all weight fibres of its tile pass. live says which positions may
//             match; word is the packed word at a position of the bitmask.
// Latency:    a chunk loaded in cycle c has its sums, and ready, from cycle c + 1 + CHUNK / ADDERS on.
//             live holds from c + 1.
// Throughput: a chunk every CHUNK / ADDERS + 1 cycles.
// Handshake:  load_ready: no sum is under way.
// Reset:      no bank holds anything that matches.
`default_nettype none

module loas_spike_fibres #(
    parameter CHUNK      = 128,
    parameter TIME_STEPS = 4,
    // positions summed a cycle
    parameter ADDERS     = 16,
    // chunks kept, 2 or more
    parameter BANKS      = 2,
    // derived
    parameter IDX_W      = $clog2(CHUNK),
    parameter BANK_W     = $clog2(BANKS),
    parameter WORDS_W    = CHUNK * TIME_STEPS
) (
    input  wire                  clk,
    input  wire                  rst,
    // load
    output wire                  load_ready,
    input  wire                  load_valid,
    input  wire [BANK_W-1:0]     load_bank,
    input  wire [CHUNK-1:0]      load_mask,
    input  wire [CHUNK-1:0]      load_live,
    input  wire [WORDS_W-1:0]    load_words,
    // the bank holds nothing any more
    input  wire [BANKS-1:0]      release_bank,
    // what may match
    input  wire [BANK_W-1:0]     use_bank,
    output wire [CHUNK-1:0]      live,
    // sums of the bank are complete
    output reg  [BANKS-1:0]      ready,
    // look-up
    input  wire [BANK_W-1:0]     word_bank,
    input  wire [IDX_W-1:0]      word_position,
    output wire [TIME_STEPS-1:0] word
);

    localparam BLOCKS  = CHUNK / ADDERS;
    localparam BLOCK_W = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
    localparam SUMS_W  = ADDERS * IDX_W;
    localparam PLACE_W = $clog2(BANKS * BLOCKS);

    localparam [31:0] LAST_BLOCK = BLOCKS - 1;
    localparam [31:0] LAST_ADDER = ADDERS - 1;
    localparam [31:0] STEPS_32   = TIME_STEPS;
    localparam [31:0] IDX_W_32   = IDX_W;
    localparam [31:0] CHUNK_32   = CHUNK;

    generate
        if (BLOCKS * ADDERS != CHUNK) begin : g_check_adders
            illegal_parameter_ADDERS_does_not_divide_CHUNK u_stop ();
        end
        if (BANKS < 2) begin : g_check_banks
            illegal_parameter_BANKS_below_2 u_stop ();
        end
    endgenerate

    // ---- chunks ----
    reg  [WORDS_W-1:0]     words_mem [0:BANKS-1];
    wire [BANKS*CHUNK-1:0] all_live;

    assign live = all_live[use_bank * CHUNK_32 +: CHUNK];

    always @(posedge clk) begin
        if (load_valid) begin
            words_mem[load_bank] <= load_words;
        end
    end

    genvar b;
    generate
        for (b = 0; b < BANKS; b = b + 1) begin : g_bank
            reg [CHUNK-1:0] live_q;

            assign all_live[b*CHUNK +: CHUNK] = live_q;

            always @(posedge clk) begin
                if (rst || release_bank[b]) begin
                    live_q <= {CHUNK{1'b0}};
                end else if (load_valid && load_bank == b[BANK_W-1:0]) begin
                    live_q <= load_live;
                end
            end
        end
    endgenerate

    // ---- laggy sum: the bitmask shifts by ADDERS a cycle ----
    reg               busy_q;
    reg [BANK_W-1:0]  bank_q;
    reg [BLOCK_W-1:0] block_q;
    reg [CHUNK-1:0]   mask_q;

    wire                last_block = block_q == LAST_BLOCK[BLOCK_W-1:0];
    wire [SUMS_W-1:0]   sums;

    loas_laggy_prefix_sum #(
        .ADDERS(ADDERS),
        .SUM_W (IDX_W)
    ) u_laggy (
        .clk  (clk),
        .step (busy_q),
        .first(block_q == {BLOCK_W{1'b0}}),
        .bits (mask_q[ADDERS-1:0]),
        .sums (sums)
    );

    assign load_ready = !busy_q;

    always @(posedge clk) begin
        if (rst) begin
            busy_q  <= 1'b0;
            block_q <= {BLOCK_W{1'b0}};
            ready   <= {BANKS{1'b0}};
        end else begin
            if (load_valid) begin
                busy_q           <= 1'b1;
                ready[load_bank] <= 1'b0;
            end else if (busy_q) begin
                busy_q  <= !last_block;
                block_q <= last_block ? {BLOCK_W{1'b0}} : block_q + 1'b1;
                if (last_block) begin
                    ready[bank_q] <= 1'b1;
                end
            end
        end
    end

    always @(posedge clk) begin
        if (load_valid) begin
            bank_q <= load_bank;
            mask_q <= load_mask;
        end else begin
            mask_q <= mask_q >> ADDERS;
        end
    end

    // ---- sums of all banks, a block a word ----
    reg [SUMS_W-1:0] sums_mem [0:BANKS*BLOCKS-1];

    wire [PLACE_W-1:0] sums_place;
    wire [PLACE_W-1:0] word_place;

    always @(posedge clk) begin
        if (busy_q) begin
            sums_mem[sums_place] <= sums;
        end
    end

    wire [IDX_W-1:0]   in_block = word_position & LAST_ADDER[IDX_W-1:0];
    wire [SUMS_W-1:0]  found    = sums_mem[word_place];
    wire [IDX_W-1:0]   pointer  = found[in_block * IDX_W_32 +: IDX_W];
    wire [WORDS_W-1:0] words    = words_mem[word_bank];

    // BLOCKS divides CHUNK, a power of two.
    generate
        if (BLOCKS > 1) begin : g_blocks
            assign sums_place = {bank_q, block_q};
            assign word_place = {word_bank, word_position[IDX_W-1 -: BLOCK_W]};
        end else begin : g_block
            assign sums_place = bank_q;
            assign word_place = word_bank;
        end
    endgenerate

    assign word = words[pointer * STEPS_32 +: TIME_STEPS];

endmodule

`default_nettype wire
