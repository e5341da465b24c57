// SPDX-License-Identifier: Apache-2.0
// Sums the row results of all k tiles; one bank fills while the other one is read out.
//
// Function:   bank[row] += result. A row's first result of an m x n tile is stored as it is, and
//             a row without any reads as zero: zero rows never need a write.
// Latency:    request in cycle c, result in c + 1, written at its end. fill_done[b] is high when the
//             last result of bank b is being written.
// Throughput: one row a cycle, the same row in consecutive cycles included.
// Handshake:  none; the caller uses a bank either to add or to read out.
// Reset:      marks all rows empty.
// Limits:     ACC_W bits must hold the sums (K is checked against it).
`default_nettype none

module prosperity_accumulator #(
    parameter TILE_M = 256,
    parameter LANES  = 128,
    // bits of a row result and of an accumulated sum
    parameter PSUM_W = 12,
    parameter ACC_W  = 24,
    // derived
    parameter ROW_W  = $clog2(TILE_M)
) (
    input  wire                    clk,
    input  wire                    rst,
    // add request, one cycle before the result; empty: nothing to add, last: the bank is complete
    input  wire                    req_valid,
    input  wire                    req_empty,
    input  wire                    req_last,
    input  wire                    req_bank,
    input  wire [ROW_W-1:0]        req_row,
    input  wire [LANES*PSUM_W-1:0] result,
    output wire [1:0]              fill_done,
    // read-out: data follow the address by one cycle and hold until the next read, or until their
    // bank is added to again; clear empties a bank
    input  wire                    read_en,
    input  wire                    read_bank,
    input  wire [ROW_W-1:0]        read_row,
    output wire [LANES*ACC_W-1:0]  read_sum,
    input  wire [1:0]              clear
);

    generate
        if (ACC_W < PSUM_W) begin : g_check_acc_w
            illegal_parameter_ACC_W_below_PSUM_W u_stop ();
        end
    endgenerate

    // ---- result cycle ----
    reg              add_valid_q;
    reg              add_last_q;
    reg              add_bank_q;
    reg              add_seen_q;
    reg  [ROW_W-1:0] add_row_q;

    wire             request  = req_valid && !req_empty;
    wire             req_seen = (req_bank ? g_bank[1].seen_q[req_row] : g_bank[0].seen_q[req_row])
        || (add_valid_q && add_bank_q == req_bank && add_row_q == req_row);

    assign fill_done = {add_last_q && add_bank_q, add_last_q && !add_bank_q};

    always @(posedge clk) begin
        if (rst) begin
            add_valid_q <= 1'b0;
            add_last_q  <= 1'b0;
            add_bank_q  <= 1'b0;
            add_seen_q  <= 1'b0;
            add_row_q   <= {ROW_W{1'b0}};
        end else begin
            add_valid_q <= request;
            add_last_q  <= req_valid && req_last;
            add_bank_q  <= req_bank;
            add_seen_q  <= req_seen;
            add_row_q   <= req_row;
        end
    end

    wire [LANES*ACC_W-1:0] old_sum = add_bank_q ? g_bank[1].word : g_bank[0].word;
    wire [LANES*ACC_W-1:0] new_sum;

    genvar i;
    generate
        for (i = 0; i < LANES; i = i + 1) begin : g_lane
            wire [PSUM_W-1:0] lane = result[i*PSUM_W +: PSUM_W];
            wire [ACC_W-1:0]  wide;

            if (ACC_W == PSUM_W) begin : g_same
                assign wide = lane;
            end else begin : g_extend
                assign wide = {{(ACC_W - PSUM_W) {lane[PSUM_W-1]}}, lane};
            end
            assign new_sum[i*ACC_W +: ACC_W] = wide
                + (add_seen_q ? old_sum[i*ACC_W +: ACC_W] : {ACC_W{1'b0}});
        end
    endgenerate

    // ---- banks ----
    reg read_bank_q;
    reg read_seen_q;

    genvar b;
    generate
        for (b = 0; b < 2; b = b + 1) begin : g_bank
            wire                   reads  = read_en && read_bank == b[0];
            wire                   adds   = request && req_bank == b[0];
            wire                   writes = add_valid_q && add_bank_q == b[0];
            wire [LANES*ACC_W-1:0] word;
            reg  [TILE_M-1:0]      seen_q;

            snn_ram_1r1w #(
                .W      (LANES * ACC_W),
                .DEPTH  (TILE_M),
                .FORWARD(1)
            ) u_ram (
                .clk    (clk),
                .wr_en  (writes),
                .wr_addr(add_row_q),
                .wr_data(new_sum),
                .rd_en  (reads || adds),
                .rd_addr(reads ? read_row : req_row),
                .rd_data(word)
            );

            always @(posedge clk) begin
                if (rst || clear[b]) begin
                    seen_q <= {TILE_M{1'b0}};
                end else if (writes) begin
                    seen_q[add_row_q] <= 1'b1;
                end
            end
        end
    endgenerate

    always @(posedge clk) begin
        if (rst) begin
            read_bank_q <= 1'b0;
            read_seen_q <= 1'b0;
        end else if (read_en) begin
            read_bank_q <= read_bank;
            read_seen_q <= read_bank ? g_bank[1].seen_q[read_row] : g_bank[0].seen_q[read_row];
        end
    end

    assign read_sum = !read_seen_q ? {LANES * ACC_W{1'b0}}
        : read_bank_q ? g_bank[1].word : g_bank[0].word;

endmodule

`default_nettype wire
