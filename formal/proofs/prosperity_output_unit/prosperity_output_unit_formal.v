// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_output_unit: the rules of the stream under any environment, every row as one beat, in order.
`default_nettype none

module prosperity_output_unit_formal #(
    parameter TILE_M = 2,
    parameter LANES  = 2,
    parameter ACC_W  = 2,
    parameter BIAS_W = 2,
    parameter DIM_W  = 3,
    parameter ROW_W  = $clog2(TILE_M)
) (
    input wire                   clk,
    input wire                   rst,
    input wire                   start,
    input wire [1:0]             fill_done,
    input wire [LANES*ACC_W-1:0] read_sum,
    input wire [BIAS_W-1:0]      thresholds,
    input wire [BIAS_W-1:0]      biases,
    input wire                   tready
);

    localparam W = LANES * ACC_W;

    // The layer: the solver chooses it.
    (* anyconst *) wire             spikes_out;
    (* anyconst *) wire [DIM_W-1:0] dim_m;
    (* anyconst *) wire [DIM_W-1:0] dim_n;
    (* anyconst *) wire [ROW_W:0]   time_steps;
    (* anyconst *) wire [6:0]       neuron;
    always @* assume (dim_m != 0 && dim_n != 0 && time_steps != 0 && time_steps <= TILE_M);

    wire             read_en;
    wire             read_bank;
    wire [ROW_W-1:0] read_row;
    wire [1:0]       bank_done;
    wire             segment;
    wire             param_release;
    wire [W-1:0]     tdata;
    wire             tvalid;
    wire             tlast;
    wire             layer_done;

    prosperity_output_unit #(
        .TILE_M   (TILE_M),
        .LANES    (LANES),
        .ACC_W    (ACC_W),
        .BIAS_W   (BIAS_W),
        .LIF_CELLS(1),
        .DIM_W    (DIM_W)
    ) u_dut (
        .clk              (clk),
        .rst              (rst),
        .start            (start),
        .dim_m            (dim_m),
        .dim_n            (dim_n),
        .time_steps       (time_steps),
        .spikes_out       (spikes_out),
        .leak_shift       (neuron[4:0]),
        .soft_reset       (neuron[5]),
        .fire_ge          (neuron[6]),
        .fill_done        (fill_done),
        .read_en          (read_en),
        .read_bank        (read_bank),
        .read_row         (read_row),
        .read_sum         (read_sum),
        .bank_done        (bank_done),
        .param_segment    (segment),
        .param_thresholds (thresholds),
        .param_biases     (biases),
        .param_release    (param_release),
        .m_axis_out_tdata (tdata),
        .m_axis_out_tvalid(tvalid),
        .m_axis_out_tready(tready),
        .m_axis_out_tlast (tlast),
        .layer_done       (layer_done)
    );

    axis_source #(
        .W(W + 1)
    ) u_stream (
        .clk    (clk),
        .rst    (rst),
        .tvalid (tvalid),
        .tready (tready),
        .payload({tlast, tdata})
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;

    // ---- the walk over the tiles, by first row and first lane ----
    reg              running = 1'b0;
    reg  [DIM_W:0]   m;
    reg  [DIM_W:0]   n;
    reg  [ROW_W:0]   row;
    reg              bank = 1'b0;
    reg  [1:0]       full = 2'b00;
    wire             m_ends = m + TILE_M >= dim_m;
    wire             n_ends = n + LANES >= dim_n;
    wire [DIM_W:0]   rows   = m_ends ? dim_m - m : TILE_M;
    wire [DIM_W:0]   lanes  = n_ends ? dim_n - n : LANES;
    wire             last   = row + 1 == rows;

    wire [LANES-1:0] used   = ~({LANES{1'b1}} << lanes);
    wire             taken  = tvalid && tready;

    // ---- environment: banks fill in turn, none while it is full; a sum stays until the next read ----
    reg              fills = 1'b0;
    reg  [W-1:0]     was_sum;
    always @* begin
        if (!started) assume (rst);
        if (running) assume (!start);
        assume (fill_done != 2'b11);
        if (fill_done != 0) assume (running && fill_done[fills] && !full[fills]);
        if (started && !fresh) assume (read_sum == was_sum);
    end

    // Beats since the start and rows read: as many, but for those under way.
    reg  [1:0]       reads = 2'd0;
    reg  [1:0]       beats = 2'd0;
    // The row whose number (of four) is at hand.
    reg  [W-1:0]     expected [0:3];
    reg  [3:0]       ends;
    reg  [3:0]       finals;
    reg  [LANES-1:0] shown [0:3];
    reg  [1:0]       newest = 2'd0;
    integer          q;

    always @(posedge clk) begin
        was_sum <= read_sum;
        fresh   <= read_en;
        if (start) begin
            running <= 1'b1;
            m <= 0;
            n <= 0;
            row <= 0;
        end
        full <= full | fill_done;
        if (fill_done != 0) fills <= !fills;
        if (read_en) begin
            newest <= reads;
            reads  <= reads + 1'b1;
            ends[reads]   <= last;
            finals[reads] <= last && m_ends && n_ends;
            shown[reads]  <= used;
            row <= last ? 0 : row + 1'b1;
            if (last) begin
                full[bank] <= 1'b0;
                if (fill_done[bank]) full[bank] <= 1'b1;
                bank <= !bank;
                n <= n_ends ? 0 : n + LANES;
                if (n_ends) m <= m + TILE_M;
                if (n_ends && m_ends) running <= 1'b0;
            end
        end
        if (fresh) expected[newest] <= read_sum;
        beats <= beats + taken;
        if (rst) begin
            running <= 1'b0;
            bank    <= 1'b0;
            row     <= 0;
            full    <= 2'b00;
            fills   <= 1'b0;
            reads   <= 2'd0;
            beats   <= 2'd0;
            fresh   <= 1'b0;
        end
    end

    // Cycles in which there is a row to send and no beat is offered, whether or not tready is there.
    reg [2:0] silence = 3'd0;
    always @(posedge clk)
        silence <= rst || tvalid || !((running && full[bank]) || reads != beats) ? 3'd0 : silence + 1'b1;

    wire [1:0]   open = reads - beats;
    wire [W-1:0] raw  = expected[beats];
    reg  [W-1:0] masked;
    always @* for (q = 0; q < W; q = q + 1) masked[q] = raw[q] && shown[beats][q/ACC_W];

    always @* if (started && !rst) begin
        if (read_en) a_read: assert (running && full[bank] && read_bank == bank && read_row == row);
        if (tvalid) begin
            a_row_behind_beat: assert (open != 0);
            a_last: assert (tlast == ends[beats]);
            if (!spikes_out) a_raw: assert (tdata == masked);
            if (spikes_out) a_spikes_masked: assert ((tdata & ~{{(W - LANES) {1'b0}}, shown[beats]}) == 0);
        end
        // A cycle for the read and one a segment.
        a_progress: assert (silence <= 3);
        a_layer_done: assert (layer_done == (taken && finals[beats]));
        c_raw: cover (taken && !spikes_out && tdata == 4'b0010 && tlast && layer_done && running == 0
            && dim_m == 3);
        c_spikes: cover (taken && spikes_out && tdata == 4'b0011 && !tlast);
        c_masked: cover (tvalid && !spikes_out && shown[beats] == 2'b01 && raw == 4'b1111);
        c_two_tiles: cover (taken && tlast && !layer_done && full != 0);
    end

`ifdef HINTS
    (* keep *) wire [DIM_W-1:0] left_m;
    (* keep *) wire [DIM_W-1:0] left_n;
    (* keep *) wire [DIM_W-1:0] left_k;
    (* keep *) wire             active;
    (* keep *) wire [1:0]       dut_full;
    (* keep *) wire             have;
    (* keep *) wire             have_last;
    (* keep *) wire             have_end;
    (* keep *) wire [LANES-1:0] have_used;
    (* keep *) wire             beat_end;
    (* keep *) wire [ROW_W-1:0] dut_row;
    wire [1:0] at = reads - 1'b1;
    always @* if (started) begin
        i_walk: assert (active == running && read_bank == bank && dut_full == full);
        i_row: assert (dut_row == row[ROW_W-1:0] && row < TILE_M);
        if (running) i_left: assert (m < dim_m && n < dim_n && left_m == dim_m - m && left_n == dim_n - n
            && left_k == 1 && row < rows);
        if (!running) i_still: assert (row == 0);
        i_open: assert (open == have + tvalid && open != 3);
        if (fresh) i_fresh: assert (have && newest == at);
        if (have) i_have: assert (have_last == ends[at] && have_end == finals[at] && have_used == shown[at]);
        if (have && !fresh) i_sum: assert (read_sum == expected[at] && was_sum == expected[at]);
        if (!tvalid) i_silence: assert (silence <= (have ? 1 + segment : 0));
        if (!spikes_out || !have) i_segment: assert (segment == 0);
        if (tvalid) i_end: assert (beat_end == finals[beats]);
    end
`endif

endmodule

`default_nettype wire
