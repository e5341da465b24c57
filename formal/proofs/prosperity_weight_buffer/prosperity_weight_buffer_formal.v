// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_weight_buffer: beats are taken wherever there is a place; tiles are read as they came, in
// order, on every port; thresholds and biases leave before the first tile of an n tile.
`default_nettype none

module prosperity_weight_buffer_formal #(
    parameter TILE_K       = 3,
    parameter WEIGHT_W     = 2,
    parameter BIAS_W       = 2,
    parameter DIM_W        = 3,
    parameter WEIGHT_TILES = 2,
    parameter WEIGHT_PORTS = 1,
    parameter COL_W        = $clog2(TILE_K)
) (
    input wire                          clk,
    input wire                          rst,
    input wire                          start,
    input wire                          hold,
    input wire [WEIGHT_W-1:0]           tdata,
    input wire                          tvalid,
    input wire                          tlast,
    input wire                          param_room,
    input wire                          tile_done,
    input wire                          rd_en,
    input wire [WEIGHT_PORTS*COL_W-1:0] rd_cols
);

    localparam TILE_M = 2;
    localparam LANES  = 1;
    localparam BEAT_W = LANES * WEIGHT_W;
    localparam PARAMS = 2 * BIAS_W / WEIGHT_W;
    localparam IDX_W  = $clog2(PARAMS);

    // The layer: the solver chooses it.
    (* anyconst *) wire [DIM_W-1:0] dim_m;
    (* anyconst *) wire [DIM_W-1:0] dim_k;
    (* anyconst *) wire [DIM_W-1:0] dim_n;
    (* anyconst *) wire             spikes_out;
    always @* assume (dim_m != 0 && dim_k != 0 && dim_n != 0);

    wire                           tlast_error;
    wire                           tready;
    wire                           param_valid;
    wire [IDX_W-1:0]               param_idx;
    wire [BEAT_W-1:0]              param_data;
    wire                           param_last;
    wire                           tile_valid;
    wire [WEIGHT_PORTS*BEAT_W-1:0] rd_rows;

    prosperity_weight_buffer #(
        .TILE_M      (TILE_M),
        .TILE_K      (TILE_K),
        .LANES       (LANES),
        .WEIGHT_W    (WEIGHT_W),
        .BIAS_W      (BIAS_W),
        .DIM_W       (DIM_W),
        .WEIGHT_TILES(WEIGHT_TILES),
        .WEIGHT_PORTS(WEIGHT_PORTS)
    ) u_dut (
        .clk                 (clk),
        .rst                 (rst),
        .start               (start),
        .dim_m               (dim_m),
        .dim_k               (dim_k),
        .dim_n               (dim_n),
        .spikes_out          (spikes_out),
        .hold                (hold),
        .tlast_error         (tlast_error),
        .s_axis_weight_tdata (tdata),
        .s_axis_weight_tvalid(tvalid),
        .s_axis_weight_tready(tready),
        .s_axis_weight_tlast (tlast),
        .param_room          (param_room),
        .param_valid         (param_valid),
        .param_idx           (param_idx),
        .param_data          (param_data),
        .param_last          (param_last),
        .tile_valid          (tile_valid),
        .tile_done           (tile_done),
        .rd_en               (rd_en),
        .rd_cols             (rd_cols),
        .rd_rows             (rd_rows)
    );

    // ---- the next beat of the stream: tile and weight row of it, parameters before the first one ----
    localparam HELD_W = $clog2(WEIGHT_TILES + 1);
    localparam TILE_W = TILE_K * BEAT_W;
    reg              running = 1'b0;
    reg [DIM_W:0]    m;
    reg [DIM_W:0]    k;
    reg [DIM_W:0]    n;
    reg [COL_W:0]    row = 0;
    reg [IDX_W:0]    param = 0;
    wire             due    = spikes_out && k == 0 && param != PARAMS;
    wire             m_ends = m + TILE_M >= dim_m;
    wire             k_ends = k + TILE_K >= dim_k;
    wire             n_ends = n + LANES >= dim_n;
    wire             ends   = row == TILE_K - 1 || k + row + 1 == dim_k;

    // ---- tiles that are there, the oldest one lowest, and the one that is coming ----
    reg  [(WEIGHT_TILES+1)*TILE_W-1:0]  tiles;
    reg  [WEIGHT_TILES*(COL_W+1)-1:0]   columns;
    reg  [HELD_W-1:0]                   held = 0;
    wire                                ready = running && !hold && (due ? param_room : held != WEIGHT_TILES);
    wire                                takes = tvalid && ready;
    wire                                loads = takes && !due && ends;
    wire [HELD_W-1:0]                   left  = held - tile_done;
    // What was read in the last cycle.
    reg  [WEIGHT_PORTS-1:0]             read = 0;
    reg  [WEIGHT_PORTS*BEAT_W-1:0]      expected;
    integer                             i;
    integer                             p;

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        if (running) assume (!start);
        if (tile_done) assume (held != 0);
    end

    always @(posedge clk) begin
        if (tile_done) begin
            tiles   <= tiles >> TILE_W;
            columns <= columns >> COL_W + 1;
        end
        for (i = 0; i < (WEIGHT_TILES + 1) * TILE_K; i = i + 1)
            if (takes && !due && i == left * TILE_K + row) tiles[i*BEAT_W +: BEAT_W] <= tdata;
        for (i = 0; i < WEIGHT_TILES; i = i + 1)
            if (loads && i == left) columns[i*(COL_W+1) +: COL_W+1] <= row + 1;
        held <= left + loads;
        for (p = 0; p < WEIGHT_PORTS; p = p + 1) begin
            read[p] <= rd_en && held != 0 && rd_cols[p*COL_W +: COL_W] < columns[COL_W:0] && !rst;
            expected[p*BEAT_W +: BEAT_W] <= tiles[rd_cols[p*COL_W +: COL_W]*BEAT_W +: BEAT_W];
        end
        if (start) begin
            running <= 1'b1;
            {m, n, k} <= 0;
        end
        if (takes && due) param <= param + 1'b1;
        if (takes && !due) row <= ends ? 0 : row + 1'b1;
        if (loads) begin
            param <= 0;
            k <= k_ends ? 0 : k + TILE_K;
            if (k_ends) n <= n_ends ? 0 : n + LANES;
            if (k_ends && n_ends) m <= m + TILE_M;
            if (k_ends && n_ends && m_ends) running <= 1'b0;
        end
        if (rst) begin
            running <= 1'b0;
            held    <= 0;
            row     <= 0;
            param   <= 0;
        end
    end

    reg     same;
    integer q;
    always @* begin
        same = 1'b1;
        for (q = 0; q < WEIGHT_PORTS; q = q + 1)
            if (read[q] && rd_rows[q*BEAT_W +: BEAT_W] != expected[q*BEAT_W +: BEAT_W]) same = 1'b0;
    end

    always @* if (started && !rst) begin
        a_ready: assert (tready == ready);
        a_tlast: assert (tlast_error == (takes && tlast != (!due && ends)));
        a_param: assert (param_valid == (takes && due));
        if (param_valid) a_param_beat: assert (param_idx == param && param_data == tdata
            && param_last == (param == PARAMS - 1));
        a_tile_valid: assert (tile_valid == (held != 0));
        a_row: assert (same);
        c_full: cover (held == WEIGHT_TILES && tvalid && !due && running && !tile_done);
        c_swap: cover (loads && tile_done && held == WEIGHT_TILES - 1 && n != 0 && tvalid);
        c_second: cover (read == {WEIGHT_PORTS{1'b1}} && expected == {WEIGHT_PORTS*BEAT_W{1'b1}} && k == 0 && n != 0
            && columns[COL_W:0] == 1);
        c_params: cover (param_last && n != 0 && held != 0);
        c_end: cover (!running && held == 1 && tile_done && m != 0);
    end

`ifdef HINTS
    localparam DEPTH = WEIGHT_TILES * TILE_K;
    (* keep *) wire [HELD_W-1:0]                    dut_held;
    (* keep *) wire [$clog2(TILE_K+1)-1:0]          dut_row;
    (* keep *) wire [$clog2(DEPTH)-1:0]             wr_base;
    (* keep *) wire [$clog2(DEPTH)-1:0]             rd_base;
    (* keep *) wire [IDX_W-1:0]                     dut_param;
    (* keep *) wire                                 params_in;
    (* keep *) wire [WEIGHT_PORTS*DEPTH*BEAT_W-1:0] mem;
    (* keep *) wire [DIM_W-1:0]                     left_m;
    (* keep *) wire [DIM_W-1:0]                     left_k;
    (* keep *) wire [DIM_W-1:0]                     left_n;
    (* keep *) wire                                 active;
    (* keep *) wire                                 first_k;

    // Where the oldest tile lies.
    reg [HELD_W-1:0] slot = 0;
    always @(posedge clk) begin
        if (tile_done) slot <= slot == WEIGHT_TILES - 1 ? 0 : slot + 1'b1;
        if (rst) slot <= 0;
    end

    reg     words;
    integer t;
    integer c;
    integer o;
    always @* begin
        words = 1'b1;
        for (o = 0; o < WEIGHT_PORTS; o = o + 1)
            for (t = 0; t < WEIGHT_TILES; t = t + 1)
                for (c = 0; c < TILE_K; c = c + 1)
                    if ((t < held && c < columns[t*(COL_W+1) +: COL_W+1]) || (t == held && c < row))
                        if (mem[(o*DEPTH + (slot + t) % WEIGHT_TILES * TILE_K + c)*BEAT_W +: BEAT_W]
                            != tiles[(t*TILE_K+c)*BEAT_W +: BEAT_W]) words = 1'b0;
    end
    reg     widths;
    integer u;
    always @* begin
        widths = 1'b1;
        for (u = 0; u < WEIGHT_TILES; u = u + 1)
            if (u < held && columns[u*(COL_W+1) +: COL_W+1] > TILE_K) widths = 1'b0;
    end

    always @* if (started) begin
        i_held: assert (dut_held == held && held <= WEIGHT_TILES && (held < WEIGHT_TILES || row == 0));
        i_bases: assert (slot < WEIGHT_TILES && rd_base == slot * TILE_K
            && wr_base == (slot + held) % WEIGHT_TILES * TILE_K);
        i_row: assert (dut_row == row && row < TILE_K && (running || row == 0));
        i_words: assert (words && widths);
        i_walk: assert (active == running);
        if (running) i_left: assert (m < dim_m && n < dim_n && k < dim_k && left_m == dim_m - m && left_n == dim_n - n
            && left_k == dim_k - k && first_k == (k == 0) && k + row < dim_k);
        i_param: assert (dut_param == (param == PARAMS ? 0 : param[IDX_W-1:0]) && param <= PARAMS
            && params_in == (param == PARAMS));
        if (!running || !spikes_out || k != 0) i_no_param: assert (param == 0);
        if (running && spikes_out && k == 0 && row != 0) i_after: assert (param == PARAMS);
    end
`endif

endmodule

`default_nettype wire
