// SPDX-License-Identifier: Apache-2.0
// Bench: takes a stream and writes its beats to a file, one line a beat: tlast and data in hex.
//
// Function:   a change of `open` starts FILE anew, a change of `close` ends it. GAPS holds a byte for each beat:
//             the cycles that tready is low before it; none are left out when it is empty.
// Throughput: one beat a cycle.
`default_nettype none

module axis_recorder #(
    // bits of a beat
    parameter W    = 64,
    parameter FILE = "beats.txt",
    parameter GAPS = "gaps.bin"
) (
    input  wire         clk,
    input  wire         rst,
    // control
    input  wire         open,
    input  wire         close,
    output reg  [31:0]  taken,
    // stream
    input  wire [W-1:0] s_axis_tdata,
    input  wire         s_axis_tvalid,
    output reg          s_axis_tready,
    input  wire         s_axis_tlast
);

    reg       open_q;
    reg       close_q;
    reg [7:0] gap_q;
    reg [7:0] gap;
    integer   file;
    integer   gaps;
    integer   count;

    task open_files;
        begin
            file = $fopen(FILE, "w");
            gaps = $fopen(GAPS, "rb");
        end
    endtask

    task close_files;
        begin
            $fclose(file);
            if (gaps != 0) begin
                $fclose(gaps);
                gaps = 0;
            end
        end
    endtask

    // Reads the next pause; there are no more behind the end of the file.
    task next_gap;
        begin
            gap = 8'd0;
            if (gaps != 0) begin
                count = $fread(gap, gaps);
                if (count != 1) begin
                    gap = 8'd0;
                    $fclose(gaps);
                    gaps = 0;
                end
            end
        end
    endtask

    always @(posedge clk) begin
        if (rst) begin
            open_q        <= open;
            close_q       <= close;
            gap_q         <= 8'd0;
            taken         <= 32'd0;
            s_axis_tready <= 1'b0;
        end else begin
            open_q  <= open;
            close_q <= close;
            if (open != open_q) begin
                open_files;
                next_gap;
                gap_q         <= gap;
                s_axis_tready <= gap == 8'd0;
            end else if (!s_axis_tready) begin
                if (gap_q != 8'd0) begin
                    gap_q         <= gap_q - 8'd1;
                    s_axis_tready <= gap_q == 8'd1;
                end
            end else if (s_axis_tvalid) begin
                taken <= taken + 32'd1;
                $fdisplay(file, "0b%b 0x%h", s_axis_tlast, s_axis_tdata);
                next_gap;
                gap_q         <= gap;
                s_axis_tready <= gap == 8'd0;
            end
            if (close != close_q) begin
                close_files;
                s_axis_tready <= 1'b0;
            end
        end
    end

    initial begin
        file = 0;
        gaps = 0;
    end

endmodule

`default_nettype wire
