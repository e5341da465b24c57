// SPDX-License-Identifier: Apache-2.0
// Counter that stops at its ends; small enough for all its mutants in seconds.
`default_nettype none

module tiny (
    input  wire       clk,
    input  wire       rst,
    input  wire       up,
    input  wire       down,
    output reg  [2:0] cnt_q,
    output wire       full
);

    assign full = cnt_q == 3'd5;

    wire add = up && !down && !full;
    // The last term says again what the first two say: mutants of it change nothing.
    wire sub = down && !up && cnt_q != 3'd0 && !(up && down);

    always @(posedge clk) begin
        if (rst) begin
            cnt_q <= 3'd0;
        end else if (add) begin
            cnt_q <= cnt_q + 3'd1;
        end else if (sub) begin
            cnt_q <= cnt_q - 3'd1;
        end
    end

endmodule

`default_nettype wire
