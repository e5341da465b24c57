// SPDX-License-Identifier: Apache-2.0
// Thresholds and biases of two n tiles: one in use by the neurons, one being loaded.
//
// Function:   a set is PARAM_BEATS beats of thresholds, then as many of biases. Sets are used
//             in the order they came.
// Latency:    a set whose last beat is written in cycle c can be read from cycle c + 1 on;
//             reads are combinational.
// Throughput: one beat and one segment a cycle.
// Handshake:  room: a set may be loaded; release_set frees the one in use.
// Reset:      forgets both sets.
`default_nettype none

module snn_param_store #(
    // output columns of a tile
    parameter LANES       = 128,
    // bits that a beat has for each of them: those of a weight, where a beat is a row of weights
    parameter WEIGHT_W    = 8,
    // bits of a bias and of a threshold, a multiple of WEIGHT_W
    parameter BIAS_W      = 32,
    // columns that are read at a time, a divisor of LANES
    parameter LIF_CELLS   = 32,
    // derived
    parameter BEAT_W      = LANES * WEIGHT_W,
    parameter PARAM_BEATS = BIAS_W / WEIGHT_W,
    parameter PARAM_IDX_W = $clog2(2 * PARAM_BEATS),
    parameter SEGMENTS    = LANES / LIF_CELLS,
    parameter SEG_W       = SEGMENTS > 1 ? $clog2(SEGMENTS) : 1
) (
    input  wire                        clk,
    input  wire                        rst,
    // load
    output wire                        room,
    input  wire                        load_valid,
    input  wire [PARAM_IDX_W-1:0]      load_idx,
    input  wire [BEAT_W-1:0]           load_data,
    input  wire                        load_last,
    // set in use
    input  wire                        release_set,
    input  wire [SEG_W-1:0]            segment,
    output wire [LIF_CELLS*BIAS_W-1:0] thresholds,
    output wire [LIF_CELLS*BIAS_W-1:0] biases
);

    localparam SET_W     = 2 * PARAM_BEATS * BEAT_W;
    localparam SEGMENT_W = LIF_CELLS * BIAS_W;

    reg [SET_W-1:0] set_0_q;
    reg [SET_W-1:0] set_1_q;
    reg [1:0]       held_q;
    reg             load_set_q;
    reg             use_set_q;

    wire [SET_W-1:0] in_use = use_set_q ? set_1_q : set_0_q;

    assign room       = !held_q[1];
    assign thresholds = in_use[segment * SEGMENT_W +: SEGMENT_W];
    assign biases     = in_use[SET_W/2 + segment * SEGMENT_W +: SEGMENT_W];

    // A loop over the beats, not an indexed part: it is a write enable a beat, without a shifter.
    integer b;

    always @(posedge clk) begin
        if (rst) begin
            set_0_q    <= {SET_W{1'b0}};
            set_1_q    <= {SET_W{1'b0}};
            held_q     <= 2'd0;
            load_set_q <= 1'b0;
            use_set_q  <= 1'b0;
        end else begin
            for (b = 0; b < 2 * PARAM_BEATS; b = b + 1) begin
                if (load_valid && load_idx == b[PARAM_IDX_W-1:0]) begin
                    if (load_set_q) begin
                        set_1_q[b*BEAT_W +: BEAT_W] <= load_data;
                    end else begin
                        set_0_q[b*BEAT_W +: BEAT_W] <= load_data;
                    end
                end
            end
            load_set_q <= load_set_q ^ load_last;
            use_set_q  <= use_set_q ^ release_set;
            if (load_last && !release_set) begin
                held_q <= held_q + 1'b1;
            end else if (release_set && !load_last) begin
                held_q <= held_q - 1'b1;
            end
        end
    end

endmodule

`default_nettype wire
