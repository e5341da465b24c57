// SPDX-License-Identifier: Apache-2.0
// Temporal-parallel processing element: one row of spikes against weight fibres, all time steps at once.
//
// Function:   every match adds its weight to PSEUDO[column], as if all time steps fired; the word, found later,
//             adds it to CORR[column][t] for the steps that did not. sum[t] = PSEUDO - CORR[t].
// Latency:    a match in cycle c is in PSEUDO from c + 2 on, and in CORR from c + 4 on if it need not wait.
// Throughput: one match a cycle.
// Handshake:  load_ready as loas_spike_fibres, blocked as loas_inner_join. idle_bank[b]: no match of chunk bank b is
//             under way; idle_sums[s]: none of sum bank s.
// Reset:      drops everything.
`default_nettype none

module loas_tppe #(
    parameter CHUNK        = 128,
    parameter TIME_STEPS   = 4,
    parameter COLUMNS      = 32,
    parameter WEIGHT_W     = 8,
    parameter ACC_W        = 24,
    parameter LAGGY_ADDERS = 16,
    parameter QUEUE_DEPTH  = 4,
    parameter FIFO_DEPTH   = 8,
    // columns whose fibres come as one
    parameter JOINED       = 1,
    // chunks of the row
    parameter CHUNK_BANKS  = 2,
    // derived
    parameter COLUMN_W     = $clog2(COLUMNS),
    parameter GROUP_W      = $clog2(COLUMNS / JOINED),
    parameter BANK_W       = $clog2(CHUNK_BANKS),
    parameter WORDS_W      = CHUNK * TIME_STEPS,
    parameter VALUES_W     = CHUNK * WEIGHT_W
) (
    input  wire                        clk,
    input  wire                        rst,
    // chunk of the spike row
    output wire                        load_ready,
    input  wire                        load_valid,
    input  wire [BANK_W-1:0]           load_bank,
    input  wire [CHUNK-1:0]            load_mask,
    input  wire [CHUNK-1:0]            load_live,
    input  wire [WORDS_W-1:0]          load_words,
    input  wire [CHUNK_BANKS-1:0]      release_bank,
    // weight fibre
    input  wire                        take,
    input  wire [JOINED*CHUNK-1:0]     fibre_mask,
    input  wire [VALUES_W-1:0]         fibre_values,
    input  wire [GROUP_W-1:0]          fibre_group,
    input  wire [BANK_W-1:0]           fibre_bank,
    input  wire                        fibre_sums,
    output wire                        blocked,
    output wire [CHUNK_BANKS-1:0]      idle_bank,
    output wire [1:0]                  idle_sums,
    // sums of a column
    input  wire                        read_bank,
    input  wire [COLUMN_W-1:0]         read_column,
    output wire [TIME_STEPS*ACC_W-1:0] read_sums,
    input  wire [1:0]                  clear,
    // events
    output wire                        matched,
    output wire                        corrected,
    output wire                        fifo_full
);

    localparam IDX_W = $clog2(CHUNK);

    wire [CHUNK-1:0]      live;
    wire [CHUNK_BANKS-1:0] sums_ready;
    wire                  meets;
    wire                  match_valid;
    wire [WEIGHT_W-1:0]   match_weight;
    wire [COLUMN_W-1:0]   match_column;
    wire                  match_sums;
    wire                  pop_valid;
    wire [IDX_W-1:0]      pop_position;
    wire [WEIGHT_W-1:0]   pop_weight;
    wire [COLUMN_W-1:0]   pop_column;
    wire [BANK_W-1:0]     pop_bank;
    wire                  pop_sums;
    wire                  pop_last;
    wire [TIME_STEPS-1:0] word;
    wire                  pop_ready = sums_ready[pop_bank];

    loas_spike_fibres #(
        .CHUNK     (CHUNK),
        .TIME_STEPS(TIME_STEPS),
        .ADDERS    (LAGGY_ADDERS),
        .BANKS     (CHUNK_BANKS)
    ) u_spike_fibres (
        .clk          (clk),
        .rst          (rst),
        .load_ready   (load_ready),
        .load_valid   (load_valid),
        .load_bank    (load_bank),
        .load_mask    (load_mask),
        .load_live    (load_live),
        .load_words   (load_words),
        .release_bank (release_bank),
        .use_bank     (fibre_bank),
        .live         (live),
        .ready        (sums_ready),
        .word_bank    (pop_bank),
        .word_position(pop_position),
        .word         (word)
    );

    loas_inner_join #(
        .CHUNK      (CHUNK),
        .WEIGHT_W   (WEIGHT_W),
        .COLUMNS    (COLUMNS),
        .JOINED     (JOINED),
        .CHUNK_BANKS(CHUNK_BANKS),
        .QUEUE_DEPTH(QUEUE_DEPTH),
        .FIFO_DEPTH (FIFO_DEPTH)
    ) u_inner_join (
        .clk         (clk),
        .rst         (rst),
        .take        (take),
        .live        (live),
        .fibre_mask  (fibre_mask),
        .fibre_values(fibre_values),
        .fibre_group (fibre_group),
        .fibre_bank  (fibre_bank),
        .fibre_sums  (fibre_sums),
        .meets       (meets),
        .blocked     (blocked),
        .match_valid (match_valid),
        .match_weight(match_weight),
        .match_column(match_column),
        .match_sums  (match_sums),
        .fifo_full   (fifo_full),
        .pop_valid   (pop_valid),
        .pop_ready   (pop_ready),
        .pop_position(pop_position),
        .pop_weight  (pop_weight),
        .pop_column  (pop_column),
        .pop_bank    (pop_bank),
        .pop_sums    (pop_sums),
        .pop_last    (pop_last)
    );

    // ---- correction: the word is looked up in one cycle and used in the next ----
    reg                  fix_valid_q;
    reg [TIME_STEPS-1:0] fix_silent_q;
    reg [WEIGHT_W-1:0]   fix_weight_q;
    reg [COLUMN_W-1:0]   fix_column_q;
    reg [BANK_W-1:0]     fix_bank_q;
    reg                  fix_sums_q;
    reg                  fix_last_q;

    always @(posedge clk) begin
        if (rst) begin
            fix_valid_q <= 1'b0;
        end else begin
            fix_valid_q <= pop_valid && pop_ready;
        end
    end

    always @(posedge clk) begin
        fix_silent_q <= ~word;
        fix_weight_q <= pop_weight;
        fix_column_q <= pop_column;
        fix_bank_q   <= pop_bank;
        fix_sums_q   <= pop_sums;
        fix_last_q   <= pop_last;
    end

    // ---- sums ----
    wire [ACC_W-1:0]            pseudo;
    wire [TIME_STEPS*ACC_W-1:0] corrections;

    loas_match_accumulator #(
        .COLUMNS (COLUMNS),
        .SUMS    (1),
        .SUM_W   (ACC_W),
        .WEIGHT_W(WEIGHT_W)
    ) u_pseudo (
        .clk        (clk),
        .rst        (rst),
        .add_valid  (match_valid),
        .add_bank   (match_sums),
        .add_column (match_column),
        .add_weight (match_weight),
        .add_enable (1'b1),
        .read_bank  (read_bank),
        .read_column(read_column),
        .read_sums  (pseudo),
        .clear      (clear)
    );

    loas_match_accumulator #(
        .COLUMNS (COLUMNS),
        .SUMS    (TIME_STEPS),
        .SUM_W   (ACC_W),
        .WEIGHT_W(WEIGHT_W)
    ) u_corrections (
        .clk        (clk),
        .rst        (rst),
        .add_valid  (fix_valid_q),
        .add_bank   (fix_sums_q),
        .add_column (fix_column_q),
        .add_weight (fix_weight_q),
        .add_enable (fix_silent_q),
        .read_bank  (read_bank),
        .read_column(read_column),
        .read_sums  (corrections),
        .clear      (clear)
    );

    genvar t;
    generate
        for (t = 0; t < TIME_STEPS; t = t + 1) begin : g_step
            assign read_sums[t*ACC_W +: ACC_W] = pseudo - corrections[t*ACC_W +: ACC_W];
        end
    endgenerate

    // ---- what is under way: fibres in the queue, by their last match in the FIFO, in correction ----
    localparam COUNT_W = $clog2(QUEUE_DEPTH + FIFO_DEPTH + 2);

    wire begins = take && meets;
    wire ends   = fix_valid_q && fix_last_q;

    // Of chunk banks, then of sum banks.
    wire [CHUNK_BANKS+1:0] up;
    wire [CHUNK_BANKS+1:0] down;
    wire [CHUNK_BANKS+1:0] idle;

    assign {idle_sums, idle_bank} = idle;

    genvar b;
    generate
        for (b = 0; b < CHUNK_BANKS; b = b + 1) begin : g_bank
            assign up[b]   = begins && fibre_bank == b[BANK_W-1:0];
            assign down[b] = ends && fix_bank_q == b[BANK_W-1:0];
        end
        for (b = 0; b < 2; b = b + 1) begin : g_sums
            assign up[CHUNK_BANKS+b]   = begins && fibre_sums == b[0];
            assign down[CHUNK_BANKS+b] = ends && fix_sums_q == b[0];
        end
        for (b = 0; b < CHUNK_BANKS + 2; b = b + 1) begin : g_under_way
            reg [COUNT_W-1:0] count_q;

            assign idle[b] = count_q == {COUNT_W{1'b0}};

            always @(posedge clk) begin
                if (rst) begin
                    count_q <= {COUNT_W{1'b0}};
                end else if (up[b] && !down[b]) begin
                    count_q <= count_q + 1'b1;
                end else if (down[b] && !up[b]) begin
                    count_q <= count_q - 1'b1;
                end
            end
        end
    endgenerate

    assign matched   = match_valid;
    assign corrected = fix_valid_q && |fix_silent_q;

endmodule

`default_nettype wire
