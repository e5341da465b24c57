// SPDX-License-Identifier: Apache-2.0
// Processor control: takes row descriptors and scans their patterns, WEIGHT_PORTS weight rows a cycle.
//
// Function:   each cycle it adds the weight rows of the pattern's lowest remaining ones to the running
//             sum, which starts from the prefix's result or from zero. In dense mode every
//             column of the tile takes its turn and only ones are added. A pattern without ones (an exact
//             match, an empty tile) takes one cycle.
// Latency:    step (cycle c: memory addresses) -> add (c + 1: weights and prefix arrive, sum) ->
//             the sum of a row's last step is complete at the end of c + 1.
// Throughput: one step of WEIGHT_PORTS columns a cycle, from row to row and tile to tile. A prefix
//             written in the cycle in which it is read is forwarded (add_forward).
// Handshake:  steps while a descriptor, its weight tile and an accumulator bank are there; the last
//             step of a row waits for sum_room besides.
// Reset:      forgets the layer.
`default_nettype none

module prosperity_processor #(
    parameter TILE_M       = 256,
    parameter TILE_K       = 16,
    parameter LANES        = 128,
    parameter DIM_W        = 24,
    // weight rows a cycle, 1 to TILE_K
    parameter WEIGHT_PORTS = 1,
    // derived
    parameter ROW_W        = $clog2(TILE_M),
    parameter COL_W        = $clog2(TILE_K)
) (
    input  wire                          clk,
    input  wire                          rst,
    // layer
    input  wire                          start,
    input  wire [DIM_W-1:0]              dim_m,
    input  wire [DIM_W-1:0]              dim_k,
    input  wire [DIM_W-1:0]              dim_n,
    input  wire                          dense,
    // row descriptors
    input  wire                          desc_valid,
    output wire                          desc_ready,
    input  wire                          desc_last,
    input  wire [ROW_W-1:0]              desc_row,
    input  wire [ROW_W-1:0]              desc_prefix,
    input  wire                          desc_reuse,
    input  wire [TILE_K-1:0]             desc_pattern,
    // weight tile
    input  wire                          weight_valid,
    output wire                          weight_done,
    output wire [WEIGHT_PORTS*COL_W-1:0] weight_cols,
    // accumulator banks still in use by the output; room for one more row result
    input  wire [1:0]                    sum_full,
    input  wire                          sum_room,
    // the last step of a row waits for room alone
    output wire                          wait_room,
    output wire                          sum_fill,
    output wire                          sum_bank,
    // step: addresses
    output wire                          step,
    output wire [ROW_W-1:0]              step_prefix,
    // add: what the data path does with the data that arrive
    output reg                           add_valid,
    output reg                           add_first,
    output reg  [WEIGHT_PORTS-1:0]       add_weight,
    output reg                           add_reuse,
    output reg                           add_forward,
    output reg                           add_last,
    output reg                           add_store,
    output reg                           add_empty,
    output reg  [ROW_W-1:0]              add_row,
    output reg                           add_bank,
    output reg                           add_sum_last,
    // more tiles to come in this layer
    output wire                          active
);

    localparam ROWS_W = $clog2(TILE_M + 1);
    localparam COLS_W = $clog2(TILE_K + 1);
    localparam USED_W = $clog2(LANES + 1);

    generate
        if (WEIGHT_PORTS < 1 || WEIGHT_PORTS > TILE_K) begin : g_check_ports
            illegal_parameter_WEIGHT_PORTS_outside_1_to_TILE_K u_stop ();
        end
    endgenerate

    // ---- tile ----
    wire [COLS_W-1:0] cols;
    wire              last_k;
    wire [ROWS_W-1:0] unused_rows;
    wire [USED_W-1:0] unused_lanes;
    wire              unused_first_n;
    wire              unused_first_k;
    wire              unused_last;

    snn_tile_walker #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K),
        .LANES (LANES),
        .DIM_W (DIM_W)
    ) u_walker (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (weight_done),
        .dim_m     (dim_m),
        .dim_k     (dim_k),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (unused_rows),
        .cols      (cols),
        .used_lanes(unused_lanes),
        .first_n   (unused_first_n),
        .first_k   (unused_first_k),
        .last_k    (last_k),
        .last      (unused_last)
    );

    // ---- bit scan ----
    reg               inside_q;
    reg  [TILE_K-1:0] left_q;
    reg               bank_q;
    wire [TILE_K-1:0] tile_cols = ~({TILE_K{1'b1}} << cols);
    wire [TILE_K-1:0] todo      = dense ? tile_cols : desc_pattern;
    wire [TILE_K-1:0] left      = inside_q ? left_q : todo;
    wire [WEIGHT_PORTS-1:0] any;
    wire [WEIGHT_PORTS-1:0] many;
    wire [WEIGHT_PORTS-1:0] add;
    wire [TILE_K-1:0]       left_next;

    genvar p;
    generate
        for (p = 0; p < WEIGHT_PORTS; p = p + 1) begin : g_port
            // what the ports before this one have left, and what it leaves itself
            wire [TILE_K-1:0] req;
            wire [TILE_K-1:0] rest = req & (req - 1'b1);
            wire [COL_W-1:0]  col;

            if (p == 0) begin : g_lowest
                assign req = left;
            end else begin : g_next
                assign req = g_port[p-1].rest;
            end

            snn_find_first #(
                .W(TILE_K)
            ) u_find_first (
                .req (req),
                .any (any[p]),
                .many(many[p]),
                .idx (col)
            );

            if (p == WEIGHT_PORTS - 1) begin : g_highest
                assign left_next = rest;
            end

            assign add[p]                        = any[p] && desc_pattern[col];
            assign weight_cols[p*COL_W +: COL_W] = col;
        end
    endgenerate

    wire row_last = !many[WEIGHT_PORTS-1];
    wire some     = any[0];

    wire ready = desc_valid && weight_valid && !sum_full[bank_q];

    assign wait_room   = ready && row_last && !sum_room;
    assign step        = ready && !wait_room;
    assign step_prefix = desc_prefix;
    assign desc_ready  = step && row_last;
    assign weight_done = desc_ready && desc_last;
    assign sum_fill    = weight_done && last_k;
    assign sum_bank    = bank_q;

    always @(posedge clk) begin
        if (rst) begin
            inside_q <= 1'b0;
            left_q   <= {TILE_K{1'b0}};
            bank_q   <= 1'b0;
        end else if (step) begin
            inside_q <= !row_last;
            left_q   <= left_next;
            bank_q   <= bank_q ^ sum_fill;
        end
    end

    // ---- add ----
    always @(posedge clk) begin
        if (rst) begin
            add_valid    <= 1'b0;
            add_first    <= 1'b0;
            add_weight   <= {WEIGHT_PORTS{1'b0}};
            add_reuse    <= 1'b0;
            add_forward  <= 1'b0;
            add_last     <= 1'b0;
            add_store    <= 1'b0;
            add_empty    <= 1'b0;
            add_row      <= {ROW_W{1'b0}};
            add_bank     <= 1'b0;
            add_sum_last <= 1'b0;
        end else begin
            add_valid    <= step;
            add_first    <= !inside_q;
            add_weight   <= add;
            add_reuse    <= desc_reuse;
            // The prefix's sum is being written while this row reads it.
            add_forward  <= add_valid && add_last && add_row == desc_prefix;
            add_last     <= row_last;
            // An exact match is never anyone's prefix: its twin has the smaller index.
            add_store    <= some;
            add_empty    <= !some && !desc_reuse;
            add_row      <= desc_row;
            add_bank     <= bank_q;
            add_sum_last <= sum_fill;
        end
    end

endmodule

`default_nettype wire
