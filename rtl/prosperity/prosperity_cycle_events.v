// SPDX-License-Identifier: Apache-2.0
// Gives every cycle of a layer one reason: what the processor did or waited for.
//
// Function:   inc_cycles is high from the first input beat taken to the last output beat taken;
//             in each such cycle exactly one of the other outputs is high.
// Latency:    combinational.
// Reset:      no layer.
`default_nettype none

module prosperity_cycle_events (
    input  wire clk,
    input  wire rst,
    // layer
    input  wire start,
    input  wire input_taken,
    input  wire layer_done,
    // processor
    input  wire step,
    input  wire active,
    input  wire desc_valid,
    input  wire weight_valid,
    // nothing is missing but a place for the row's result
    input  wire wait_room,
    // a tile is being searched
    input  wire detecting,
    // increments
    output wire inc_cycles,
    output wire inc_process,
    output wire inc_fill,
    output wire inc_drain,
    output wire inc_wait_detect,
    output wire inc_wait_spikes,
    output wire inc_wait_weights,
    output wire inc_wait_output,
    output wire inc_wait_results
);

    reg counting_q;
    reg stepped_q;

    always @(posedge clk) begin
        if (rst || start) begin
            counting_q <= 1'b0;
            stepped_q  <= 1'b0;
        end else begin
            counting_q <= inc_cycles && !layer_done;
            stepped_q  <= stepped_q || step;
        end
    end

    assign inc_cycles = counting_q || input_taken;

    wire waits = inc_cycles && stepped_q && active && !step;

    assign inc_process      = inc_cycles && step;
    assign inc_fill         = inc_cycles && !stepped_q && !step;
    assign inc_drain        = inc_cycles && stepped_q && !active;
    assign inc_wait_detect  = waits && !desc_valid && detecting;
    assign inc_wait_spikes  = waits && !desc_valid && !detecting;
    assign inc_wait_weights = waits && desc_valid && !weight_valid;
    assign inc_wait_output  = waits && desc_valid && weight_valid && !wait_room;
    assign inc_wait_results = waits && wait_room;

endmodule

`default_nettype wire
