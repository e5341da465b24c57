// SPDX-License-Identifier: Apache-2.0
// Properties of snn_fifo: a queue of DEPTH words, under any use and any reset.
`default_nettype none

module snn_fifo_formal #(
    parameter W     = 2,
    parameter DEPTH = 3
) (
    input wire         clk,
    input wire         rst,
    input wire         s_valid,
    input wire [W-1:0] s_data,
    input wire         m_ready
);

    localparam PTR_W = $clog2(DEPTH);
    localparam CNT_W = $clog2(DEPTH + 1);

    wire         s_ready;
    wire         m_valid;
    wire [W-1:0] m_data;

    snn_fifo #(
        .W    (W),
        .DEPTH(DEPTH)
    ) u_dut (
        .clk    (clk),
        .rst    (rst),
        .s_valid(s_valid),
        .s_ready(s_ready),
        .s_data (s_data),
        .m_valid(m_valid),
        .m_ready(m_ready),
        .m_data (m_data)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // The specification: words in a row, the oldest one lowest.
    reg  [DEPTH*W-1:0] queue;
    reg  [CNT_W-1:0]   fill;
    wire               push = s_valid && s_ready;
    wire               pop  = m_valid && m_ready;
    wire [CNT_W-1:0]   left = fill - pop;
    integer            i;

    always @(posedge clk) begin
        if (pop) queue <= queue >> W;
        for (i = 0; i < DEPTH; i = i + 1) begin
            if (push && left == i) queue[i*W +: W] <= s_data;
        end
        fill <= rst ? 0 : left + push;
    end

    always @* if (started) begin
        a_room: assert (s_ready == (fill < DEPTH));
        a_offer: assert (m_valid == (fill > 0));
        if (m_valid) a_order: assert (m_data == queue[W-1:0]);
    end

    // A word on offer stays until it is taken.
    reg         was_held = 1'b0;
    reg [W-1:0] was_data;
    always @(posedge clk) begin
        was_held <= m_valid && !m_ready && !rst;
        was_data <= m_data;
    end
    always @* if (was_held) a_stable: assert (m_valid && m_data == was_data);

`ifdef HINTS
    // What the registers hold while the words above are waiting.
    (* keep *) wire [CNT_W-1:0]   cnt;
    (* keep *) wire [PTR_W-1:0]   wr_ptr;
    (* keep *) wire [PTR_W-1:0]   rd_ptr;
    (* keep *) wire [W-1:0]       mem_0;
    (* keep *) wire [W-1:0]       mem_1;
    (* keep *) wire [W-1:0]       mem_2;
    (* keep *) wire [W-1:0]       mem_3;
    wire           [4*W-1:0]      mem = {mem_3, mem_2, mem_1, mem_0};

    reg     same;
    integer k;

    always @* begin
        same = 1'b1;
        for (k = 0; k < DEPTH; k = k + 1) begin
            if (k < fill && mem[((rd_ptr + k) % DEPTH)*W +: W] != queue[k*W +: W]) same = 1'b0;
        end
        if (started) begin
            i_count: assert (cnt == fill && fill <= DEPTH);
            i_pointers: assert (rd_ptr < DEPTH && wr_ptr < DEPTH && (rd_ptr + fill) % DEPTH == wr_ptr);
            i_words: assert (same);
        end
    end
`endif

    // Filled, emptied, and the pointers wrapped with different words.
    reg [3:0] pops = 4'd0;
    reg       was_full = 1'b0;
    always @(posedge clk) begin
        if (pop && !rst && pops != 4'd15) pops <= pops + 1'b1;
        if (rst) was_full <= 1'b0;
        else if (fill == DEPTH) was_full <= 1'b1;
    end
    always @* if (started) begin
        c_full: cover (fill == DEPTH && s_valid);
        c_drained: cover (was_full && fill == 0);
        c_wrapped: cover (was_full && pops > DEPTH && m_valid && m_data == {W{1'b1}});
        c_both: cover (push && pop && fill == DEPTH - 1);
        c_held: cover (was_held && m_valid && m_ready);
    end

endmodule

`default_nettype wire
