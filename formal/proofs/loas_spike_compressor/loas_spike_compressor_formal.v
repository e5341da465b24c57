// SPDX-License-Identifier: Apache-2.0
// Properties of loas_spike_compressor: every row leaves as its bitmask and its words without gaps.
`default_nettype none

module loas_spike_compressor_formal #(
    parameter COLUMNS    = 4,
    parameter TIME_STEPS = 2,
    parameter ADDERS     = 2,
    parameter WORDS_W    = COLUMNS * TIME_STEPS
) (
    input wire               clk,
    input wire               rst,
    input wire               row_valid,
    input wire [WORDS_W-1:0] row_words,
    input wire               fibre_ready
);

    localparam BLOCKS  = COLUMNS / ADDERS;
    localparam BLOCK_W = BLOCKS > 1 ? $clog2(BLOCKS) : 1;
    localparam SUM_W   = $clog2(COLUMNS);

    wire                       row_ready;
    wire                       fibre_valid;
    wire [COLUMNS+WORDS_W-1:0] fibre;

    loas_spike_compressor #(
        .COLUMNS   (COLUMNS),
        .TIME_STEPS(TIME_STEPS),
        .ADDERS    (ADDERS)
    ) u_dut (
        .clk        (clk),
        .rst        (rst),
        .row_valid  (row_valid),
        .row_ready  (row_ready),
        .row_words  (row_words),
        .fibre_valid(fibre_valid),
        .fibre_ready(fibre_ready),
        .fibre      (fibre)
    );

    axis_source #(
        .W(COLUMNS + WORDS_W)
    ) u_stream (
        .clk    (clk),
        .rst    (rst),
        .tvalid (fibre_valid),
        .tready (fibre_ready),
        .payload(fibre)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // The row under way and the cycles since it was taken.
    reg               busy = 1'b0;
    reg [WORDS_W-1:0] row;
    reg [BLOCK_W:0]   age;
    wire              take = row_valid && row_ready;
    wire              give = fibre_valid && fibre_ready;

    always @(posedge clk) begin
        if (take) row <= row_words;
        busy <= !rst && (take || (busy && !give));
        age  <= take ? 0 : age + (age < BLOCKS - 1);
    end

    // Its bitmask and, of its words, those before some column without gaps.
    function [COLUMNS-1:0] filled(input [WORDS_W-1:0] words);
        integer f;
        for (f = 0; f < COLUMNS; f = f + 1) filled[f] = words[f*TIME_STEPS +: TIME_STEPS] != 0;
    endfunction

    function [WORDS_W-1:0] packed_words(input [WORDS_W-1:0] words, input integer columns);
        integer p;
        begin
            packed_words = 0;
            // From the last one to the first, each pushed in below those behind it.
            for (p = COLUMNS - 1; p >= 0; p = p - 1) begin
                if (p < columns && words[p*TIME_STEPS +: TIME_STEPS] != 0)
                    packed_words = (packed_words << TIME_STEPS) | words[p*TIME_STEPS +: TIME_STEPS];
            end
        end
    endfunction

    always @* if (started) begin
        a_valid: assert (fibre_valid == (busy && age == BLOCKS - 1));
        a_ready: assert (row_ready == (!busy || give));
        if (fibre_valid) a_mask: assert (fibre[COLUMNS-1:0] == filled(row));
        if (fibre_valid) a_words: assert (fibre[COLUMNS +: WORDS_W] == packed_words(row, COLUMNS));
        c_gap: cover (give && fibre[COLUMNS-1:0] == 4'b1010 && row[7:6] == 2'b10);
        c_full: cover (give && &fibre[COLUMNS-1:0] && take);
        c_empty: cover (give && fibre[COLUMNS-1:0] == 0);
    end

`ifdef HINTS
    (* keep *) wire [BLOCK_W-1:0] block;
    (* keep *) wire [WORDS_W-1:0] words;
    (* keep *) wire [COLUMNS-1:0] mask;
    (* keep *) wire [COLUMNS-1:0] bits;
    (* keep *) wire [WORDS_W-1:0] packed_so_far;
    (* keep *) wire [SUM_W-1:0]   total;
    (* keep *) wire               dut_busy;
    reg [SUM_W-1:0] ones;
    integer         o;
    always @* begin
        ones = 0;
        for (o = 0; o < COLUMNS; o = o + 1)
            if (o < age * ADDERS && row[o*TIME_STEPS +: TIME_STEPS] != 0) ones = ones + 1'b1;
    end
    always @* if (started) begin
        i_busy: assert (dut_busy == busy && (busy ? block == age && age < BLOCKS : block == 0));
        if (busy) begin
            i_words: assert (words == row >> (age * ADDERS * TIME_STEPS));
            i_bits: assert (mask == filled(row) && bits == filled(row) >> (age * ADDERS));
            i_packed: assert (packed_so_far == packed_words(row, age * ADDERS));
        end
        if (busy && age != 0) i_total: assert (total == ones);
    end
`endif

endmodule

`default_nettype wire
