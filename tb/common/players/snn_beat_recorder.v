// SPDX-License-Identifier: Apache-2.0
// Records a stream into a file: an AXI4-Stream slave for workloads.
//
// Function:   counts every beat taken; while keep is high, writes it as a line of tlast and data in hexadecimal
//             digits. Before each of those beats tready is low for as many cycles as the next byte of the file
//             PAUSES says; beats beyond its end find tready high. keep low: tready is high.
// Handshake:  holds the master to its protocol: what is offered stays until it is taken.
// Limits:     the file is complete a cycle after keep has fallen. PAUSES must be there when keep rises.
`default_nettype none

module snn_beat_recorder #(
    // bits of a beat
    parameter W      = 8,
    // files in the folder of the run
    parameter FILE   = "recorder.beats",
    parameter PAUSES = "recorder.pauses"
) (
    input  wire         clk,
    input  wire         rst,
    input  wire         keep,
    input  wire [W-1:0] s_axis_tdata,
    input  wire         s_axis_tvalid,
    output reg          s_axis_tready,
    input  wire         s_axis_tlast,
    // beats taken since the start of the simulation
    output reg  [31:0]  beats,
    // a beat that had to wait was taken back, or changed, since keep rose last
    output reg          withdrawn,
    output reg          changed,
    // one of the files cannot be opened
    output reg          broken
);

    // Variables of the tasks below, not registers: they change in the middle of an edge.
    integer   file;
    integer   pauses;
    integer   got;
    reg [7:0] pause;

    initial begin
        file          = 0;
        pauses        = 0;
        pause         = 8'd0;
        s_axis_tready = 1'b1;
        beats         = 32'd0;
        withdrawn     = 1'b0;
        changed       = 1'b0;
        broken        = 1'b0;
    end

    task open_files;
        begin
            file   = $fopen(FILE, "w");
            pauses = $fopen(PAUSES, "rb");
            broken = file == 0 || pauses == 0;
        end
    endtask

    task close_files;
        begin
            if (file != 0) begin
                $fclose(file);
            end
            if (pauses != 0) begin
                $fclose(pauses);
            end
            file   = 0;
            pauses = 0;
            pause  = 8'd0;
        end
    endtask

    task next_pause;
        begin
            got = pauses == 0 ? 0 : $fread(pause, pauses);
            if (got <= 0) begin
                pause = 8'd0;
            end
        end
    endtask

    task count_pause;
        begin
            s_axis_tready <= pause == 8'd0;
            if (pause != 8'd0) begin
                pause = pause - 8'd1;
            end
        end
    endtask

    wire taken = s_axis_tvalid && s_axis_tready && !rst;

    reg       keep_q;
    reg       waits_q;
    reg [W:0] waits_with_q;
    initial begin
        keep_q  = 1'b0;
        waits_q = 1'b0;
    end

    always @(posedge clk) begin
        keep_q <= keep;
        if (taken) begin
            beats <= beats + 32'd1;
            if (file != 0) begin
                $fwrite(file, "0b%b 0x%h\n", s_axis_tlast, s_axis_tdata);
            end
        end
        if (!keep && keep_q) begin
            close_files;
        end
        if (keep && !keep_q) begin
            open_files;
        end
        if (taken || keep != keep_q) begin
            next_pause;
        end
        if (taken || keep != keep_q || !s_axis_tready) begin
            count_pause;
        end
    end

    always @(posedge clk) begin
        waits_q <= s_axis_tvalid && !s_axis_tready && !rst;
        if (s_axis_tvalid && !s_axis_tready) begin
            waits_with_q <= {s_axis_tlast, s_axis_tdata};
        end
        if (keep && !keep_q) begin
            withdrawn <= 1'b0;
            changed   <= 1'b0;
        end else if (waits_q && !rst) begin
            if (!s_axis_tvalid) begin
                withdrawn <= 1'b1;
            end else if ({s_axis_tlast, s_axis_tdata} !== waits_with_q) begin
                changed <= 1'b1;
            end
        end
    end

endmodule

`default_nettype wire
