// SPDX-License-Identifier: Apache-2.0
// Plays a stream from a file: an AXI4-Stream master for workloads.
//
// Function:   while play is high, offers the beats of the file, one record each: a byte with the idle cycles
//             before it, a byte that is 1 where it carries tlast, the data, highest byte first.
// Latency:    the first beat without idle cycles is offered one cycle after play rises.
// Throughput: a beat a cycle.
// Handshake:  tvalid never waits for tready; a beat holds until it is taken, or play falls.
// Limits:     the file must be complete when play rises. A record cut short, or no file, sets broken, and
//             nothing more is offered.
`default_nettype none

module snn_beat_player #(
    // bits of a beat
    parameter W    = 8,
    // file in the folder of the run
    parameter FILE = "player.beats"
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         play,
    output reg  [W-1:0] m_axis_tdata,
    output reg          m_axis_tvalid,
    input  wire         m_axis_tready,
    output reg          m_axis_tlast,
    // beats taken since the start of the simulation
    output reg  [31:0]  beats,
    // all beats of the file were taken
    output reg          done,
    // the file is not there, or ends inside a record
    output reg          broken
);

    localparam BYTES    = (W + 7) / 8;
    localparam RECORD_W = 8 * (BYTES + 2);

    // Variables of the tasks below, not registers: they change in the middle of an edge.
    reg [RECORD_W-1:0] record;
    reg                pending;
    reg [7:0]          idle;
    integer            file;
    integer            got;

    initial begin
        file          = 0;
        pending       = 1'b0;
        m_axis_tvalid = 1'b0;
        m_axis_tlast  = 1'b0;
        m_axis_tdata  = {W{1'b0}};
        beats         = 32'd0;
        done          = 1'b0;
        broken        = 1'b0;
    end

    task open_file;
        begin
            file   = $fopen(FILE, "rb");
            broken = file == 0;
        end
    endtask

    task close_file;
        begin
            if (file != 0) begin
                $fclose(file);
            end
            file    = 0;
            pending = 1'b0;
            done    = 1'b0;
        end
    endtask

    task read_record;
        begin
            got     = $fread(record, file);
            pending = got == BYTES + 2;
            idle    = record[RECORD_W-1-:8];
            done    = got <= 0;
            broken  = got > 0 && !pending;
            if (!pending) begin
                $fclose(file);
                file = 0;
            end
        end
    endtask

    // What is offered after this edge.
    task offer;
        begin
            if (pending && idle == 8'd0) begin
                m_axis_tvalid <= 1'b1;
                m_axis_tdata  <= record[W-1:0];
                m_axis_tlast  <= record[8*BYTES];
                pending       = 1'b0;
            end else begin
                m_axis_tvalid <= 1'b0;
                if (pending) begin
                    idle = idle - 8'd1;
                end
            end
        end
    endtask

    reg play_q;
    initial begin
        play_q = 1'b0;
    end

    always @(posedge clk) begin
        play_q <= play && !rst;
        if (rst || !play) begin
            m_axis_tvalid <= 1'b0;
            if (play_q) begin
                close_file;
            end
        end else if (!play_q) begin
            open_file;
            if (file != 0) begin
                read_record;
            end
            offer;
        end else if (m_axis_tvalid && m_axis_tready) begin
            beats <= beats + 32'd1;
            if (file != 0) begin
                read_record;
            end
            offer;
        end else if (!m_axis_tvalid) begin
            offer;
        end
    end

endmodule

`default_nettype wire
