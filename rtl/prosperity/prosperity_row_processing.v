// SPDX-License-Identifier: Apache-2.0
// Processing: from row descriptors and weight tiles to sums over all k tiles.
//
// Function:   processor (control) -> adder array (lanes, tile-local store) -> accumulator (k tiles), with
//             MERGE_ROWS = 1 a group accumulator. Owns the accumulator banks: one fills while the
//             output reads the other one.
// Latency:    fill_done follows a bank's last step by 2 cycles (MERGE_ROWS = 1: by 3 or more).
// Throughput: WEIGHT_PORTS weight rows a cycle.
// Reset:      forgets the layer.
`default_nettype none

module prosperity_row_processing #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter WEIGHT_W     = 8,
    parameter ACC_W        = 24,
    parameter DIM_W        = 24,
    // weight rows a cycle
    parameter WEIGHT_PORTS = 1,
    // 1: descriptors name all rows that share their result; accumulators and waiting results
    parameter MERGE_ROWS   = 0,
    parameter SUM_BANKS    = 1,
    parameter RESULT_SLOTS = 2,
    // derived
    parameter ROW_W        = $clog2(TILE_M),
    parameter COL_W        = $clog2(TILE_K),
    parameter GROUP_W      = MERGE_ROWS != 0 ? TILE_M : 1
) (
    input  wire                                   clk,
    input  wire                                   rst,
    // layer
    input  wire                                   start,
    input  wire [DIM_W-1:0]                       dim_m,
    input  wire [DIM_W-1:0]                       dim_k,
    input  wire [DIM_W-1:0]                       dim_n,
    input  wire                                   dense,
    // row descriptors
    input  wire                                   desc_valid,
    output wire                                   desc_ready,
    input  wire                                   desc_last,
    input  wire [ROW_W-1:0]                       desc_row,
    input  wire [ROW_W-1:0]                       desc_prefix,
    input  wire                                   desc_reuse,
    input  wire [TILE_K-1:0]                      desc_pattern,
    input  wire [GROUP_W-1:0]                     desc_rows,
    // weight tile
    input  wire                                   weight_valid,
    output wire                                   weight_done,
    output wire [WEIGHT_PORTS*COL_W-1:0]          weight_cols,
    input  wire [WEIGHT_PORTS*LANES*WEIGHT_W-1:0] weight_rows,
    // read-out of full banks
    output wire [1:0]                             fill_done,
    input  wire                                   read_en,
    input  wire                                   read_bank,
    input  wire [ROW_W-1:0]                       read_row,
    output wire [LANES*ACC_W-1:0]                 read_sum,
    input  wire [1:0]                             bank_done,
    // state, for the counters
    output wire                                   step,
    output wire                                   wait_room,
    output wire                                   active
);

    localparam PSUM_W = WEIGHT_W + $clog2(TILE_K);

    reg  [1:0]              sum_full_q;
    wire                    sum_fill;
    wire                    sum_bank;
    wire [ROW_W-1:0]        step_prefix;
    wire                    add_valid;
    wire                    add_first;
    wire [WEIGHT_PORTS-1:0] add_weight;
    wire                    add_reuse;
    wire                    add_forward;
    wire                    add_last;
    wire                    add_store;
    wire                    add_empty;
    wire [ROW_W-1:0]        add_row;
    wire                    add_bank;
    wire                    add_sum_last;
    wire                    sum_room;
    wire [LANES*PSUM_W-1:0] sum;

    // A bank is full from the step that ends its last row until its last row is read out.
    always @(posedge clk) begin
        if (rst) begin
            sum_full_q <= 2'b00;
        end else begin
            sum_full_q <= (sum_full_q & ~bank_done)
                | {sum_fill && sum_bank, sum_fill && !sum_bank};
        end
    end

    prosperity_processor #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .DIM_W       (DIM_W),
        .WEIGHT_PORTS(WEIGHT_PORTS)
    ) u_processor (
        .clk         (clk),
        .rst         (rst),
        .start       (start),
        .dim_m       (dim_m),
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
        .weight_valid(weight_valid),
        .weight_done (weight_done),
        .weight_cols (weight_cols),
        .sum_full    (sum_full_q),
        .sum_room    (sum_room),
        .wait_room   (wait_room),
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
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .WEIGHT_W    (WEIGHT_W),
        .WEIGHT_PORTS(WEIGHT_PORTS)
    ) u_adder_array (
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
        .weight_rows(weight_rows),
        .sum        (sum)
    );

    generate
        if (MERGE_ROWS != 0) begin : g_groups
            reg  [TILE_M-1:0] add_rows_q;
            wire              unused_add = add_empty;

            always @(posedge clk) begin
                if (rst) begin
                    add_rows_q <= {TILE_M{1'b0}};
                end else begin
                    add_rows_q <= desc_rows;
                end
            end

            prosperity_group_accumulator #(
                .TILE_M      (TILE_M),
                .LANES       (LANES),
                .PSUM_W      (PSUM_W),
                .ACC_W       (ACC_W),
                .SUM_BANKS   (SUM_BANKS),
                .RESULT_SLOTS(RESULT_SLOTS)
            ) u_accumulator (
                .clk      (clk),
                .rst      (rst),
                .reserve  (desc_ready),
                .room     (sum_room),
                .req_valid(add_valid && add_last),
                .req_last (add_sum_last),
                .req_bank (add_bank),
                .req_rows (add_rows_q),
                .result   (sum),
                .fill_done(fill_done),
                .read_en  (read_en),
                .read_bank(read_bank),
                .read_row (read_row),
                .read_sum (read_sum),
                .clear    (bank_done)
            );
        end else begin : g_rows
            wire unused_rows = &{1'b0, desc_rows};

            assign sum_room = 1'b1;

            prosperity_accumulator #(
                .TILE_M(TILE_M),
                .LANES (LANES),
                .PSUM_W(PSUM_W),
                .ACC_W (ACC_W)
            ) u_accumulator (
                .clk      (clk),
                .rst      (rst),
                .req_valid(add_valid && add_last),
                .req_empty(add_empty),
                .req_last (add_sum_last),
                .req_bank (add_bank),
                .req_row  (add_row),
                .result   (sum),
                .fill_done(fill_done),
                .read_en  (read_en),
                .read_bank(read_bank),
                .read_row (read_row),
                .read_sum (read_sum),
                .clear    (bank_done)
            );
        end
    endgenerate

endmodule

`default_nettype wire
