// SPDX-License-Identifier: Apache-2.0
// Memory with one read and one write port, registered read data.
//
// Function:   rd_data shows the word addressed in the last cycle with rd_en, and holds it.
// Latency:    1 cycle. A write is seen by reads of later cycles; with FORWARD = 1 also by
//             a read in the same cycle (FORWARD = 0: such a read returns the old word).
// Reset:      none, as in a memory macro.
`default_nettype none

module snn_ram_1r1w #(
    // bits of a word
    parameter W       = 8,
    // words, 2 or more
    parameter DEPTH   = 16,
    // 1: a read beside a write to the same address returns the new word
    parameter FORWARD = 0,
    // bits of an address, derived
    parameter ADDR_W  = $clog2(DEPTH)
) (
    input  wire              clk,
    // write port
    input  wire              wr_en,
    input  wire [ADDR_W-1:0] wr_addr,
    input  wire [W-1:0]      wr_data,
    // read port
    input  wire              rd_en,
    input  wire [ADDR_W-1:0] rd_addr,
    output wire [W-1:0]      rd_data
);

    generate
        if (W < 1) begin : g_check_w
            illegal_parameter_W_below_1 u_stop ();
        end
        if (DEPTH < 2) begin : g_check_depth
            illegal_parameter_DEPTH_below_2 u_stop ();
        end
        if (ADDR_W != $clog2(DEPTH)) begin : g_check_addr_w
            illegal_parameter_ADDR_W_is_derived u_stop ();
        end
    endgenerate

    reg [W-1:0] mem [0:DEPTH-1];
    reg [W-1:0] word_q;

    always @(posedge clk) begin
        if (wr_en) begin
            mem[wr_addr] <= wr_data;
        end
        if (rd_en) begin
            word_q <= mem[rd_addr];
        end
    end

    generate
        if (FORWARD != 0) begin : g_forward
            reg         hit_q;
            reg [W-1:0] new_q;

            always @(posedge clk) begin
                if (rd_en) begin
                    hit_q <= wr_en && wr_addr == rd_addr;
                    new_q <= wr_data;
                end
            end

            assign rd_data = hit_q ? new_q : word_q;
        end else begin : g_plain
            assign rd_data = word_q;
        end
    endgenerate

endmodule

`default_nettype wire
