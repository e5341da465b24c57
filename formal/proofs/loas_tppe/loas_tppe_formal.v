// SPDX-License-Identifier: Apache-2.0
// Properties of loas_tppe: where nothing is under way, the sum of a column and a time step is that of the weights
// at the positions whose words fire; nothing stays under way.
`default_nettype none

module loas_tppe_formal #(
    parameter COLUMNS     = 2,
    parameter JOINED      = 1,
    parameter CHUNK_BANKS = 2,
    parameter CHUNK       = 4,
    parameter TIME_STEPS  = 2,
    parameter WEIGHT_W    = 1,
    parameter ACC_W       = 2,
    parameter COLUMN_W    = $clog2(COLUMNS),
    parameter GROUP_W     = $clog2(COLUMNS / JOINED),
    parameter BANK_W      = $clog2(CHUNK_BANKS),
    parameter MASK_W      = JOINED * CHUNK,
    parameter WORDS_W     = CHUNK * TIME_STEPS,
    parameter VALUES_W    = CHUNK * WEIGHT_W
) (
    input wire                   clk,
    input wire                   rst,
    input wire                   load_valid,
    input wire [BANK_W-1:0]      load_bank,
    input wire [CHUNK-1:0]       load_mask,
    input wire [CHUNK-1:0]       load_live,
    input wire [WORDS_W-1:0]     load_words,
    input wire [CHUNK_BANKS-1:0] release_bank,
    input wire                   offer,
    input wire [MASK_W-1:0]      mask,
    input wire [VALUES_W-1:0]    values,
    input wire [GROUP_W-1:0]     group,
    input wire [BANK_W-1:0]      bank,
    input wire                   sums,
    input wire [1:0]             clear
);

    localparam QUEUE_DEPTH = 2;
    localparam FIFO_DEPTH  = 2;
    localparam ADDERS      = 1;
    localparam BLOCKS      = CHUNK / ADDERS;
    localparam IDX_W       = $clog2(CHUNK);
    localparam COUNT_W     = $clog2(QUEUE_DEPTH * MASK_W + FIFO_DEPTH + 1);

    // The solver watches one sum.
    (* anyconst *) wire                          s;
    (* anyconst *) wire [COLUMN_W-1:0]           c;
    (* anyconst *) wire [$clog2(TIME_STEPS)-1:0] t;

    wire                        load_ready;
    wire                        blocked;
    wire [CHUNK_BANKS-1:0]      idle_bank;
    wire [1:0]                  idle_sums;
    wire [TIME_STEPS*ACC_W-1:0] read_sums;
    wire                        matched;
    wire                        corrected;
    wire                        fifo_full;
    wire                        take = offer && !blocked;

    loas_tppe #(
        .CHUNK       (CHUNK),
        .TIME_STEPS  (TIME_STEPS),
        .COLUMNS     (COLUMNS),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .LAGGY_ADDERS(ADDERS),
        .QUEUE_DEPTH (QUEUE_DEPTH),
        .FIFO_DEPTH  (FIFO_DEPTH),
        .JOINED      (JOINED),
        .CHUNK_BANKS (CHUNK_BANKS)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .load_ready  (load_ready),
        .load_valid  (load_valid),
        .load_bank   (load_bank),
        .load_mask   (load_mask),
        .load_live   (load_live),
        .load_words  (load_words),
        .release_bank(release_bank),
        .take        (take),
        .fibre_mask  (mask),
        .fibre_values(values),
        .fibre_group (group),
        .fibre_bank  (bank),
        .fibre_sums  (sums),
        .blocked     (blocked),
        .idle_bank   (idle_bank),
        .idle_sums   (idle_sums),
        .read_bank   (s),
        .read_column (c),
        .read_sums   (read_sums),
        .clear       (clear),
        .matched     (matched),
        .corrected   (corrected),
        .fifo_full   (fifo_full)
    );

    // Between the join and the corrections: a match has its word.
    (* keep *) wire              pop_valid;
    (* keep *) wire              pop_ready;
    (* keep *) wire [BANK_W-1:0] pop_bank;
    (* keep *) wire              pop_sums;
    wire                         pop = pop_valid && pop_ready;

    function [COUNT_W-1:0] ones_below(input [MASK_W-1:0] word, input integer position);
        integer o;
        begin
            ones_below = 0;
            for (o = 0; o < MASK_W; o = o + 1) if (o < position) ones_below = ones_below + word[o];
        end
    endfunction

    // The weights of a fibre at some of its positions, added.
    function [ACC_W-1:0] part(input [MASK_W-1:0] of_mask, input [VALUES_W-1:0] of_values,
                              input [MASK_W-1:0] which);
        integer        p;
        reg [WEIGHT_W-1:0] w;
        begin
            part = 0;
            for (p = 0; p < MASK_W; p = p + 1) begin
                w = of_values >> (ones_below(of_mask, p) * WEIGHT_W);
                if (which[p]) part = part + {{(ACC_W - WEIGHT_W) {w[WEIGHT_W-1]}}, w};
            end
        end
    endfunction

    // ---- chunks: which positions may match, which fire in the step ----
    reg  [CHUNK_BANKS-1:0]       held = 0;
    reg  [CHUNK_BANKS*CHUNK-1:0] full;
    reg  [CHUNK_BANKS*CHUNK-1:0] may = 0;
    reg  [CHUNK_BANKS*CHUNK-1:0] fires;
    integer i;
    integer b;

    wire [MASK_W-1:0]  common = mask & {JOINED{may[bank*CHUNK +: CHUNK]}};
    // The positions of the watched column in a fibre.
    wire [MASK_W-1:0]  of_c   = {CHUNK{1'b1}} << (c % JOINED * CHUNK);
    wire [COUNT_W-1:0] ones   = ones_below(common, MASK_W);
    wire               ours   = take && sums == s && group == c / JOINED;

    // ---- matches that wait for their word, of all and by bank ----
    reg [COUNT_W-1:0]             waiting = 0;
    reg [CHUNK_BANKS*COUNT_W-1:0] in_bank = 0;
    reg [2*COUNT_W-1:0]           in_sums = 0;
    reg [CHUNK_BANKS-1:0]         was_bank = 0;
    reg [1:0]                     was_sums = 0;
    reg [ACC_W-1:0]               total = 0;
    reg [3:0]                     stalled = 0;
    reg [CHUNK_BANKS-1:0]         done_bank;
    reg [1:0]                     done_sums;

    always @* begin
        for (b = 0; b < CHUNK_BANKS; b = b + 1) done_bank[b] = in_bank[b*COUNT_W +: COUNT_W] == 0;
        for (b = 0; b < 2; b = b + 1) done_sums[b] = in_sums[b*COUNT_W +: COUNT_W] == 0;
    end

    always @(posedge clk) begin
        if (load_valid) begin
            held[load_bank] <= 1'b1;
            full[load_bank*CHUNK +: CHUNK] <= load_mask;
            may[load_bank*CHUNK +: CHUNK] <= load_live;
            for (i = 0; i < CHUNK; i = i + 1)
                fires[load_bank*CHUNK+i] <= load_words >> (ones_below(load_mask, i) * TIME_STEPS + t);
        end
        for (i = 0; i < CHUNK_BANKS; i = i + 1) if (release_bank[i]) begin
            held[i] <= 1'b0;
            may[i*CHUNK +: CHUNK] <= 0;
        end
        if (ours) total <= total + part(mask, values, common & of_c & {JOINED{fires[bank*CHUNK +: CHUNK]}});
        if (clear[s]) total <= 0;
        waiting <= waiting + (take ? ones : 0) - pop;
        for (i = 0; i < CHUNK_BANKS; i = i + 1)
            in_bank[i*COUNT_W +: COUNT_W] <= in_bank[i*COUNT_W +: COUNT_W]
                + (take && bank == i ? ones : 0) - (pop && pop_bank == i);
        for (i = 0; i < 2; i = i + 1)
            in_sums[i*COUNT_W +: COUNT_W] <= in_sums[i*COUNT_W +: COUNT_W]
                + (take && sums == i ? ones : 0) - (pop && pop_sums == i);
        was_bank <= ~done_bank;
        was_sums <= ~done_sums;
        stalled <= pop || waiting == 0 ? 0 : stalled + 1'b1;
        if (rst) begin
            held <= 0;
            may <= 0;
            total <= 0;
            waiting <= 0;
            in_bank <= 0;
            in_sums <= 0;
            was_bank <= 0;
            was_sums <= 0;
            stalled <= 0;
        end
    end

    // A bank is loaded when it holds nothing, released when it is idle; sums are cleared when they are complete.
    // What may match has a word. Joined fibres have no more weights than a chunk has positions.
    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        assume (c < COLUMNS && t < TIME_STEPS && load_bank < CHUNK_BANKS && bank < CHUNK_BANKS);
        assume (ones_below(mask, MASK_W) <= CHUNK && group < COLUMNS / JOINED);
        if (load_valid) assume (load_ready && !held[load_bank] && !release_bank[load_bank]
            && (load_live & ~load_mask) == 0);
        assume ((release_bank & ~idle_bank) == 0 && (clear & ~idle_sums) == 0);
        if (offer) assume (!release_bank[bank] && !clear[sums]);
    end

    always @* if (started) begin
        if (idle_sums[s]) a_sum: assert (read_sums[t*ACC_W +: ACC_W] == total);
        // Idle: in the second cycle behind the one in which the last match got its word.
        a_idle_bank: assert (idle_bank == (done_bank & ~was_bank));
        a_idle_sums: assert (idle_sums == (done_sums & ~was_sums));
        if (blocked) a_blocked: assert (waiting >= QUEUE_DEPTH);
        a_progress: assert (stalled < BLOCKS + 4);
        c_sum: cover (idle_sums[s] && total == {{(ACC_W - 1) {1'b1}}, 1'b0} && !idle_sums[!s]
            && read_sums[!t*ACC_W +: ACC_W] == {ACC_W{1'b1}} && c == COLUMNS - 1);
        c_reload: cover (idle_sums[s] && total == {ACC_W{1'b1}} && held == {CHUNK_BANKS{1'b1}} && corrected
            && may[1:0] == 1 && full[1:0] == 3 && fires[0]);
        // Two blocks are summed before a first match gets there.
        c_wait: cover ((pop_valid && !pop_ready) || BLOCKS == 2);
        c_full: cover (blocked && fifo_full && matched);
        c_early: cover (take && ones != 0 && !load_ready && matched);
    end

`ifdef HINTS
    localparam BIT_W   = $clog2(MASK_W);
    localparam FIBRE_W = 2 * MASK_W + VALUES_W + GROUP_W + BANK_W + 1;
    localparam PLACE_W = IDX_W + COLUMN_W + BANK_W + 2;
    localparam UNDER_W = $clog2(QUEUE_DEPTH + FIFO_DEPTH + 2);

    // Queue and FIFOs of the join.
    (* keep *) wire [1:0]          queued;
    (* keep *) wire                queue_rd;
    (* keep *) wire                queue_wr;
    (* keep *) wire [FIBRE_W-1:0]  queue_0;
    (* keep *) wire [FIBRE_W-1:0]  queue_1;
    (* keep *) wire                begun;
    (* keep *) wire [MASK_W-1:0]   left_q;
    (* keep *) wire [1:0]          places;
    (* keep *) wire                place_rd;
    (* keep *) wire                place_wr;
    (* keep *) wire [PLACE_W-1:0]  place_0;
    (* keep *) wire [PLACE_W-1:0]  place_1;
    (* keep *) wire [1:0]          weights;
    (* keep *) wire                weight_rd;
    (* keep *) wire                weight_wr;
    (* keep *) wire [WEIGHT_W-1:0] weight_0;
    (* keep *) wire [WEIGHT_W-1:0] weight_1;
    (* keep *) wire                match_valid;
    (* keep *) wire [WEIGHT_W-1:0] match_weight;
    (* keep *) wire [COLUMN_W-1:0] match_column;
    (* keep *) wire                match_sums;
    // The correction, the sums, what is under way.
    (* keep *) wire                  fix_valid;
    (* keep *) wire [TIME_STEPS-1:0] fix_silent;
    (* keep *) wire [WEIGHT_W-1:0]   fix_weight;
    (* keep *) wire [COLUMN_W-1:0]   fix_column;
    (* keep *) wire [BANK_W-1:0]     fix_bank;
    (* keep *) wire                  fix_sums;
    (* keep *) wire                  fix_last;
    (* keep *) wire [ACC_W-1:0]      pseudo;
    (* keep *) wire [TIME_STEPS*ACC_W-1:0] corrections;
    (* keep *) wire [UNDER_W-1:0]    under_0;
    (* keep *) wire [UNDER_W-1:0]    under_1;
    (* keep *) wire [UNDER_W-1:0]    under_2;
    (* keep *) wire [UNDER_W-1:0]    under_3;
    (* keep *) wire [UNDER_W-1:0]    under_4;
    // Chunks and their prefix sums.
    (* keep *) wire [CHUNK_BANKS*CHUNK-1:0] all_live;
    (* keep *) wire [CHUNK_BANKS-1:0] ready;
    (* keep *) wire                busy;
    (* keep *) wire [BANK_W-1:0]   busy_bank;
    (* keep *) wire [IDX_W-1:0]    block;
    (* keep *) wire [CHUNK-1:0]    rest;
    (* keep *) wire [IDX_W-1:0]    prefix;
    (* keep *) wire [WORDS_W-1:0]  words_0;
    (* keep *) wire [WORDS_W-1:0]  words_1;
    (* keep *) wire [WORDS_W-1:0]  words_2;
    (* keep *) wire [IDX_W-1:0]    prefix_0;
    (* keep *) wire [IDX_W-1:0]    prefix_1;
    (* keep *) wire [IDX_W-1:0]    prefix_2;
    (* keep *) wire [IDX_W-1:0]    prefix_3;
    (* keep *) wire [IDX_W-1:0]    prefix_4;
    (* keep *) wire [IDX_W-1:0]    prefix_5;
    (* keep *) wire [IDX_W-1:0]    prefix_6;
    (* keep *) wire [IDX_W-1:0]    prefix_7;

    function [ACC_W-1:0] wide(input [WEIGHT_W-1:0] w);
        wide = {{(ACC_W - WEIGHT_W) {w[WEIGHT_W-1]}}, w};
    endfunction

    // ---- the line of what is under way: correction, two places, two fibres ----
    wire [FIBRE_W-1:0] head = queue_rd ? queue_1 : queue_0;
    wire [FIBRE_W-1:0] next = queue_rd ? queue_0 : queue_1;
    wire [MASK_W-1:0]   h_common;
    wire [MASK_W-1:0]   h_mask;
    wire [VALUES_W-1:0] h_values;
    wire [GROUP_W-1:0]  h_group;
    wire [BANK_W-1:0]   h_bank;
    wire                h_sums;
    wire [MASK_W-1:0]   n_common;
    wire [MASK_W-1:0]   n_mask;
    wire [VALUES_W-1:0] n_values;
    wire [GROUP_W-1:0]  n_group;
    wire [BANK_W-1:0]   n_bank;
    wire                n_sums;
    assign {h_common, h_mask, h_values, h_group, h_bank, h_sums} = head;
    assign {n_common, n_mask, n_values, n_group, n_bank, n_sums} = next;
    wire [IDX_W-1:0]    p_at;
    wire [COLUMN_W-1:0] p_column;
    wire [BANK_W-1:0]   p_bank;
    wire                p_sums;
    wire                p_last;
    wire [IDX_W-1:0]    q_at;
    wire [COLUMN_W-1:0] q_column;
    wire [BANK_W-1:0]   q_bank;
    wire                q_sums;
    wire                q_last;
    assign {p_at, p_column, p_bank, p_sums, p_last} = place_rd ? place_1 : place_0;
    assign {q_at, q_column, q_bank, q_sums, q_last} = place_rd ? place_0 : place_1;
    wire has_h = queued != 0;
    wire has_n = queued == 2;
    wire has_p = places != 0;
    wire has_q = places == 2;
    wire [WEIGHT_W-1:0] p_weight = weights == 0 ? match_weight : place_rd ? weight_1 : weight_0;
    wire [WEIGHT_W-1:0] q_weight = weights != 2 ? match_weight : place_rd ? weight_0 : weight_1;
    wire [MASK_W-1:0]   h_left = begun ? left_q : h_common;

    // ---- sums as if all fired, and what has to be taken from them ----
    reg [ACC_W-1:0] all = 0;
    reg [ACC_W-1:0] silent = 0;
    always @(posedge clk) begin
        if (ours) all <= all + part(mask, values, common & of_c);
        if (ours) silent <= silent + part(mask, values, common & of_c & ~{JOINED{fires[bank*CHUNK +: CHUNK]}});
        if (clear[s] || rst) all <= 0;
        if (clear[s] || rst) silent <= 0;
    end

    wire h_ours = has_h && h_sums == s && h_group == c / JOINED;
    wire n_ours = has_n && n_sums == s && n_group == c / JOINED;
    wire [ACC_W-1:0] h_all = h_ours ? part(h_mask, h_values, h_left & of_c) : 0;
    wire [ACC_W-1:0] n_all = n_ours ? part(n_mask, n_values, n_common & of_c) : 0;
    wire [ACC_W-1:0] h_silent = h_ours
        ? part(h_mask, h_values, h_left & of_c & ~{JOINED{fires[h_bank*CHUNK +: CHUNK]}}) : 0;
    wire [ACC_W-1:0] n_silent = n_ours
        ? part(n_mask, n_values, n_common & of_c & ~{JOINED{fires[n_bank*CHUNK +: CHUNK]}}) : 0;
    wire [ACC_W-1:0] p_silent = has_p && p_sums == s && p_column == c && !fires[p_bank*CHUNK+p_at]
        ? wide(p_weight) : 0;
    wire [ACC_W-1:0] q_silent = has_q && q_sums == s && q_column == c && !fires[q_bank*CHUNK+q_at]
        ? wide(q_weight) : 0;
    wire [ACC_W-1:0] f_silent = fix_valid && fix_sums == s && fix_column == c && fix_silent[t]
        ? wide(fix_weight) : 0;
    wire [ACC_W-1:0] m_all = match_valid && match_sums == s && match_column == c ? wide(match_weight) : 0;

    // ---- counts ----
    reg [CHUNK_BANKS*COUNT_W-1:0] bank_waits;
    reg [2*COUNT_W-1:0]           sums_waits;
    reg [5*UNDER_W-1:0]           under;
    wire [5*UNDER_W-1:0]          dut_under = {under_4, under_3, under_2, under_1, under_0};
    integer k;
    always @* begin
        under = 0;
        for (k = 0; k < CHUNK_BANKS; k = k + 1) begin
            bank_waits[k*COUNT_W +: COUNT_W] = (has_p && p_bank == k) + (has_q && q_bank == k)
                + (has_h && h_bank == k ? ones_below(h_left, MASK_W) : 0)
                + (has_n && n_bank == k ? ones_below(n_common, MASK_W) : 0);
            under[k*UNDER_W +: UNDER_W] = (fix_valid && fix_last && fix_bank == k)
                + (has_p && p_last && p_bank == k) + (has_q && q_last && q_bank == k)
                + (has_h && h_bank == k) + (has_n && n_bank == k);
        end
        for (k = 0; k < 2; k = k + 1) begin
            sums_waits[k*COUNT_W +: COUNT_W] = (has_p && p_sums == k) + (has_q && q_sums == k)
                + (has_h && h_sums == k ? ones_below(h_left, MASK_W) : 0)
                + (has_n && n_sums == k ? ones_below(n_common, MASK_W) : 0);
            under[(CHUNK_BANKS+k)*UNDER_W +: UNDER_W] = (fix_valid && fix_last && fix_sums == k)
                + (has_p && p_last && p_sums == k) + (has_q && q_last && q_sums == k)
                + (has_h && h_sums == k) + (has_n && n_sums == k);
        end
    end

    // ---- chunks: the words of the step, and the prefix sums so far ----
    wire [3*WORDS_W-1:0] words  = {words_2, words_1, words_0};
    wire [8*IDX_W-1:0]   sum_of = {prefix_7, prefix_6, prefix_5, prefix_4, prefix_3, prefix_2, prefix_1, prefix_0};
    reg                  chunks;
    integer              n;
    integer              p;
    always @* begin
        chunks = 1'b1;
        for (n = 0; n < CHUNK_BANKS; n = n + 1) begin
            if (held[n] && ready[n] == (busy && busy_bank == n)) chunks = 1'b0;
            if (may[n*CHUNK +: CHUNK] & ~(held[n] ? full[n*CHUNK +: CHUNK] : 0)) chunks = 1'b0;
            for (p = 0; p < CHUNK; p = p + 1) if (held[n] && full[n*CHUNK+p]) begin
                if (words[n*WORDS_W + ones_below(full[n*CHUNK +: CHUNK], p) * TIME_STEPS + t] != fires[n*CHUNK+p])
                    chunks = 1'b0;
                if ((ready[n] || p < block)
                    && sum_of[(n*CHUNK+p)*IDX_W +: IDX_W] != ones_below(full[n*CHUNK +: CHUNK], p)) chunks = 1'b0;
            end
        end
    end

    wire [CHUNK-1:0] loading = full[busy_bank*CHUNK +: CHUNK];

    always @* if (started) begin
        i_queue: assert (queued <= 2 && queue_wr == queue_rd ^ queued[0]);
        i_left: assert ((has_h ? h_left != 0 : !begun) && (!has_n || n_common != 0));
        i_pairs: assert (places == weights + match_valid && places <= FIFO_DEPTH);
        i_pointers: assert (place_rd == weight_rd && place_wr == place_rd ^ places[0]
            && weight_wr == place_rd ^ weights[0]);
        i_match: assert (!match_valid || (has_q ? {match_column, match_sums} == {q_column, q_sums}
            : {match_column, match_sums} == {p_column, p_sums}));
        // What is in the line has a bank that is held, and positions of its chunk.
        if (has_h) i_head: assert (h_bank < CHUNK_BANKS && held[h_bank] && ones_below(h_mask, MASK_W) <= CHUNK
            && (h_left & ~(h_mask & {JOINED{full[h_bank*CHUNK +: CHUNK]}})) == 0);
        if (has_n) i_next: assert (n_bank < CHUNK_BANKS && held[n_bank] && ones_below(n_mask, MASK_W) <= CHUNK
            && (n_common & ~(n_mask & {JOINED{full[n_bank*CHUNK +: CHUNK]}})) == 0);
        if (has_p) i_place: assert (p_bank < CHUNK_BANKS && held[p_bank] && full[p_bank*CHUNK+p_at]);
        if (has_q) i_place_2: assert (q_bank < CHUNK_BANKS && held[q_bank] && full[q_bank*CHUNK+q_at]);
        if (fix_valid) i_fixed: assert (fix_bank < CHUNK_BANKS && held[fix_bank]);
        // Behind a match that is not its fibre's last follows one of the same fibre.
        if (has_q && !p_last) i_line_p: assert ({q_bank, q_sums} == {p_bank, p_sums});
        if (has_p && !has_q) i_begun_p: assert (begun == !p_last && (p_last || {h_bank, h_sums} == {p_bank, p_sums}));
        if (has_q) i_begun_q: assert (begun == !q_last && (q_last || {h_bank, h_sums} == {q_bank, q_sums}));
        if (fix_valid && has_p && !fix_last) i_line_f: assert ({p_bank, p_sums} == {fix_bank, fix_sums});
        if (fix_valid && !has_p) i_begun_f: assert (begun == !fix_last
            && (fix_last || {h_bank, h_sums} == {fix_bank, fix_sums}));
        if (!fix_valid && !has_p) i_begun: assert (!begun);
        i_under: assert (dut_under[(CHUNK_BANKS+2)*UNDER_W-1:0] == under[(CHUNK_BANKS+2)*UNDER_W-1:0]);
        i_waits: assert (in_bank == bank_waits && in_sums == sums_waits
            && waiting == sums_waits[COUNT_W-1:0] + sums_waits[2*COUNT_W-1:COUNT_W]);
        i_was_bank: assert ((was_bank & done_bank) == (fix_valid ? (1 << fix_bank) & done_bank : 0));
        i_was_sums: assert ((was_sums & done_sums) == (fix_valid ? (1 << fix_sums) & done_sums : 0));
        // Chunks.
        i_chunks: assert (chunks && all_live == may);
        i_busy: assert (busy ? busy_bank < CHUNK_BANKS && !ready[busy_bank] : block == 0);
        if (busy && held[busy_bank]) i_rest: assert (rest == loading >> block
            && (block == 0 || prefix == ones_below(loading, block)));
        // Sums.
        i_split: assert (total == all - silent);
        i_all: assert (all == pseudo + m_all + h_all + n_all);
        i_silent: assert (silent == corrections[t*ACC_W +: ACC_W] + f_silent + p_silent + q_silent
            + h_silent + n_silent);
        i_stalled: assert (stalled <= (waiting == 0 ? 0 : weights == 0 ? match_valid
            : pop_ready ? BLOCKS + 3 : block + 3));
    end
`endif

endmodule

`default_nettype wire
