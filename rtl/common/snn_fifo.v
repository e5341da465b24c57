// SPDX-License-Identifier: Apache-2.0
// First-word-fall-through FIFO.
//
// Function:   words leave in the order they came; nothing is lost or doubled.
// Latency:    a word taken in cycle c is offered in cycle c + 1.
// Throughput: one word a cycle in and out at once, from DEPTH = 2 on.
// Handshake:  valid/ready on both sides; s_ready and m_valid depend on registers only.
// Reset:      empties it; the words themselves are not cleared.
`default_nettype none

module snn_fifo #(
    // bits of a word, 1 or more
    parameter W     = 8,
    // words it holds, 2 or more, any number
    parameter DEPTH = 16
) (
    input  wire         clk,
    input  wire         rst,
    // input
    input  wire         s_valid,
    output wire         s_ready,
    input  wire [W-1:0] s_data,
    // output
    output wire         m_valid,
    input  wire         m_ready,
    output wire [W-1:0] m_data
);

    localparam PTR_W = $clog2(DEPTH);
    localparam CNT_W = $clog2(DEPTH + 1);

    generate
        if (W < 1) begin : g_check_w
            illegal_parameter_W_below_1 u_stop ();
        end
        if (DEPTH < 2) begin : g_check_depth
            illegal_parameter_DEPTH_below_2 u_stop ();
        end
    endgenerate

    reg [W-1:0]     mem [0:DEPTH-1];
    reg [PTR_W-1:0] wr_ptr_q;
    reg [PTR_W-1:0] rd_ptr_q;
    reg [CNT_W-1:0] cnt_q;

    wire push = s_valid && s_ready;
    wire pop  = m_valid && m_ready;

    assign s_ready = cnt_q != DEPTH[CNT_W-1:0];
    assign m_valid = cnt_q != {CNT_W{1'b0}};
    assign m_data  = mem[rd_ptr_q];

    // Pointers wrap by comparison so that DEPTH need not be a power of two.
    localparam [31:0] LAST = DEPTH - 1;

    always @(posedge clk) begin
        if (rst) begin
            wr_ptr_q <= {PTR_W{1'b0}};
            rd_ptr_q <= {PTR_W{1'b0}};
            cnt_q    <= {CNT_W{1'b0}};
        end else begin
            if (push) begin
                wr_ptr_q <= (wr_ptr_q == LAST[PTR_W-1:0]) ? {PTR_W{1'b0}} : wr_ptr_q + 1'b1;
            end
            if (pop) begin
                rd_ptr_q <= (rd_ptr_q == LAST[PTR_W-1:0]) ? {PTR_W{1'b0}} : rd_ptr_q + 1'b1;
            end
            if (push && !pop) begin
                cnt_q <= cnt_q + 1'b1;
            end else if (pop && !push) begin
                cnt_q <= cnt_q - 1'b1;
            end
        end
    end

    always @(posedge clk) begin
        if (push) begin
            mem[wr_ptr_q] <= s_data;
        end
    end

endmodule

`default_nettype wire
