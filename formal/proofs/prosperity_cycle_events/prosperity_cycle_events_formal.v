// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_cycle_events: every cycle of a layer has the one reason that the documentation gives it.
`default_nettype none

module prosperity_cycle_events_formal (
    input wire clk,
    input wire rst,
    input wire start,
    input wire input_taken,
    input wire layer_done,
    input wire step,
    input wire active,
    input wire desc_valid,
    input wire weight_valid,
    input wire wait_room,
    input wire detecting
);

    wire inc_cycles;
    wire inc_process;
    wire inc_fill;
    wire inc_drain;
    wire inc_wait_detect;
    wire inc_wait_spikes;
    wire inc_wait_weights;
    wire inc_wait_output;
    wire inc_wait_results;

    prosperity_cycle_events u_dut (
        .clk             (clk),
        .rst             (rst),
        .start           (start),
        .input_taken     (input_taken),
        .layer_done      (layer_done),
        .step            (step),
        .active          (active),
        .desc_valid      (desc_valid),
        .weight_valid    (weight_valid),
        .wait_room       (wait_room),
        .detecting       (detecting),
        .inc_cycles      (inc_cycles),
        .inc_process     (inc_process),
        .inc_fill        (inc_fill),
        .inc_drain       (inc_drain),
        .inc_wait_detect (inc_wait_detect),
        .inc_wait_spikes (inc_wait_spikes),
        .inc_wait_weights(inc_wait_weights),
        .inc_wait_output (inc_wait_output),
        .inc_wait_results(inc_wait_results)
    );

    // ---- the life of a layer: started, its first beat in, its last beat out ----
    localparam [1:0] IDLE = 2'd0, STARTED = 2'd1, RUNS = 2'd2;
    reg [1:0] life = IDLE;
    reg       started = 1'b0;
    // Its steps so far: none, some, all of them.
    reg       stepped = 1'b0;
    reg       was_active = 1'b0;

    always @(posedge clk) begin
        started    <= 1'b1;
        was_active <= active && !rst;
        if (start) begin
            life    <= STARTED;
            stepped <= 1'b0;
        end else if (layer_done) life <= IDLE;
        else if (input_taken) life <= RUNS;
        if (step) stepped <= 1'b1;
        if (rst) begin
            life    <= IDLE;
            stepped <= 1'b0;
        end
    end
    wire inside = life == RUNS || (life == STARTED && input_taken);
    always @* begin
        if (!started) assume (rst);
        if (start) assume (life == IDLE && !input_taken && !step);
        if (input_taken) assume (life != IDLE);
        if (layer_done) assume (life == RUNS && !active);
        // The processor steps on what is there, and has more to come until its last step.
        if (step) assume (life == RUNS && active && desc_valid && weight_valid && !wait_room);
        if (wait_room) assume (active && desc_valid && weight_valid);
        if (stepped && active) assume (was_active);
    end

    // ---- the first reason that holds, in the documentation's order ----
    reg [7:0] reason;
    always @* begin
        if (!inside) reason = 0;
        else if (step) reason = 8'd1;
        else if (!stepped) reason = 8'd2;
        else if (!active) reason = 8'd4;
        else if (!desc_valid) reason = detecting ? 8'd8 : 8'd16;
        else if (!weight_valid) reason = 8'd32;
        else if (wait_room) reason = 8'd64;
        else reason = 8'd128;
    end

    wire [7:0] parts = {inc_wait_output, inc_wait_results, inc_wait_weights, inc_wait_spikes, inc_wait_detect,
        inc_drain, inc_fill, inc_process};

    always @* if (started && !rst) begin
        a_cycles: assert (inc_cycles == inside);
        a_reason: assert (parts == reason);
        a_one: assert (parts == 0 ? !inc_cycles : (parts & (parts - 1'b1)) == 0);
        c_fill: cover (inc_fill && life == RUNS);
        c_detect: cover (inc_wait_detect);
        c_spikes: cover (inc_wait_spikes);
        c_weights: cover (inc_wait_weights);
        c_results: cover (inc_wait_results);
        c_output: cover (inc_wait_output);
        c_second: cover (layer_done && inc_drain && seconds);
    end

    // A layer came before.
    reg seconds = 1'b0;
    always @(posedge clk) if (layer_done) seconds <= 1'b1;

`ifdef HINTS
    (* keep *) wire counting;
    (* keep *) wire dut_stepped;
    always @* if (started) i_state: assert (counting == (life == RUNS) && life != 2'd3
        && (life == IDLE || dut_stepped == stepped));
`endif

endmodule

`default_nettype wire
