// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_row_processing: the sums of a layer are spikes times weights, whatever descriptors say the
// same tiles; something happens unless descriptors, weights or a bank are withheld.
`default_nettype none

module prosperity_row_processing_formal #(
    parameter TILE_M       = 2,
    parameter WEIGHT_PORTS = 1,
    parameter MERGE_ROWS   = 0,
    parameter SUM_BANKS    = 1,
    parameter RESULT_SLOTS = 2,
    parameter ROW_W        = $clog2(TILE_M)
) (
    input wire                      clk,
    input wire                      rst,
    input wire                      desc_valid,
    input wire [ROW_W-1:0]          desc_row,
    input wire [ROW_W-1:0]          desc_prefix,
    input wire                      desc_reuse,
    input wire                      weight_valid,
    input wire                      read_en,
    input wire                      read_bank,
    input wire [ROW_W-1:0]          read_row,
    input wire [1:0]                bank_done
);

    // Two columns a tile, two k tiles and two n tiles at most, one lane.
    localparam TILE_K   = 2;
    localparam WEIGHT_W = 2;
    localparam ACC_W    = 4;
    localparam DIM_W    = 4;
    localparam GROUP_W  = MERGE_ROWS != 0 ? TILE_M : 1;

    // The solver chooses layer and mode, spikes and weights; columns beyond K are clear.
    (* anyconst *) wire                    dense;
    (* anyconst *) wire [DIM_W-1:0]        dim_k;
    (* anyconst *) wire [DIM_W-1:0]        dim_n;
    (* anyconst *) wire [TILE_M*4-1:0]     spikes;
    (* anyconst *) wire [2*4*WEIGHT_W-1:0] weights;
    always @* assume (dim_k != 0 && dim_k <= 4 && dim_n != 0 && dim_n <= 2
        && (spikes & ~{TILE_M{~(4'b1111 << dim_k)}}) == 0);

    reg  [1:0]                       age = 2'd0;
    wire                             start = age == 2'd1;
    wire                             desc_ready;
    wire                             weight_done;
    wire [WEIGHT_PORTS-1:0]          weight_cols;
    reg  [WEIGHT_PORTS*WEIGHT_W-1:0] weight_rows;
    wire [1:0]                       fill_done;
    wire [ACC_W-1:0]                 read_sum;
    wire                             step;
    wire                             wait_room;
    wire                             active;

    // ---- the tile that descriptors are of ----
    reg               k = 1'b0;
    reg               n = 1'b0;
    reg               running = 1'b0;
    wire              last_k = k == (dim_k > TILE_K);
    wire              last_n = n == (dim_n > 1);
    wire [TILE_K-1:0] cols   = ~(2'b11 << (dim_k - (k ? TILE_K : 0) > TILE_K ? TILE_K : dim_k - (k ? TILE_K : 0)));
    reg  [TILE_M-1:0] done = 0;
    reg  [TILE_M-1:0] wanted;
    reg  [TILE_M-1:0] group;
    integer           i;

    function [TILE_K-1:0] row_of(input [ROW_W-1:0] row, input of_k);
        row_of = spikes >> (row * 4 + (of_k ? TILE_K : 0));
    endfunction

    wire [TILE_K-1:0] row    = row_of(desc_row, k);
    wire [TILE_K-1:0] prefix = row_of(desc_prefix, k);

    always @* begin
        for (i = 0; i < TILE_M; i = i + 1) begin
            wanted[i] = dense || row_of(i, k) != 0;
            group[i] = wanted[i] && (i == desc_row || (MERGE_ROWS != 0 && !dense && row_of(i, k) == row));
        end
    end

    // A tile without a row has one descriptor, of no row.
    wire              nothing      = wanted == 0;
    wire              desc_last    = nothing || (done | group) == wanted;
    wire [TILE_K-1:0] desc_pattern = nothing ? 0 : desc_reuse ? row ^ prefix : row;

    prosperity_row_processing #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (1),
        .WEIGHT_W    (WEIGHT_W),
        .ACC_W       (ACC_W),
        .DIM_W       (DIM_W),
        .WEIGHT_PORTS(WEIGHT_PORTS),
        .MERGE_ROWS  (MERGE_ROWS),
        .SUM_BANKS   (SUM_BANKS),
        .RESULT_SLOTS(RESULT_SLOTS)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .start       (start),
        .dim_m       (TILE_M[DIM_W-1:0]),
        .dim_k       (dim_k),
        .dim_n       (dim_n),
        .dense       (dense),
        .desc_valid  (desc_valid),
        .desc_ready  (desc_ready),
        .desc_last   (desc_last),
        .desc_row    (desc_row),
        .desc_prefix (desc_prefix),
        .desc_reuse  (desc_reuse),
        .desc_pattern(desc_pattern),
        .desc_rows   (nothing ? {GROUP_W{1'b0}} : group[GROUP_W-1:0]),
        .weight_valid(weight_valid),
        .weight_done (weight_done),
        .weight_cols (weight_cols),
        .weight_rows (weight_rows),
        .fill_done   (fill_done),
        .read_en     (read_en),
        .read_bank   (read_bank),
        .read_row    (read_row),
        .read_sum    (read_sum),
        .bank_done   (bank_done),
        .step        (step),
        .wait_room   (wait_room),
        .active      (active)
    );

    // ---- environment ----
    reg                   started = 1'b0;
    reg                   held = 1'b0;
    reg                   weight_held = 1'b0;
    reg  [2*ROW_W:0]      was_desc;
    // Rows that can be a prefix: those with a result of their own.
    reg  [TILE_M-1:0]     stored = 0;
    reg  [1:0]            readable = 2'b00;
    reg  [1:0]            full = 2'b00;
    reg                   bank = 1'b0;
    integer               p;

    always @(posedge clk) begin
        started <= 1'b1;
        if (age != 2'd2) age <= age + 1'b1;
        held        <= desc_valid && !desc_ready;
        weight_held <= weight_valid && !weight_done;
        was_desc    <= {desc_row, desc_prefix, desc_reuse};
        for (p = 0; p < WEIGHT_PORTS; p = p + 1)
            weight_rows[p*WEIGHT_W +: WEIGHT_W]
                <= weights >> ((n ? 4 : 0) + (k ? TILE_K : 0) + weight_cols[p]) * WEIGHT_W;
        if (start) running <= 1'b1;
        if (desc_valid && desc_ready) begin
            done <= desc_last ? 0 : done | group;
            stored <= desc_last ? 0 : desc_pattern == 0 ? stored : stored | (1 << desc_row);
            if (desc_last) begin
                k <= !last_k;
                if (last_k) n <= !n;
                if (last_k) full[bank] <= 1'b1;
                if (last_k) bank <= !bank;
                if (last_k && last_n) running <= 1'b0;
            end
        end
        readable <= (readable | fill_done) & ~bank_done;
        if (bank_done[0]) full[0] <= 1'b0;
        if (bank_done[1]) full[1] <= 1'b0;
        if (rst) readable <= 2'b00;
    end
    always @* begin
        assume (rst == !started);
        if (desc_valid || weight_valid) assume (running);
        if (held) assume (desc_valid && {desc_row, desc_prefix, desc_reuse} == was_desc);
        if (weight_held) assume (weight_valid);
        // Detection: every row once, a prefix that is a subset and has a result already.
        if (desc_valid && !nothing) assume (desc_row < TILE_M && wanted[desc_row] && !done[desc_row]);
        if (desc_reuse) assume (!dense && !nothing && stored[desc_prefix] && prefix != 0 && (prefix & ~row) == 0);
        // Output: reads what is complete.
        if (read_en) assume (readable[read_bank] && read_row < TILE_M);
        assume ((bank_done & ~readable) == 0);
    end

    // ---- the definition ----
    reg                 read = 1'b0;
    reg                 was_bank;
    reg  [ROW_W-1:0]    was_row;
    reg  [ACC_W-1:0]    sum;
    reg  [WEIGHT_W-1:0] w;
    integer             j;

    always @* begin
        sum = 0;
        for (j = 0; j < 4; j = j + 1) begin
            w = weights >> ((was_bank ? 4 : 0) + j) * WEIGHT_W;
            if (spikes[was_row*4+j]) sum = sum + {{(ACC_W - WEIGHT_W) {w[WEIGHT_W-1]}}, w};
        end
    end

    // Cycles in which nothing is withheld and no step is taken; cycles since a bank's last step.
    reg  [3:0] silence = 4'd0;
    reg  [3:0] wait_0 = 4'd0;
    reg  [3:0] wait_1 = 4'd0;
    reg        prefixes = 1'b0;
    wire       works = desc_valid && weight_valid && !full[bank];
    wire       ends  = desc_ready && desc_last && last_k;

    always @(posedge clk) begin
        read     <= read_en && !rst;
        was_bank <= read_bank;
        was_row  <= read_row;
        if (desc_reuse && desc_ready) prefixes <= 1'b1;
        silence  <= works && !step ? silence + 1'b1 : 4'd0;
        if (wait_0 != 0 || (ends && !bank)) wait_0 <= fill_done[0] ? 4'd0 : wait_0 + 1'b1;
        if (wait_1 != 0 || (ends && bank)) wait_1 <= fill_done[1] ? 4'd0 : wait_1 + 1'b1;
        if (rst) {wait_0, wait_1} <= 8'd0;
    end

    // The slowest accumulator has all of its rows to add for every result that waits.
    localparam ROWS = TILE_M / SUM_BANKS;

    always @* if (started && !rst) begin
        if (read) a_sum: assert (read_sum == sum);
        if (!works) a_nothing: assert (!step && !desc_ready && !weight_done);
        if (works) a_step: assert (silence < (MERGE_ROWS != 0 ? ROWS + 1 : 1) && (MERGE_ROWS != 0 || step));
        a_filled: assert (wait_0 <= (MERGE_ROWS != 0 ? 2 + RESULT_SLOTS * ROWS : 2)
            && wait_1 <= (MERGE_ROWS != 0 ? 2 + RESULT_SLOTS * ROWS : 2));
        a_asked: assert ((!fill_done[0] || (wait_0 != 0 && full[0])) && (!fill_done[1] || (wait_1 != 0 && full[1])));
        a_active: assert (active == running);
        c_sum: cover (read && dim_k == 4 && sum == 4'd9 && was_row == 1 && read_sum == 4'd9);
        c_prefix: cover (read && dim_k == 3 && prefixes && sum == 4'd3);
        c_second: cover (read && was_bank && sum == 4'd2);
        c_dense: cover (read && dense && sum == 4'd15);
        c_waits: cover (MERGE_ROWS != 0 ? works && wait_room : full == 2'b11);
    end

endmodule

`default_nettype wire
