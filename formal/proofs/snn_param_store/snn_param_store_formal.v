// SPDX-License-Identifier: Apache-2.0
// Properties of snn_param_store: sets are used in the order in which they came, unchanged.
`default_nettype none

module snn_param_store_formal #(
    parameter LANES     = 2,
    parameter WEIGHT_W  = 1,
    parameter BIAS_W    = 2,
    parameter LIF_CELLS = 1,
    parameter BEAT_W    = LANES * WEIGHT_W,
    parameter BEATS     = 2 * BIAS_W / WEIGHT_W,
    parameter IDX_W     = $clog2(BEATS),
    parameter SEGMENTS  = LANES / LIF_CELLS,
    parameter SEG_W     = SEGMENTS > 1 ? $clog2(SEGMENTS) : 1
) (
    input wire              clk,
    input wire              rst,
    input wire              load_valid,
    input wire [BEAT_W-1:0] load_data,
    input wire              release_set,
    input wire [SEG_W-1:0]  segment
);

    localparam SET_W  = BEATS * BEAT_W;
    localparam PART_W = LIF_CELLS * BIAS_W;

    wire              room;
    wire [PART_W-1:0] thresholds;
    wire [PART_W-1:0] biases;

    // Beats come in order; the last one closes the set.
    reg  [IDX_W-1:0] beat = 0;
    wire             load_last = load_valid && beat == BEATS - 1;

    snn_param_store #(
        .LANES    (LANES),
        .WEIGHT_W (WEIGHT_W),
        .BIAS_W   (BIAS_W),
        .LIF_CELLS(LIF_CELLS)
    ) u_dut (
        .clk        (clk),
        .rst        (rst),
        .room       (room),
        .load_valid (load_valid),
        .load_idx   (beat),
        .load_data  (load_data),
        .load_last  (load_last),
        .release_set(release_set),
        .segment    (segment),
        .thresholds (thresholds),
        .biases     (biases)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    // The specification: a queue of two sets and the one that is coming.
    reg [SET_W-1:0] coming;
    reg [SET_W-1:0] front;
    reg [SET_W-1:0] back;
    reg [1:0]       held = 2'd0;

    wire [SET_W-1:0] whole = {load_data, coming[SET_W-1:BEAT_W]};

    // A set is loaded where there is room, and released where there is one.
    always @* begin
        if (!started) assume (rst);
        if (load_valid) assume (room);
        if (release_set) assume (held != 0);
        assume (segment < SEGMENTS);
    end

    always @(posedge clk) begin
        if (load_valid) begin
            beat   <= load_last ? 0 : beat + 1'b1;
            coming <= whole;
        end
        if (release_set) front <= back;
        if (load_last && held - release_set == 0) front <= whole;
        if (load_last && held - release_set == 1) back <= whole;
        held <= held + load_last - release_set;
        if (rst) begin
            beat <= 0;
            held <= 2'd0;
        end
    end

    always @* if (started) begin
        a_room: assert (room == (held < 2));
        if (held != 0) a_thresholds: assert (thresholds == front[segment*PART_W +: PART_W]);
        if (held != 0) a_biases: assert (biases == front[SET_W/2 + segment*PART_W +: PART_W]);
        c_two: cover (held == 2 && front != back && release_set);
        c_second: cover (held == 1 && load_last && release_set && front != whole);
    end

`ifdef HINTS
    (* keep *) wire [SET_W-1:0] set_0;
    (* keep *) wire [SET_W-1:0] set_1;
    (* keep *) wire [1:0]       count;
    (* keep *) wire             load_set;
    (* keep *) wire             use_set;

    wire [SET_W-1:0] used  = use_set ? set_1 : set_0;
    wire [SET_W-1:0] other = use_set ? set_0 : set_1;
    wire [SET_W-1:0] fresh = load_set ? set_1 : set_0;
    // Beats so far are the lowest of the set, and the highest of what has been shifted in.
    wire [SET_W-1:0] late  = coming >> ((BEATS - beat) * BEAT_W);
    wire [SET_W-1:0] mask  = ~({SET_W{1'b1}} << (beat * BEAT_W));

    always @* if (started) begin
        i_count: assert (count == held && held <= 2 && (load_set ^ use_set) == held[0]);
        i_beat: assert (held < 2 || beat == 0);
        if (held != 0) i_front: assert (used == front);
        if (held == 2) i_back: assert (other == back);
        if (held != 2) i_coming: assert ((fresh & mask) == (late & mask));
    end
`endif

endmodule

`default_nettype wire
