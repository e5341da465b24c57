// SPDX-License-Identifier: Apache-2.0
// Properties of loas_spike_fibres: for any bank and position what was loaded last is what may match, and the word
// at a position is the one behind as many words as the bitmask has ones below.
`default_nettype none

module loas_spike_fibres_formal #(
    parameter CHUNK      = 4,
    parameter TIME_STEPS = 2,
    parameter ADDERS     = 2,
    parameter BANKS      = 2,
    parameter IDX_W      = $clog2(CHUNK),
    parameter BANK_W     = $clog2(BANKS),
    parameter WORDS_W    = CHUNK * TIME_STEPS
) (
    input wire               clk,
    input wire               rst,
    input wire               load_valid,
    input wire [BANK_W-1:0]  load_bank,
    input wire [CHUNK-1:0]   load_mask,
    input wire [CHUNK-1:0]   load_live,
    input wire [WORDS_W-1:0] load_words,
    input wire [BANKS-1:0]   release_bank,
    input wire [BANK_W-1:0]  use_bank,
    input wire [BANK_W-1:0]  word_bank,
    input wire [IDX_W-1:0]   word_position
);

    localparam BLOCKS = CHUNK / ADDERS;

    wire                  load_ready;
    wire [CHUNK-1:0]      live;
    wire [BANKS-1:0]      ready;
    wire [TIME_STEPS-1:0] word;

    loas_spike_fibres #(
        .CHUNK     (CHUNK),
        .TIME_STEPS(TIME_STEPS),
        .ADDERS    (ADDERS),
        .BANKS     (BANKS)
    ) u_dut (
        .clk          (clk),
        .rst          (rst),
        .load_ready   (load_ready),
        .load_valid   (load_valid),
        .load_bank    (load_bank),
        .load_mask    (load_mask),
        .load_live    (load_live),
        .load_words   (load_words),
        .release_bank (release_bank),
        .use_bank     (use_bank),
        .live         (live),
        .ready        (ready),
        .word_bank    (word_bank),
        .word_position(word_position),
        .word         (word)
    );

    // The solver watches one bank and one position of it.
    (* anyconst *) wire [BANK_W-1:0] bank;
    (* anyconst *) wire [IDX_W-1:0]  position;

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        if (load_valid) assume (load_ready);
        assume (bank < BANKS && load_bank < BANKS && use_bank < BANKS && word_bank < BANKS);
    end

    // ---- the bank's chunk, and the cycles since it and since any other was loaded ----
    reg               loaded = 1'b0;
    reg [CHUNK-1:0]   mask;
    reg [CHUNK-1:0]   may;
    reg [WORDS_W-1:0] words;
    reg [IDX_W+1:0]   age;
    reg [IDX_W+1:0]   quiet = BLOCKS;
    wire              mine = load_valid && load_bank == bank;

    always @(posedge clk) begin
        if (mine) begin
            loaded <= 1'b1;
            mask   <= load_mask;
            words  <= load_words;
            may    <= load_live;
        end
        if (rst || release_bank[bank]) may <= 0;
        age   <= mine ? 0 : age + (age < BLOCKS);
        quiet <= load_valid ? 0 : quiet + (quiet < BLOCKS);
        if (rst) begin
            loaded <= 1'b0;
            quiet  <= BLOCKS;
        end
    end

    function [IDX_W-1:0] ones_below(input [CHUNK-1:0] row, input integer place);
        integer o;
        begin
            ones_below = 0;
            for (o = 0; o < CHUNK; o = o + 1) if (o < place) ones_below = ones_below + row[o];
        end
    endfunction

    wire                  look = word_bank == bank && word_position == position;
    wire [IDX_W-1:0]      rank = ones_below(mask, position);
    wire [TIME_STEPS-1:0] want = words >> (rank * TIME_STEPS);

    always @* if (started) begin
        a_load_ready: assert (load_ready == (quiet == BLOCKS));
        a_ready: assert (ready[bank] == (loaded && age == BLOCKS));
        if (use_bank == bank) a_live: assert (live == may);
        if (look && ready[bank] && mask[position]) a_word: assert (word == want);
        c_word: cover (look && ready[bank] && mask[position] && mask != {CHUNK{1'b1}} && rank == CHUNK - 2
            && want == 2'b10 && bank == BANKS - 1);
        c_again: cover (loaded && load_valid && !mine && ready[bank] && mask == 4'b1010);
        c_released: cover (loaded && age == BLOCKS && may == 0 && mask != 0);
        c_all: cover (&ready);
    end

`ifdef HINTS
    localparam BLOCK_W = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
    localparam SUMS_W  = ADDERS * IDX_W;
    (* keep *) wire [BANKS*CHUNK-1:0] all_live;
    (* keep *) wire               busy;
    (* keep *) wire [BANK_W-1:0]  dut_bank;
    (* keep *) wire [BLOCK_W-1:0] block;
    (* keep *) wire [CHUNK-1:0]   left;
    (* keep *) wire [IDX_W-1:0]   total;
    (* keep *) wire [WORDS_W-1:0] words_0;
    (* keep *) wire [WORDS_W-1:0] words_1;
    (* keep *) wire [WORDS_W-1:0] words_2;
    // All sums, in the order of banks and blocks.
    (* keep *) wire [SUMS_W-1:0]  sums_0;
    (* keep *) wire [SUMS_W-1:0]  sums_1;
    (* keep *) wire [SUMS_W-1:0]  sums_2;
    (* keep *) wire [SUMS_W-1:0]  sums_3;
    (* keep *) wire [SUMS_W-1:0]  sums_4;
    (* keep *) wire [SUMS_W-1:0]  sums_5;
    wire [6*SUMS_W-1:0]  all   = {sums_5, sums_4, sums_3, sums_2, sums_1, sums_0};
    wire [WORDS_W-1:0]   held  = bank == 0 ? words_0 : bank == 1 ? words_1 : words_2;
    wire [IDX_W-1:0]     found = all >> ((bank * CHUNK + position) * IDX_W);
    wire                 ours  = busy && dut_bank == bank;

    always @* if (started) begin
        i_busy: assert (busy == (quiet != BLOCKS) && block == (busy ? quiet : 0) && quiet <= BLOCKS);
        i_live: assert (all_live[bank*CHUNK +: CHUNK] == may);
        if (loaded) i_words: assert (held == words && age <= BLOCKS);
        if (loaded) i_ours: assert (ours == (age != BLOCKS));
        if (ours) i_left: assert (loaded && age == quiet && left == mask >> (block * ADDERS));
        if (ours && block != 0) i_total: assert (total == ones_below(mask, block * ADDERS));
        if (loaded && (!ours || position < block * ADDERS)) i_sum: assert (found == rank);
    end
`endif

endmodule

`default_nettype wire
