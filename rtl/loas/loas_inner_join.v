// SPDX-License-Identifier: Apache-2.0
// Finds where a weight fibre meets a spike fibre, one match a cycle.
//
// Function:   offered fibres that share a position with live wait in a queue: a fibre, or those of JOINED
//             neighbouring columns behind one another. Of each one the matches are taken lowest
//             column and position first; the fast prefix sum over its bitmask finds the weight.
//             The weight goes out at once (speculated: all time steps fire), and position and
//             weight wait in a FIFO each for the spike word.
// Latency:    a fibre taken in cycle c has its first match in c + 1; match_valid is up in the cycle after
//             a match; it can be popped one cycle later.
// Throughput: one match a cycle while the FIFOs have room; if all are popped at once, from FIFO_DEPTH = 3 on.
// Handshake:  blocked: the offered fibre matches and the queue is full; take only when it is low.
// Limits:     joined fibres have no more weights together than a chunk has positions.
// Reset:      empties queue and FIFOs.
`default_nettype none

module loas_inner_join #(
    parameter CHUNK       = 128,
    parameter WEIGHT_W    = 8,
    parameter COLUMNS     = 32,
    // columns whose fibres come as one, a power of two
    parameter JOINED      = 1,
    // chunks of spikes that a fibre may be of
    parameter CHUNK_BANKS = 2,
    // weight fibres that wait
    parameter QUEUE_DEPTH = 4,
    // matches that wait for their word
    parameter FIFO_DEPTH  = 8,
    // derived
    parameter IDX_W       = $clog2(CHUNK),
    parameter COLUMN_W    = $clog2(COLUMNS),
    parameter GROUP_W     = $clog2(COLUMNS / JOINED),
    parameter BANK_W      = $clog2(CHUNK_BANKS),
    parameter MASK_W      = JOINED * CHUNK,
    parameter VALUES_W    = CHUNK * WEIGHT_W
) (
    input  wire                clk,
    input  wire                rst,
    // weight fibre on offer
    input  wire                take,
    input  wire [CHUNK-1:0]    live,
    input  wire [MASK_W-1:0]   fibre_mask,
    input  wire [VALUES_W-1:0] fibre_values,
    input  wire [GROUP_W-1:0]  fibre_group,
    input  wire [BANK_W-1:0]   fibre_bank,
    input  wire                fibre_sums,
    output wire                meets,
    output wire                blocked,
    // speculation
    output reg                 match_valid,
    output reg  [WEIGHT_W-1:0] match_weight,
    output reg  [COLUMN_W-1:0] match_column,
    output reg                 match_sums,
    // a match waits for a place in the FIFOs
    output wire                fifo_full,
    // matches whose words have to be looked at
    output wire                pop_valid,
    input  wire                pop_ready,
    output wire [IDX_W-1:0]    pop_position,
    output wire [WEIGHT_W-1:0] pop_weight,
    output wire [COLUMN_W-1:0] pop_column,
    output wire [BANK_W-1:0]   pop_bank,
    output wire                pop_sums,
    output wire                pop_last
);

    localparam QUEUE_W = 2 * MASK_W + VALUES_W + GROUP_W + BANK_W + 1;
    localparam PLACE_W = IDX_W + COLUMN_W + BANK_W + 2;
    localparam BIT_W   = $clog2(MASK_W);

    localparam [31:0] WEIGHT_32 = WEIGHT_W;

    generate
        if (JOINED < 1 || 1 << $clog2(JOINED) != JOINED || JOINED >= COLUMNS
            || COLUMNS % JOINED != 0) begin : g_check_joined
            illegal_parameter_JOINED_is_no_power_of_two_that_divides_COLUMNS u_stop ();
        end
    endgenerate

    // ---- queue of fibres that match somewhere ----
    wire [MASK_W-1:0] common = fibre_mask & {JOINED{live}};
    wire              queue_ready;

    assign meets = |common;
    assign blocked = meets && !queue_ready;

    wire                head_valid;
    wire                head_done;
    wire [MASK_W-1:0]   head_common;
    wire [MASK_W-1:0]   head_mask;
    wire [VALUES_W-1:0] head_values;
    wire [GROUP_W-1:0]  head_group;
    wire [BANK_W-1:0]   head_bank;
    wire                head_sums;

    snn_fifo #(
        .W    (QUEUE_W),
        .DEPTH(QUEUE_DEPTH)
    ) u_queue (
        .clk    (clk),
        .rst    (rst),
        .s_valid(take && meets),
        .s_ready(queue_ready),
        .s_data ({common, fibre_mask, fibre_values, fibre_group, fibre_bank, fibre_sums}),
        .m_valid(head_valid),
        .m_ready(head_done),
        .m_data ({head_common, head_mask, head_values, head_group, head_bank, head_sums})
    );

    // ---- lowest match that is left ----
    reg               begun_q;
    reg  [MASK_W-1:0] left_q;
    wire [MASK_W-1:0] left = begun_q ? left_q : head_common;
    wire              any;
    wire              many;
    wire [BIT_W-1:0]  lowest;
    wire              place_ready;
    wire              match = head_valid && place_ready;

    snn_find_first #(
        .W(MASK_W)
    ) u_lowest (
        .req (left),
        .any (any),
        .many(many),
        .idx (lowest)
    );

    // Its column in the tile, its position in the chunk.
    wire [IDX_W-1:0]    position = lowest[IDX_W-1:0];
    wire [COLUMN_W-1:0] column;

    generate
        if (JOINED > 1) begin : g_joined
            assign column = {head_group, lowest[BIT_W-1:IDX_W]};
        end else begin : g_single
            assign column = head_group;
        end
    endgenerate

    // A fibre in the queue matches somewhere.
    wire unused_any = any;

    assign head_done = match && !many;
    assign fifo_full = head_valid && !place_ready;

    always @(posedge clk) begin
        if (rst) begin
            begun_q <= 1'b0;
        end else if (match) begin
            begun_q <= many;
        end
    end

    always @(posedge clk) begin
        if (match) begin
            left_q <= left & (left - 1'b1);
        end
    end

    // ---- its weight ----
    wire [BIT_W-1:0] pointer;

    loas_fast_prefix_sum #(
        .W(MASK_W)
    ) u_fast (
        .mask    (head_mask),
        .position(lowest),
        .sum     (pointer)
    );

    // Joined fibres have no more weights than a chunk has positions.
    generate
        if (JOINED > 1) begin : g_top
            wire unused = &{1'b0, pointer[BIT_W-1:IDX_W]};
        end
    endgenerate

    always @(posedge clk) begin
        if (rst) begin
            match_valid <= 1'b0;
        end else begin
            match_valid <= match;
        end
    end

    always @(posedge clk) begin
        match_weight <= head_values[pointer[IDX_W-1:0] * WEIGHT_32 +: WEIGHT_W];
        match_column <= column;
        match_sums   <= head_sums;
    end

    // ---- the two FIFOs; a weight is written a cycle after its position and never lacks room ----
    wire place_valid;
    wire weight_valid;
    wire weight_ready;
    wire pop = pop_valid && pop_ready;

    snn_fifo #(
        .W    (PLACE_W),
        .DEPTH(FIFO_DEPTH)
    ) u_places (
        .clk    (clk),
        .rst    (rst),
        .s_valid(head_valid),
        .s_ready(place_ready),
        .s_data ({position, column, head_bank, head_sums, !many}),
        .m_valid(place_valid),
        .m_ready(pop),
        .m_data ({pop_position, pop_column, pop_bank, pop_sums, pop_last})
    );

    snn_fifo #(
        .W    (WEIGHT_W),
        .DEPTH(FIFO_DEPTH)
    ) u_weights (
        .clk    (clk),
        .rst    (rst),
        .s_valid(match_valid),
        .s_ready(weight_ready),
        .s_data (match_weight),
        .m_valid(weight_valid),
        .m_ready(pop),
        .m_data (pop_weight)
    );

    // Where there is a weight there is its position, and where a position had room its weight has.
    wire unused_ready = &{1'b0, place_valid, weight_ready};

    assign pop_valid = weight_valid;

endmodule

`default_nettype wire
