// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_group_accumulator: sums as if every result were added to all of its rows at once, and the
// cycle in which each result leaves.
`default_nettype none

module prosperity_group_accumulator_formal #(
    parameter TILE_M       = 4,
    parameter PSUM_W       = 1,
    parameter ACC_W        = 2,
    parameter SUM_BANKS    = 2,
    parameter RESULT_SLOTS = 3,
    parameter ROW_W        = $clog2(TILE_M)
) (
    input wire              clk,
    input wire              rst,
    input wire              reserve,
    input wire              reserve_last,
    input wire [TILE_M-1:0] req_rows,
    input wire [PSUM_W-1:0] result,
    input wire              read_en,
    input wire              read_bank,
    input wire [ROW_W-1:0]  read_row,
    input wire [1:0]        clear
);

    localparam BANK_ROWS = TILE_M / SUM_BANKS;
    // Cycles that all slots together can take, and one more.
    localparam TIME      = RESULT_SLOTS * BANK_ROWS + 1;
    localparam TIME_W    = $clog2(TIME + 1);
    localparam USED_W    = $clog2(RESULT_SLOTS + 1);

    wire             room;
    wire [1:0]       fill_done;
    wire [ACC_W-1:0] read_sum;

    // ---- environment: a bank fills, is read out and cleared, then fills again ----
    reg       req = 1'b0;
    reg       req_last;
    reg       req_bank;
    reg       fills = 1'b0;
    reg [1:0] full = 2'b00;
    reg [1:0] readable = 2'b00;
    reg       started = 1'b0;

    always @(posedge clk) begin
        started  <= 1'b1;
        req      <= reserve;
        req_last <= reserve_last;
        req_bank <= fills;
        readable <= (readable | fill_done) & ~clear;
        full     <= full & ~clear;
        if (reserve && reserve_last) begin
            full[fills] <= 1'b1;
            fills       <= !fills;
        end
        if (rst) begin
            req      <= 1'b0;
            fills    <= 1'b0;
            full     <= 2'b00;
            readable <= 2'b00;
        end
    end
    always @* begin
        if (!started) assume (rst);
        if (reserve) assume (places != RESULT_SLOTS && !full[fills]);
        if (read_en) assume (readable[read_bank]);
        assume ((clear & ~readable) == 0);
    end

    prosperity_group_accumulator #(
        .TILE_M      (TILE_M),
        .LANES       (1),
        .PSUM_W      (PSUM_W),
        .ACC_W       (ACC_W),
        .SUM_BANKS   (SUM_BANKS),
        .RESULT_SLOTS(RESULT_SLOTS)
    ) u_dut (
        .clk      (clk),
        .rst      (rst),
        .reserve  (reserve),
        .room     (room),
        .req_valid(req),
        .req_last (req_last),
        .req_bank (req_bank),
        .req_rows (req_rows),
        .result   (result),
        .fill_done(fill_done),
        .read_en  (read_en),
        .read_bank(read_bank),
        .read_row (read_row),
        .read_sum (read_sum),
        .clear    (clear)
    );

    // ---- the sum of any one row of any bank, without latency ----
    (* anyconst *) wire             bank;
    (* anyconst *) wire [ROW_W-1:0] row;

    // The request whose result is there now.
    reg              now = 1'b0;
    reg              now_bank;
    reg [TILE_M-1:0] now_rows;
    reg [ACC_W-1:0]  total;
    reg              read = 1'b0;
    reg [ACC_W-1:0]  expected;
    wire             hits = now && now_bank == bank && now_rows[row];
    wire [ACC_W-1:0] wide = {{(ACC_W - PSUM_W) {result[PSUM_W-1]}}, result};

    always @(posedge clk) begin
        now      <= req && !rst;
        now_bank <= req_bank;
        now_rows <= req_rows;
        if (hits) total <= total + wide;
        if (rst || clear[bank]) total <= 0;
        if (read_en) begin
            read     <= read_bank == bank && read_row == row && !rst;
            expected <= total;
        end else if (rst || (req && req_bank == bank)) read <= 1'b0;
    end

    // ---- when results leave: as late as their slowest accumulator, in order, one a cycle ----
    // Rows that each accumulator has to add yet; results leaving this cycle (bit 0), the next one ...
    reg  [SUM_BANKS*TIME_W-1:0] work;
    reg  [TIME:0]               leave;
    reg  [TIME:0]               end_0;
    reg  [TIME:0]               end_1;
    reg  [USED_W-1:0]           places = 0;
    reg  [1:0]                  done = 2'b00;
    // From the next cycle on: rows to add, cycles until the new result leaves.
    reg  [SUM_BANKS*TIME_W-1:0] ahead;
    reg  [TIME_W-1:0]           cycles;
    reg  [TIME_W-1:0]           w;
    integer                     a;
    integer                     i;

    always @* begin
        cycles = 1;
        for (i = 0; i <= TIME; i = i + 1) if (leave[i] && i + 1 > cycles) cycles = i + 1;
        for (a = 0; a < SUM_BANKS; a = a + 1) begin
            w = work[a*TIME_W +: TIME_W];
            if (w != 0) w = w - 1'b1;
            if (req) for (i = a; i < TILE_M; i = i + SUM_BANKS) w = w + req_rows[i];
            ahead[a*TIME_W +: TIME_W] = w;
            if (w > cycles) cycles = w;
        end
    end

    wire [TIME:0] new_end = req ? {{TIME{1'b0}}, 1'b1} << cycles : {TIME + 1{1'b0}};

    always @(posedge clk) begin
        work   <= ahead;
        leave  <= (leave | new_end) >> 1;
        end_0  <= (end_0 | (req_last && !req_bank ? new_end : {TIME + 1{1'b0}})) >> 1;
        end_1  <= (end_1 | (req_last && req_bank ? new_end : {TIME + 1{1'b0}})) >> 1;
        places <= places + reserve - leave[0];
        done   <= {end_1[0], end_0[0]};
        if (rst) begin
            {work, leave, end_0, end_1} <= 0;
            places <= 0;
            done   <= 2'b00;
        end
    end

    always @* if (started && !rst) begin
        a_room: assert (room == (places != RESULT_SLOTS));
        a_fill_done: assert (fill_done == done);
        if (read) a_sum: assert (read_sum == expected);
        c_full: cover (!room && leave[0] && readable[1]);
        c_apart: cover (places == 2 && leave == 3'b101 && work == 3);
        c_sum: cover (read && expected == 2 && bank && row == TILE_M - 1);
        c_zero: cover (read && expected == 0 && readable == 2'b11);
        c_beside: cover (read_en && req && req_rows == {TILE_M{1'b1}} && !room);
        c_empty: cover (done[0] && total == 0 && !bank && leave[0]);
    end

`ifdef HINTS
    localparam SLOT_W = $clog2(RESULT_SLOTS);
    localparam PART_W = $clog2(BANK_ROWS);
    localparam PICK_W = SUM_BANKS > 1 ? $clog2(SUM_BANKS) : 1;
    // The watched row: its accumulator and its place there.
    wire [PICK_W-1:0] pick = SUM_BANKS > 1 ? row[PICK_W-1:0] : 0;
    wire [PART_W-1:0] part = row[ROW_W-1 -: PART_W];

    (* keep *) wire [USED_W-1:0]                           used;
    (* keep *) wire [SLOT_W-1:0]                           tail;
    (* keep *) wire [SLOT_W-1:0]                           head;
    (* keep *) wire [RESULT_SLOTS-1:0]                     slot_full;
    (* keep *) wire [RESULT_SLOTS-1:0]                     slot_last;
    (* keep *) wire [RESULT_SLOTS-1:0]                     slot_bank;
    (* keep *) wire                                        write;
    (* keep *) wire [SLOT_W-1:0]                           write_slot;
    (* keep *) wire [RESULT_SLOTS*PSUM_W-1:0]              data;
    (* keep *) wire [SUM_BANKS*RESULT_SLOTS*BANK_ROWS-1:0] rows;
    (* keep *) wire [SUM_BANKS*SLOT_W-1:0]                 adding_slot;
    (* keep *) wire [SUM_BANKS-1:0]                        adding;
    (* keep *) wire [SUM_BANKS-1:0]                        adding_seen;
    (* keep *) wire [SUM_BANKS-1:0]                        adding_bank;
    (* keep *) wire [SUM_BANKS*PART_W-1:0]                 adding_row;
    (* keep *) wire [SUM_BANKS*BANK_ROWS-1:0]              seen_0;
    (* keep *) wire [SUM_BANKS*BANK_ROWS-1:0]              seen_1;
    (* keep *) wire [SUM_BANKS*BANK_ROWS*ACC_W-1:0]        mem_0;
    (* keep *) wire [SUM_BANKS*BANK_ROWS*ACC_W-1:0]        mem_1;
    (* keep *) wire [SUM_BANKS*ACC_W-1:0]                  word_0;
    (* keep *) wire [SUM_BANKS*ACC_W-1:0]                  word_1;
    (* keep *) wire [SUM_BANKS-1:0]                        from_bank;
    (* keep *) wire [SUM_BANKS-1:0]                        from_seen;
    (* keep *) wire [PICK_W-1:0]                           from_pick;

    wire [BANK_ROWS-1:0] seens = bank ? seen_1[pick*BANK_ROWS +: BANK_ROWS] : seen_0[pick*BANK_ROWS +: BANK_ROWS];
    wire                 seen  = seens[part];
    wire [ACC_W-1:0]     mem   = bank ? mem_1[(pick*BANK_ROWS+part)*ACC_W +: ACC_W]
        : mem_0[(pick*BANK_ROWS+part)*ACC_W +: ACC_W];
    wire [ACC_W-1:0]     base  = seen ? mem : 0;
    wire [ACC_W-1:0]     word  = bank ? word_1[pick*ACC_W +: ACC_W] : word_0[pick*ACC_W +: ACC_W];
    wire                 here  = adding[pick] && adding_bank[pick] == bank && adding_row[pick*PART_W +: PART_W] == part;
    wire [PSUM_W-1:0]    add   = data[adding_slot[pick*SLOT_W +: SLOT_W]*PSUM_W +: PSUM_W];

    wire [ACC_W-1:0]     whole = base + (here ? {{(ACC_W - PSUM_W) {add[PSUM_W-1]}}, add} : {ACC_W{1'b0}}) + rest;

    // The slots from the oldest to the youngest, as they are.
    reg  [USED_W-1:0]           held;
    reg  [SUM_BANKS*TIME_W-1:0] sum_work;
    reg  [TIME_W-1:0]           at;
    reg  [TIME_W-1:0]           c;
    reg  [TIME:0]               as_leave;
    reg  [TIME:0]               as_end_0;
    reg  [TIME:0]               as_end_1;
    reg  [ACC_W-1:0]            rest;
    reg                         ring;
    reg                         turns;
    reg                         next_bank;
    reg                         empty;
    reg  [1:0]                  lasts;
    reg  [1:0]                  uses;
    reg  [1:0]                  in_slots;
    reg  [SLOT_W-1:0]           s;
    reg  [BANK_ROWS-1:0]        of;
    integer                     o;
    integer                     b;
    integer                     r;

    always @* begin
        held = 0;
        for (o = 0; o < RESULT_SLOTS; o = o + 1) held = held + slot_full[o];
        sum_work = 0;
        at = 0;
        as_leave = 0;
        as_end_0 = 0;
        as_end_1 = 0;
        rest = 0;
        ring = 1'b1;
        turns = 1'b1;
        empty = 1'b1;
        next_bank = 1'b0;
        lasts = 2'b00;
        uses = 2'b00;
        {s, of, c, r} = 0;
        for (o = 0; o < RESULT_SLOTS; o = o + 1) begin
            s = (head + o) % RESULT_SLOTS;
            if (slot_full[s] != (o < held)) ring = 1'b0;
            for (b = 0; b < SUM_BANKS; b = b + 1) begin
                of = rows[(b*RESULT_SLOTS+s)*BANK_ROWS +: BANK_ROWS];
                if (!slot_full[s] && of != 0) empty = 1'b0;
            end
            if (slot_full[s]) begin
                at = at + 1'b1;
                for (b = 0; b < SUM_BANKS; b = b + 1) begin
                    of = rows[(b*RESULT_SLOTS+s)*BANK_ROWS +: BANK_ROWS];
                    c = sum_work[b*TIME_W +: TIME_W];
                    for (r = 0; r < BANK_ROWS; r = r + 1) c = c + of[r];
                    sum_work[b*TIME_W +: TIME_W] = c;
                    if (c > at) at = c;
                end
                as_leave[at-1] = 1'b1;
                if (slot_last[s] && !slot_bank[s]) as_end_0[at-1] = 1'b1;
                if (slot_last[s] && slot_bank[s]) as_end_1[at-1] = 1'b1;
                // Banks take turns, and none comes back before it has been read.
                if (o != 0 && slot_bank[s] != next_bank) turns = 1'b0;
                if (lasts[slot_bank[s]]) turns = 1'b0;
                next_bank = slot_bank[s] ^ slot_last[s];
                uses[slot_bank[s]] = 1'b1;
                if (slot_last[s]) lasts[slot_bank[s]] = 1'b1;
                of = rows[(pick*RESULT_SLOTS+s)*BANK_ROWS +: BANK_ROWS];
                if (of[part] && slot_bank[s] == bank && !(write && write_slot == s))
                    rest = rest + {{(ACC_W - PSUM_W) {data[s*PSUM_W+PSUM_W-1]}}, data[s*PSUM_W +: PSUM_W]};
            end
        end
        in_slots = uses;
        if (req) begin
            if (held != 0 && req_bank != next_bank) turns = 1'b0;
            if (lasts[req_bank]) turns = 1'b0;
            next_bank = req_bank ^ req_last;
            uses[req_bank] = 1'b1;
            if (req_last) lasts[req_bank] = 1'b1;
        end
        if ((held != 0 || req) && fills != next_bank) turns = 1'b0;
    end

    // Nothing may be added in a bank that is over; what it holds is what is left of the write under way.
    reg  quiet;
    reg  busy_bank;
    integer q;
    always @* begin
        quiet = 1'b1;
        for (q = 0; q < SUM_BANKS; q = q + 1) begin
            if (adding[q] && readable[adding_bank[q]]) quiet = 1'b0;
            if (adding[q] && (adding_slot[q*SLOT_W +: SLOT_W] >= RESULT_SLOTS
                || (write && write_slot == adding_slot[q*SLOT_W +: SLOT_W]))) quiet = 1'b0;
            // A result that is being added has a bank that is not free yet, or that fills.
            if (adding[q] && !full[adding_bank[q]] && fills != adding_bank[q]) quiet = 1'b0;
        end
    end

    always @* if (started) begin
        i_used: assert (used == places && {1'b0, used} == held + req && used <= RESULT_SLOTS);
        i_ring: assert (ring && head < RESULT_SLOTS && tail == (head + held) % RESULT_SLOTS && empty);
        i_write: assert (write == now);
        if (write) i_write_slot: assert (slot_full[write_slot] && slot_bank[write_slot] == now_bank
            && (write_slot + 1) % RESULT_SLOTS == tail && write_slot < RESULT_SLOTS);
        if (write) i_fresh: assert (rows[(pick*RESULT_SLOTS+write_slot)*BANK_ROWS+part] == now_rows[row]);
        i_leave: assert (leave == as_leave && end_0 == as_end_0 && end_1 == as_end_1);
        i_work: assert (work == sum_work);
        i_turns: assert (turns && (uses & (readable | done)) == 0 && quiet);
        i_full: assert (full == (lasts | done | readable) && (done & readable) == 0);
        i_free: assert ((uses & ~full & ~(2'b01 << fills)) == 0);
        i_total: assert (total == whole);
        if (here) i_old: assert ((adding_seen[pick] ? word : 0) == base);
        if (read) i_read: assert (from_pick == pick && from_bank[pick] == bank
            && (from_seen[pick] ? word : 0) == expected);
        if (read) i_reading: assert (!in_slots[bank] && !done[bank] && !here);
    end
`endif

endmodule

`default_nettype wire
