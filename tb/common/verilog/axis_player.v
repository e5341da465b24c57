// SPDX-License-Identifier: Apache-2.0
// Bench: plays a file of beats on a stream, so that a long workload needs no Python a beat.
//
// Function:   a change of `play` opens FILE and sends its records: a byte of idle cycles before the beat, a
//             byte of tlast, then the beat, highest byte first. done is high when all are taken.
// Throughput: one beat a cycle.
`default_nettype none

module axis_player #(
    // bits of a beat, whole bytes
    parameter W    = 64,
    parameter FILE = "beats.bin"
) (
    input  wire         clk,
    input  wire         rst,
    // control
    input  wire         play,
    output wire         done,
    output reg  [31:0]  sent,
    // stream
    output reg  [W-1:0] m_axis_tdata,
    output reg          m_axis_tvalid,
    input  wire         m_axis_tready,
    output reg          m_axis_tlast
);

    localparam RECORD = 2 + W / 8;

    reg [W+15:0] record;
    reg          play_q;
    reg          waiting_q;
    reg  [7:0]   gap_q;
    integer      file;
    integer      count;

    assign done = file == 0 && !m_axis_tvalid && !waiting_q;

    task open;
        begin
            file = $fopen(FILE, "rb");
        end
    endtask

    task forget;
        begin
            file = 0;
        end
    endtask

    // Reads the next record; ends the file where there is none.
    task next_record;
        begin
            count = $fread(record, file);
            if (count != RECORD) begin
                $fclose(file);
                file = 0;
            end
        end
    endtask

    always @(posedge clk) begin
        if (rst) begin
            play_q        <= play;
            waiting_q     <= 1'b0;
            gap_q         <= 8'd0;
            sent          <= 32'd0;
            m_axis_tvalid <= 1'b0;
            m_axis_tlast  <= 1'b0;
            m_axis_tdata  <= {W{1'b0}};
            forget;
        end else begin
            play_q <= play;
            if (play != play_q) begin
                open;
            end
            if (m_axis_tvalid && m_axis_tready) begin
                sent <= sent + 32'd1;
            end
            if (waiting_q) begin
                gap_q <= gap_q - 8'd1;
                if (gap_q == 8'd1) begin
                    waiting_q     <= 1'b0;
                    m_axis_tvalid <= 1'b1;
                end
            end else if (!m_axis_tvalid || m_axis_tready) begin
                m_axis_tvalid <= 1'b0;
                if (file != 0) begin
                    next_record;
                    if (file != 0) begin
                        m_axis_tdata  <= record[W-1:0];
                        m_axis_tlast  <= record[W];
                        gap_q         <= record[W+15:W+8];
                        waiting_q     <= record[W+15:W+8] != 8'd0;
                        m_axis_tvalid <= record[W+15:W+8] == 8'd0;
                    end
                end
            end
        end
    end

    initial begin
        file = 0;
    end

endmodule

`default_nettype wire
