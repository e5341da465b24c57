// SPDX-License-Identifier: Apache-2.0
// Rules of AXI4-Stream for a source: what is offered stays, unchanged, until it is taken.
`default_nettype none

module axis_source #(
    parameter W = 8
) (
    input wire         clk,
    input wire         rst,
    input wire         tvalid,
    input wire         tready,
    input wire [W-1:0] payload
);

    reg         held = 1'b0;
    reg         after_reset = 1'b0;
    reg [W-1:0] was_payload;

    always @(posedge clk) begin
        held        <= tvalid && !tready && !rst;
        after_reset <= rst;
        was_payload <= payload;
    end

    always @* begin
        if (held) a_valid_stays: assert (tvalid);
        if (held && tvalid) a_payload_stays: assert (payload == was_payload);
        if (after_reset) a_valid_reset: assert (!tvalid);
        c_held: cover (held && tready && tvalid);
    end

endmodule

`default_nettype wire
