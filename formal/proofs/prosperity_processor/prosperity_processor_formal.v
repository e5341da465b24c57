// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_processor with prosperity_adder_array: every row's sum, as if the store had no latency.
`default_nettype none

module prosperity_processor_formal #(
    parameter TILE_M   = 3,
    parameter TILE_K   = 3,
    parameter LANES    = 1,
    parameter WEIGHT_W = 2,
    parameter DIM_W    = 3,
    parameter ROW_W    = $clog2(TILE_M),
    parameter COL_W    = $clog2(TILE_K),
    parameter PSUM_W   = WEIGHT_W + $clog2(TILE_K)
) (
    input wire                clk,
    input wire                rst,
    input wire                start,
    input wire                desc_valid,
    input wire                desc_last,
    input wire [ROW_W-1:0]    desc_row,
    input wire [ROW_W-1:0]    desc_prefix,
    input wire                desc_reuse,
    input wire [TILE_K-1:0]   desc_pattern,
    input wire                weight_valid,
    input wire [WEIGHT_W-1:0] weight_row,
    input wire [1:0]          sum_full
);

    // The layer: the solver chooses the mode and K; M and N do not matter here.
    (* anyconst *) wire             dense;
    (* anyconst *) wire [DIM_W-1:0] dim_k;
    always @* assume (dim_k != 0);

    wire              desc_ready;
    wire              weight_done;
    wire [COL_W-1:0]  weight_col;
    wire              sum_fill;
    wire              sum_bank;
    wire              step;
    wire [ROW_W-1:0]  step_prefix;
    wire              add_valid;
    wire              add_first;
    wire              add_weight;
    wire              add_reuse;
    wire              add_forward;
    wire              add_last;
    wire              add_store;
    wire              add_empty;
    wire [ROW_W-1:0]  add_row;
    wire              add_bank;
    wire              add_sum_last;
    wire              active;
    wire [PSUM_W-1:0] sum;

    prosperity_processor #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K),
        .LANES (LANES),
        .DIM_W (DIM_W)
    ) u_dut (
        .clk         (clk),
        .rst         (rst),
        .start       (start),
        .dim_m       ({DIM_W{1'b1}}),
        .dim_k       (dim_k),
        .dim_n       ({DIM_W{1'b1}}),
        .dense       (dense),
        .desc_valid  (desc_valid),
        .desc_ready  (desc_ready),
        .desc_last   (desc_last),
        .desc_row    (desc_row),
        .desc_prefix (desc_prefix),
        .desc_reuse  (desc_reuse),
        .desc_pattern(desc_pattern),
        .weight_valid(weight_valid),
        .weight_done (weight_done),
        .weight_cols (weight_col),
        .sum_full    (sum_full),
        .sum_room    (1'b1),
        .sum_fill    (sum_fill),
        .sum_bank    (sum_bank),
        .step        (step),
        .step_prefix (step_prefix),
        .add_valid   (add_valid),
        .add_first   (add_first),
        .add_weight  (add_weight),
        .add_reuse   (add_reuse),
        .add_forward (add_forward),
        .add_last    (add_last),
        .add_store   (add_store),
        .add_empty   (add_empty),
        .add_row     (add_row),
        .add_bank    (add_bank),
        .add_sum_last(add_sum_last),
        .active      (active)
    );

    prosperity_adder_array #(
        .TILE_M  (TILE_M),
        .TILE_K  (TILE_K),
        .LANES   (LANES),
        .WEIGHT_W(WEIGHT_W)
    ) u_adders (
        .clk        (clk),
        .rst        (rst),
        .step       (step),
        .step_prefix(step_prefix),
        .add_valid  (add_valid),
        .add_first  (add_first),
        .add_weight (add_weight),
        .add_reuse  (add_reuse),
        .add_forward(add_forward),
        .add_last   (add_last),
        .add_store  (add_store),
        .add_row    (add_row),
        .weight_rows(weight_row),
        .sum        (sum)
    );

    reg started = 1'b0;
    reg running = 1'b0;
    always @(posedge clk) begin
        started <= 1'b1;
        running <= !rst && (running || start);
    end

    // ---- the tile: its columns, the rows that are done, those that can be a prefix ----
    reg  [DIM_W:0]    k;
    reg  [TILE_M-1:0] done;
    reg  [TILE_M-1:0] stored;
    wire [DIM_W:0]    k_next = k + TILE_K;
    wire              last_k = k_next >= dim_k;
    wire [DIM_W:0]    cols   = last_k ? dim_k - k : TILE_K;
    wire [TILE_K-1:0] there  = ~({TILE_K{1'b1}} << cols);

    // ---- environment: descriptors as detection makes them, held until they are taken ----
    localparam DESC_W = 2 + 2 * ROW_W + TILE_K;
    wire [DESC_W-1:0] desc = {desc_last, desc_row, desc_prefix, desc_reuse, desc_pattern};
    reg  [DESC_W-1:0] was_desc;
    reg               held = 1'b0;
    always @(posedge clk) begin
        held     <= !rst && desc_valid && !desc_ready;
        was_desc <= desc;
    end
    always @* begin
        if (!started) assume (rst);
        if (running) assume (!start);
        if (weight_valid) assume (running);
        if (held) assume (desc_valid && desc == was_desc);
        if (desc_valid) begin
            assume (desc_row < TILE_M && !done[desc_row]);
            if (desc_reuse) assume (!dense && desc_prefix < TILE_M && stored[desc_prefix]);
            if (running) assume ((desc_pattern & ~there) == 0);
        end
    end

    // ---- a step adds one weight row of the pattern, each of them once ----
    reg               begun = 1'b0;
    reg  [TILE_K-1:0] added;
    reg               bank = 1'b0;
    wire [TILE_K-1:0] before = begun ? added : 0;
    wire [TILE_K-1:0] scan   = dense ? there : desc_pattern;
    wire [TILE_K-1:0] column = 1 << weight_col;
    wire              ends   = ((before | column) & scan) == scan;
    wire              works  = desc_valid && weight_valid && !sum_full[bank];

    // The add cycle that follows the step.
    reg               add_now = 1'b0;
    reg               add_begins;
    reg               add_ends;
    reg               add_one;
    reg               add_from;
    reg [ROW_W-1:0]   add_to;
    reg [ROW_W-1:0]   add_prefix;
    reg               add_scans;
    reg               add_fills;
    reg               add_to_bank;

    // ---- the ideal store ----
    reg  [TILE_M*PSUM_W-1:0] results;
    reg  [PSUM_W-1:0]        total;
    reg                      total_known = 1'b0;
    wire [PSUM_W-1:0]        base  = !add_begins ? total
        : add_from ? results[add_prefix*PSUM_W +: PSUM_W] : 0;
    wire [PSUM_W-1:0]        one   = {{(PSUM_W - WEIGHT_W) {weight_row[WEIGHT_W-1]}}, weight_row};
    wire [PSUM_W-1:0]        value = base + (add_one ? one : 0);

    always @(posedge clk) begin
        add_now <= works && !rst;
        if (works) begin
            begun       <= !ends;
            added       <= before | column;
            add_begins  <= !begun;
            add_ends    <= ends;
            add_one     <= desc_pattern[weight_col];
            add_from    <= desc_reuse;
            add_to      <= desc_row;
            add_prefix  <= desc_prefix;
            add_scans   <= scan != 0;
            add_fills   <= ends && desc_last && last_k;
            add_to_bank <= bank;
            if (ends) begin
                done[desc_row] <= 1'b1;
                // An exact match is nobody's prefix.
                stored[desc_row] <= scan != 0;
            end
            if (ends && desc_last) begin
                done   <= 0;
                stored <= 0;
                k      <= last_k ? 0 : k_next;
                bank   <= bank ^ last_k;
            end
        end
        if (add_now) begin
            total <= value;
            if (add_ends) results[add_to*PSUM_W +: PSUM_W] <= value;
        end
        total_known <= add_now && !rst;
        if (rst || start) begin
            k      <= 0;
            done   <= 0;
            stored <= 0;
        end
        if (rst) begin
            begun <= 1'b0;
            bank  <= 1'b0;
        end
    end

    always @* if (started && !rst) begin
        a_step: assert (step == works);
        if (works) begin
            a_column: assert (scan == 0 || (scan & column & ~before) != 0);
            a_taken: assert (desc_ready == ends);
            a_tile_done: assert (weight_done == (ends && desc_last));
            a_fill: assert (sum_fill == (ends && desc_last && last_k) && sum_bank == bank);
        end
        if (!works) a_nothing: assert (!desc_ready && !weight_done && !sum_fill);
        a_add: assert (add_valid == add_now);
        if (add_now) begin
            a_result: assert (add_last == add_ends && add_row == add_to && add_bank == add_to_bank
                && add_sum_last == add_fills);
            a_empty: assert (add_empty == (!add_scans && !add_from));
        end
        if (total_known) a_sum: assert (sum == total);
        c_forward: cover (add_now && add_begins && add_from && add_forward && total != 0);
        c_store: cover (add_now && add_begins && add_from && !add_forward && add_one && value != one);
        c_exact: cover (add_now && add_from && !add_scans && add_ends);
        c_dense: cover (dense && add_ends && add_now && !add_one && total_known && cols == 2 && k != 0);
        c_fill: cover (sum_fill && sum_bank);
    end

`ifdef HINTS
    (* keep *) wire [TILE_K-1:0] dut_left;
    (* keep *) wire              dut_inside;
    (* keep *) wire [DIM_W-1:0]  left_k;
    (* keep *) wire [PSUM_W-1:0] mem_0;
    (* keep *) wire [PSUM_W-1:0] mem_1;
    (* keep *) wire [PSUM_W-1:0] mem_2;
    (* keep *) wire [PSUM_W-1:0] fetched;
    wire [3*PSUM_W-1:0] mem = {mem_2, mem_1, mem_0};

    // Stored rows are in the memory, but for the one that is being written.
    reg     same;
    integer h;
    always @* begin
        same = 1'b1;
        for (h = 0; h < TILE_M; h = h + 1) begin
            if (stored[h] && !(add_now && add_ends && add_to == h)
                && mem[h*PSUM_W +: PSUM_W] != results[h*PSUM_W +: PSUM_W]) same = 1'b0;
        end
    end

    always @* if (started && !rst) begin
        i_store: assert (same && (stored & ~done) == 0);
        i_inside: assert (dut_inside == begun && sum_bank == bank);
        if (begun) i_left: assert (held && dut_left == (scan & ~added) && dut_left != 0 && added != 0);
        if (running) i_k: assert (k < dim_k && left_k == dim_k - k);
        if (!running) i_idle: assert (done == 0 && stored == 0 && !begun && !add_now);
        if (begun) i_begun: assert (running && scan != 0);
        if (add_now) i_add: assert (add_first == add_begins && add_weight == add_one
            && add_reuse == add_from && add_store == add_scans && add_ends == !begun);
        if (add_now && add_from) i_from: assert (add_prefix < TILE_M);
        if (add_now && !add_ends) i_row: assert (desc_row == add_to && desc_prefix == add_prefix
            && desc_reuse == add_from);
        if (add_now && add_begins && add_from && !add_forward)
            i_fetched: assert (fetched == results[add_prefix*PSUM_W +: PSUM_W]);
        if (add_now && add_begins && add_from && add_forward)
            i_forwarded: assert (total_known && total == results[add_prefix*PSUM_W +: PSUM_W]);
        if (add_now && !add_begins) i_running: assert (sum == total);
        if (begun && !add_now) i_waiting: assert (sum == total);
        if (stored != 0 || done != 0 || begun) i_tile: assert (running);
        if (add_now && add_ends && add_scans && !done[add_to]) i_over: assert (done == 0);
    end
`endif

endmodule

`default_nettype wire
