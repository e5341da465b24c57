// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_spike_buffer: the stream's beats are taken wherever there is a place, and loaded as the
// tiles of the layer, none before its bank is free.
`default_nettype none

module prosperity_spike_buffer_formal #(
    parameter TILE_M      = 4,
    parameter TILE_K      = 2,
    parameter LANES       = 2,
    parameter DIM_W       = 4,
    parameter BEAT_ROWS   = 2,
    parameter SPIKE_BEATS = 3,
    parameter TILE_BEATS  = TILE_M / BEAT_ROWS,
    parameter BEAT_IDX_W  = TILE_BEATS > 1 ? $clog2(TILE_BEATS) : 1,
    parameter BEAT_W      = BEAT_ROWS * TILE_K,
    parameter ROWS_W      = $clog2(TILE_M + 1)
) (
    input wire              clk,
    input wire              rst,
    input wire              start,
    input wire              hold,
    input wire [BEAT_W-1:0] tdata,
    input wire              tvalid,
    input wire              tlast,
    input wire [1:0]        bank_busy
);

    // The layer: the solver chooses it.
    (* anyconst *) wire [DIM_W-1:0] dim_m;
    (* anyconst *) wire [DIM_W-1:0] dim_k;
    (* anyconst *) wire [DIM_W-1:0] dim_n;
    always @* assume (dim_m != 0 && dim_k != 0 && dim_n != 0);

    wire                  tlast_error;
    wire                  tready;
    wire                  load_valid;
    wire                  load_bank;
    wire [BEAT_IDX_W-1:0] load_beat;
    wire [BEAT_W-1:0]     load_rows;
    wire [BEAT_ROWS-1:0]  load_present;
    wire                  load_last;
    wire                  load_first_n;
    wire [ROWS_W-1:0]     load_tile_rows;

    prosperity_spike_buffer #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .DIM_W       (DIM_W),
        .SPIKE_BEAT_W(BEAT_W),
        .SPIKE_BEATS (SPIKE_BEATS)
    ) u_dut (
        .clk                (clk),
        .rst                (rst),
        .start              (start),
        .dim_m              (dim_m),
        .dim_k              (dim_k),
        .dim_n              (dim_n),
        .hold               (hold),
        .tlast_error        (tlast_error),
        .s_axis_spike_tdata (tdata),
        .s_axis_spike_tvalid(tvalid),
        .s_axis_spike_tready(tready),
        .s_axis_spike_tlast (tlast),
        .bank_busy          (bank_busy),
        .load_valid         (load_valid),
        .load_bank          (load_bank),
        .load_beat          (load_beat),
        .load_rows          (load_rows),
        .load_present       (load_present),
        .load_last          (load_last),
        .load_first_n       (load_first_n),
        .load_tile_rows     (load_tile_rows)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        if (running) assume (!start);
    end

    // ---- the next beat of the stream: its first row, column and lane, one bit more than a dimension ----
    reg             running = 1'b0;
    reg [DIM_W:0]   m;
    reg [DIM_W:0]   k;
    reg [DIM_W:0]   n;
    // First row of the tile, number of the beat in it, bank of the tile.
    reg [BEAT_IDX_W-1:0] beat = 0;
    reg                  bank = 1'b0;
    wire [DIM_W:0]  row    = m + beat * BEAT_ROWS;
    wire            m_ends = m + TILE_M >= dim_m;
    wire            k_ends = k + TILE_K >= dim_k;
    wire            n_ends = n + LANES >= dim_n;
    wire            ends   = row + BEAT_ROWS >= dim_m || beat == TILE_BEATS - 1;
    wire [ROWS_W-1:0] rows = m_ends ? dim_m - m : TILE_M;

    reg [BEAT_W-1:0]    data;
    reg [BEAT_ROWS-1:0] present;
    integer             r;
    integer             c;
    always @* begin
        for (r = 0; r < BEAT_ROWS; r = r + 1) begin
            present[r] = row + r < dim_m;
            for (c = 0; c < TILE_K; c = c + 1) data[r*TILE_K+c] = tdata[r*TILE_K+c] && k + c < dim_k;
        end
    end

    // ---- beats taken and not loaded, the oldest one lowest ----
    localparam WORD_W  = 2 + ROWS_W + BEAT_W;
    localparam W       = WORD_W + 1 + BEAT_IDX_W + BEAT_ROWS;
    localparam COUNT_W = $clog2(SPIKE_BEATS + 1);
    reg  [SPIKE_BEATS*W-1:0] queue;
    reg  [COUNT_W-1:0]       count = 0;
    wire [W-1:0]             next  = {bank, beat, present, ends, n == 0, rows, data};
    wire                     o_bank;
    wire [BEAT_IDX_W-1:0]    o_beat;
    wire [BEAT_ROWS-1:0]     o_present;
    wire                     o_last;
    wire                     o_first_n;
    wire [ROWS_W-1:0]        o_rows;
    wire [BEAT_W-1:0]        o_data;
    assign {o_bank, o_beat, o_present, o_last, o_first_n, o_rows, o_data} = queue[W-1:0];

    wire               takes = tvalid && running && !hold && count != SPIKE_BEATS;
    wire               loads = count != 0 && !bank_busy[o_bank];
    wire [COUNT_W-1:0] left  = count - loads;
    integer            i;

    always @(posedge clk) begin
        if (loads) queue <= queue >> W;
        for (i = 0; i < SPIKE_BEATS; i = i + 1) if (takes && left == i) queue[i*W +: W] <= next;
        count <= left + takes;
        if (start) begin
            running <= 1'b1;
            {m, n, k} <= 0;
        end
        if (takes) begin
            beat <= ends ? 0 : beat + 1'b1;
            bank <= bank ^ ends;
        end
        if (takes && ends) begin
            k <= k_ends ? 0 : k + TILE_K;
            if (k_ends) n <= n_ends ? 0 : n + LANES;
            if (k_ends && n_ends) m <= m + TILE_M;
            if (k_ends && n_ends && m_ends) running <= 1'b0;
        end
        if (rst) begin
            running <= 1'b0;
            count   <= 0;
            beat    <= 0;
            bank    <= 1'b0;
        end
    end

    // A row that is there is loaded as it came.
    reg     same;
    integer s;
    always @* begin
        same = 1'b1;
        for (s = 0; s < BEAT_ROWS; s = s + 1)
            if (o_present[s] && load_rows[s*TILE_K +: TILE_K] != o_data[s*TILE_K +: TILE_K]) same = 1'b0;
    end

    always @* if (started && !rst) begin
        a_ready: assert (tready == (running && !hold && count != SPIKE_BEATS));
        a_tlast: assert (tlast_error == (takes && tlast != ends));
        a_load: assert (load_valid == loads);
        if (loads) begin
            a_where: assert (load_bank == o_bank && load_beat == o_beat);
            a_rows: assert (same);
            a_present: assert (load_present == o_present);
            a_last: assert (load_last == o_last);
            a_tile: assert (load_first_n == o_first_n && load_tile_rows == o_rows);
        end
        c_full: cover (count == SPIKE_BEATS && !loads && tvalid && bank_busy == 2'b01);
        c_both: cover (takes && loads && o_bank && o_last && !o_first_n);
        c_ragged: cover (loads && o_rows == 3 && o_present == 2'b01 && o_data == 1 && dim_k == 3);
        c_last: cover (loads && !running && count == 1 && dim_m == 6 && o_last);
    end

`ifdef HINTS
    (* keep *) wire [COUNT_W-1:0]                   cnt;
    (* keep *) wire [$clog2(SPIKE_BEATS)-1:0]       wr_ptr;
    (* keep *) wire [$clog2(SPIKE_BEATS)-1:0]       rd_ptr;
    (* keep *) wire [SPIKE_BEATS*WORD_W-1:0]        mem;
    (* keep *) wire [DIM_W-1:0]                     left_m;
    (* keep *) wire [DIM_W-1:0]                     left_k;
    (* keep *) wire [DIM_W-1:0]                     left_n;
    (* keep *) wire                                 active;
    (* keep *) wire                                 first_n;
    (* keep *) wire [BEAT_IDX_W-1:0]                in_beat;
    (* keep *) wire                                 out_bank;
    (* keep *) wire [BEAT_IDX_W-1:0]                out_beat;

    // The words, and how bank and beat go on from one to the next.
    reg                  words;
    reg                  turns;
    reg                  at_bank;
    reg [BEAT_IDX_W-1:0] at_beat;
    reg [W-1:0]          word;
    reg [BEAT_ROWS-1:0]  there;
    integer              h;
    integer              p;
    always @* begin
        words = 1'b1;
        turns = 1'b1;
        at_bank = out_bank;
        at_beat = out_beat;
        word = 0;
        there = 0;
        for (h = 0; h < SPIKE_BEATS; h = h + 1) begin
            word = queue[h*W +: W];
            for (p = 0; p < BEAT_ROWS; p = p + 1)
                there[p] = at_beat * BEAT_ROWS + p < word[BEAT_W +: ROWS_W];
            if (h < count) begin
                if (mem[((rd_ptr + h) % SPIKE_BEATS)*WORD_W +: WORD_W] != word[WORD_W-1:0]) words = 1'b0;
                if (word[W-1:WORD_W] != {at_bank, at_beat, there}
                    || word[BEAT_W +: ROWS_W] <= at_beat * BEAT_ROWS) turns = 1'b0;
                at_bank = at_bank ^ word[WORD_W-1];
                at_beat = word[WORD_W-1] ? 0 : at_beat + 1'b1;
            end
        end
        if (at_bank != bank || at_beat != beat) turns = 1'b0;
    end

    always @* if (started) begin
        i_count: assert (cnt == count && count <= SPIKE_BEATS);
        i_pointers: assert (rd_ptr < SPIKE_BEATS && wr_ptr < SPIKE_BEATS && (rd_ptr + count) % SPIKE_BEATS == wr_ptr);
        i_words: assert (words);
        i_turns: assert (turns && in_beat == beat && beat < TILE_BEATS);
        i_walk: assert (active == running);
        if (running) i_left: assert (m < dim_m && n < dim_n && k < dim_k && left_m == dim_m - m && left_n == dim_n - n
            && left_k == dim_k - k && first_n == (n == 0) && row < dim_m);
        if (!running) i_still: assert (beat == 0);
    end
`endif

endmodule

`default_nettype wire
