// SPDX-License-Identifier: Apache-2.0
// Adds one row result to the sums of all rows that share it, while the processor goes on.
//
// Function:   a finished result waits in one of RESULT_SLOTS slots with the rows it belongs to. The sums lie
//             in SUM_BANKS accumulators, row r in accumulator r modulo SUM_BANKS; each adds, a row a
//             cycle, the oldest result that still has a row for it.
// Latency:    a result requested in cycle c is added from c + 1 on; fill_done[b] is high in the cycle after
//             the last addition to bank b was requested.
// Throughput: SUM_BANKS rows a cycle; one result a cycle leaves its slot, in order.
// Handshake:  a slot is reserved while room is high, one cycle before the result is requested.
// Reset:      empties the slots and marks all rows empty.
// Limits:     ACC_W bits must hold the sums (K is checked against it).
`default_nettype none

module prosperity_group_accumulator #(
    parameter TILE_M       = 256,
    parameter LANES        = 128,
    // bits of a row result and of an accumulated sum
    parameter PSUM_W       = 12,
    parameter ACC_W        = 24,
    // accumulators, a power of two, at most TILE_M / 2
    parameter SUM_BANKS    = 4,
    // results that wait for their rows, 2 or more
    parameter RESULT_SLOTS = 4,
    // derived
    parameter ROW_W        = $clog2(TILE_M)
) (
    input  wire                    clk,
    input  wire                    rst,
    // a place for a result
    input  wire                    reserve,
    output wire                    room,
    // result of the next cycle: its rows (none: an empty tile), its bank; last: the bank is complete
    input  wire                    req_valid,
    input  wire                    req_last,
    input  wire                    req_bank,
    input  wire [TILE_M-1:0]       req_rows,
    input  wire [LANES*PSUM_W-1:0] result,
    output wire [1:0]              fill_done,
    // read-out: as in the accumulator
    input  wire                    read_en,
    input  wire                    read_bank,
    input  wire [ROW_W-1:0]        read_row,
    output wire [LANES*ACC_W-1:0]  read_sum,
    input  wire [1:0]              clear
);

    localparam BANK_ROWS = TILE_M / SUM_BANKS;
    localparam SLOT_W    = $clog2(RESULT_SLOTS);
    localparam USED_W    = $clog2(RESULT_SLOTS + 1);
    localparam PART_W    = $clog2(BANK_ROWS);
    localparam PICK_W    = SUM_BANKS > 1 ? $clog2(SUM_BANKS) : 1;

    localparam [31:0] LAST_SLOT = RESULT_SLOTS - 1;

    generate
        if (SUM_BANKS < 1 || 2 * SUM_BANKS > TILE_M || (SUM_BANKS & (SUM_BANKS - 1)) != 0)
        begin : g_check_banks
            illegal_parameter_SUM_BANKS_is_no_power_of_two_up_to_half_of_TILE_M u_stop ();
        end
        if (RESULT_SLOTS < 2) begin : g_check_slots
            illegal_parameter_RESULT_SLOTS_below_2 u_stop ();
        end
    endgenerate

    // ---- slots, a ring ----
    reg  [USED_W-1:0]       used_q;
    reg  [SLOT_W-1:0]       tail_q;
    reg  [SLOT_W-1:0]       head_q;
    reg  [RESULT_SLOTS-1:0] full_q;
    reg  [RESULT_SLOTS-1:0] last_q;
    reg  [RESULT_SLOTS-1:0] bank_q;
    reg  [LANES*PSUM_W-1:0] data_q [0:RESULT_SLOTS-1];
    reg                     write_q;
    reg  [SLOT_W-1:0]       write_slot_q;
    reg  [1:0]              done_q;

    // The accumulator has no row of the oldest slot left after this cycle.
    wire [SUM_BANKS-1:0] idle;
    wire                 retire = full_q[head_q] && idle == {SUM_BANKS{1'b1}};
    wire                 ends   = retire && last_q[head_q];

    assign room      = used_q != RESULT_SLOTS[USED_W-1:0];
    assign fill_done = done_q;

    always @(posedge clk) begin
        if (rst) begin
            used_q       <= {USED_W{1'b0}};
            tail_q       <= {SLOT_W{1'b0}};
            head_q       <= {SLOT_W{1'b0}};
            full_q       <= {RESULT_SLOTS{1'b0}};
            last_q       <= {RESULT_SLOTS{1'b0}};
            bank_q       <= {RESULT_SLOTS{1'b0}};
            write_q      <= 1'b0;
            write_slot_q <= {SLOT_W{1'b0}};
            done_q       <= 2'b00;
        end else begin
            used_q       <= used_q + {{(USED_W - 1) {1'b0}}, reserve}
                - {{(USED_W - 1) {1'b0}}, retire};
            write_q      <= req_valid;
            write_slot_q <= tail_q;
            done_q       <= {ends && bank_q[head_q], ends && !bank_q[head_q]};
            if (retire) begin
                full_q[head_q] <= 1'b0;
                head_q         <= order[SLOT_W +: SLOT_W];
            end
            if (req_valid) begin
                full_q[tail_q] <= 1'b1;
                last_q[tail_q] <= req_last;
                bank_q[tail_q] <= req_bank;
                tail_q         <= tail_q == LAST_SLOT[SLOT_W-1:0] ? {SLOT_W{1'b0}} : tail_q + 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (write_q) begin
            data_q[write_slot_q] <= result;
        end
    end

    // Slots from the oldest to the youngest, each from the oldest alone: no chain through a vector.
    wire [RESULT_SLOTS*SLOT_W-1:0] order;

    genvar o;
    generate
        for (o = 0; o < RESULT_SLOTS; o = o + 1) begin : g_order
            // head_q + o, modulo RESULT_SLOTS
            wire [USED_W:0] next = {{(USED_W + 1 - SLOT_W) {1'b0}}, head_q} + o[USED_W:0];
            wire [USED_W:0] wrap = next - RESULT_SLOTS[USED_W:0];
            wire            unused_next = &{1'b0, next[USED_W:SLOT_W], wrap[USED_W:SLOT_W]};

            assign order[o*SLOT_W +: SLOT_W] = next < RESULT_SLOTS[USED_W:0] ? next[SLOT_W-1:0]
                : wrap[SLOT_W-1:0];
        end
    endgenerate

    // ---- accumulators ----
    wire [SUM_BANKS*LANES*ACC_W-1:0] sums;
    wire [PICK_W-1:0]                read_pick;

    genvar a;
    genvar j;
    generate
        for (a = 0; a < SUM_BANKS; a = a + 1) begin : g_bank
            // This accumulator's rows of each slot, slot 0 lowest.
            reg  [RESULT_SLOTS*BANK_ROWS-1:0]      rows_q;
            wire [RESULT_SLOTS-1:0]                some;
            wire [BANK_ROWS-1:0]                   req_part;
            reg                                    any;
            reg  [SLOT_W-1:0]                      slot;
            reg  [SLOT_W-1:0]                      slot_q;
            wire [BANK_ROWS-1:0]                   rows = rows_q[slot*BANK_ROWS +: BANK_ROWS];
            wire                                   unused_any;
            wire                                   many;
            wire [PART_W-1:0]                      row;
            wire                                   reads;
            wire [1:0]                             unused_fill_done;

            for (j = 0; j < BANK_ROWS; j = j + 1) begin : g_row
                assign req_part[j] = req_rows[j*SUM_BANKS+a];
            end

            for (j = 0; j < RESULT_SLOTS; j = j + 1) begin : g_slot
                assign some[j] = rows_q[j*BANK_ROWS +: BANK_ROWS] != {BANK_ROWS{1'b0}};
            end

            integer k;

            always @* begin
                any  = 1'b0;
                slot = head_q;
                // From the youngest to the oldest: the last one found is the oldest.
                for (k = RESULT_SLOTS - 1; k >= 0; k = k - 1) begin
                    if (some[order[k*SLOT_W +: SLOT_W]]) begin
                        any  = 1'b1;
                        slot = order[k*SLOT_W +: SLOT_W];
                    end
                end
            end

            snn_find_first #(
                .W(BANK_ROWS)
            ) u_find_first (
                .req (rows),
                .any (unused_any),
                .many(many),
                .idx (row)
            );

            assign idle[a] = !any || slot != head_q || !many;

            always @(posedge clk) begin
                if (rst) begin
                    slot_q <= {SLOT_W{1'b0}};
                    rows_q <= {RESULT_SLOTS * BANK_ROWS{1'b0}};
                end else begin
                    slot_q <= slot;
                    if (any) begin
                        rows_q[slot*BANK_ROWS +: BANK_ROWS] <= rows & (rows - 1'b1);
                    end
                    // The youngest slot is empty: nothing is taken from it.
                    if (req_valid) begin
                        rows_q[tail_q*BANK_ROWS +: BANK_ROWS] <= req_part;
                    end
                end
            end

            if (SUM_BANKS == 1) begin : g_all
                assign reads = read_en;
            end else begin : g_part
                assign reads = read_en && read_row[PICK_W-1:0] == a[PICK_W-1:0];
            end

            prosperity_accumulator #(
                .TILE_M(BANK_ROWS),
                .LANES (LANES),
                .PSUM_W(PSUM_W),
                .ACC_W (ACC_W)
            ) u_accumulator (
                .clk      (clk),
                .rst      (rst),
                .req_valid(any),
                .req_empty(1'b0),
                .req_last (1'b0),
                .req_bank (bank_q[slot]),
                .req_row  (row),
                .result   (data_q[slot_q]),
                .fill_done(unused_fill_done),
                .read_en  (reads),
                .read_bank(read_bank),
                .read_row (read_row[ROW_W-1:ROW_W-PART_W]),
                .read_sum (sums[a*LANES*ACC_W +: LANES*ACC_W]),
                .clear    (clear)
            );
        end
    endgenerate

    // ---- read-out ----
    generate
        if (SUM_BANKS == 1) begin : g_one
            assign read_pick = 1'b0;
        end else begin : g_many
            reg [PICK_W-1:0] pick_q;

            always @(posedge clk) begin
                if (rst) begin
                    pick_q <= {PICK_W{1'b0}};
                end else if (read_en) begin
                    pick_q <= read_row[PICK_W-1:0];
                end
            end

            assign read_pick = pick_q;
        end
    endgenerate

    assign read_sum = sums[read_pick*LANES*ACC_W +: LANES*ACC_W];

endmodule

`default_nettype wire
