// SPDX-License-Identifier: Apache-2.0
// Properties of snn_tile_walker: the loops m, n, k counted upwards, for every layer.
`default_nettype none

module snn_tile_walker_formal #(
    parameter TILE_M = 2,
    parameter TILE_K = 3,
    parameter LANES  = 2,
    parameter DIM_W  = 4
) (
    input wire             clk,
    input wire             rst,
    input wire             start,
    input wire             advance,
    input wire [DIM_W-1:0] dim_m,
    input wire [DIM_W-1:0] dim_k,
    input wire [DIM_W-1:0] dim_n
);

    wire                         active;
    wire [$clog2(TILE_M+1)-1:0]  rows;
    wire [$clog2(TILE_K+1)-1:0]  cols;
    wire [$clog2(LANES+1)-1:0]   used_lanes;
    wire                         first_n;
    wire                         first_k;
    wire                         last_k;
    wire                         last;

    snn_tile_walker #(
        .TILE_M(TILE_M),
        .TILE_K(TILE_K),
        .LANES (LANES),
        .DIM_W (DIM_W)
    ) u_dut (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (advance),
        .dim_m     (dim_m),
        .dim_k     (dim_k),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (rows),
        .cols      (cols),
        .used_lanes(used_lanes),
        .first_n   (first_n),
        .first_k   (first_k),
        .last_k    (last_k),
        .last      (last)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    // The layer: sizes of at least 1 that stay while it runs; only a tile that is there is left.
    reg             running = 1'b0;
    reg [DIM_W-1:0] size_m;
    reg [DIM_W-1:0] size_k;
    reg [DIM_W-1:0] size_n;
    always @(posedge clk) if (start) {size_m, size_k, size_n} <= {dim_m, dim_k, dim_n};
    always @* begin
        if (!started) assume (rst);
        assume (dim_m != 0 && dim_k != 0 && dim_n != 0);
        if (running && !start) assume ({dim_m, dim_k, dim_n} == {size_m, size_k, size_n});
        if (!running) assume (!advance);
    end

    // First row, column and lane of the current tile, one bit more than a dimension.
    reg [DIM_W:0] m;
    reg [DIM_W:0] k;
    reg [DIM_W:0] n;

    wire [DIM_W:0] k_next = k + TILE_K;
    wire [DIM_W:0] n_next = n + LANES;
    wire [DIM_W:0] m_next = m + TILE_M;
    wire           k_ends = k_next >= size_k;
    wire           n_ends = n_next >= size_n;
    wire           m_ends = m_next >= size_m;

    always @(posedge clk) begin
        if (rst) running <= 1'b0;
        else if (start) begin
            running <= 1'b1;
            {m, n, k} <= 0;
        end else if (advance) begin
            k <= k_ends ? 0 : k_next;
            if (k_ends) n <= n_ends ? 0 : n_next;
            if (k_ends && n_ends) m <= m_next;
            if (k_ends && n_ends && m_ends) running <= 1'b0;
        end
    end

    always @* if (started) begin
        a_active: assert (active == running);
        if (running) begin
            a_rows: assert (rows == (m_ends ? size_m - m : TILE_M));
            a_cols: assert (cols == (k_ends ? size_k - k : TILE_K));
            a_lanes: assert (used_lanes == (n_ends ? size_n - n : LANES));
            a_first_n: assert (first_n == (n == 0));
            a_first_k: assert (first_k == (k == 0));
            a_last_k: assert (last_k == k_ends);
            a_last: assert (last == (k_ends && n_ends && m_ends));
        end
        c_ragged: cover (running && last && advance && rows == 1 && cols == 2 && used_lanes == 1
            && m != 0 && n != 0 && k != 0);
        c_second_n: cover (running && first_k && !first_n && m != 0 && !last_k);
    end

`ifdef HINTS
    (* keep *) wire [DIM_W-1:0] left_m;
    (* keep *) wire [DIM_W-1:0] left_k;
    (* keep *) wire [DIM_W-1:0] left_n;
    always @* if (started && running) begin
        i_m: assert (m < size_m && left_m == size_m - m);
        i_k: assert (k < size_k && left_k == size_k - k);
        i_n: assert (n < size_n && left_n == size_n - n);
    end
`endif

endmodule

`default_nettype wire
