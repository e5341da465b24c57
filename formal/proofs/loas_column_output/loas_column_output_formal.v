// SPDX-License-Identifier: Apache-2.0
// Properties of loas_column_output: the rules of the stream under any environment, in both modes.
`default_nettype none

module loas_column_output_formal #(
    parameter TPPES      = 2,
    parameter TIME_STEPS = 2,
    parameter COLUMNS    = 2,
    parameter ACC_W      = 2,
    parameter BIAS_W     = 2,
    parameter DIM_W      = 3,
    parameter SUMS_W     = TPPES * TIME_STEPS * ACC_W
) (
    input wire              clk,
    input wire              rst,
    input wire              start,
    input wire              spikes_out,
    input wire [1:0]        sums_full,
    input wire [SUMS_W-1:0] read_sums,
    input wire [BIAS_W-1:0] threshold,
    input wire [BIAS_W-1:0] bias,
    input wire              tready
);

    (* anyconst *) wire [DIM_W-1:0] dim_m;
    (* anyconst *) wire [DIM_W-1:0] dim_n;
    (* anyconst *) wire [6:0]       neuron;
    always @* assume (dim_m != 0 && dim_n != 0);

    wire [1:0]        sums_done;
    wire              read_bank;
    wire              read_column;
    wire              param_column;
    wire              param_release;
    wire [SUMS_W-1:0] tdata;
    wire              tvalid;
    wire              tlast;
    wire              layer_done;

    loas_column_output #(
        .TPPES       (TPPES),
        .TIME_STEPS  (TIME_STEPS),
        .COLUMNS     (COLUMNS),
        .LAGGY_ADDERS(1),
        .ACC_W       (ACC_W),
        .BIAS_W      (BIAS_W),
        .DIM_W       (DIM_W)
    ) u_dut (
        .clk              (clk),
        .rst              (rst),
        .start            (start),
        .dim_m            (dim_m),
        .dim_n            (dim_n),
        .spikes_out       (spikes_out),
        .leak_shift       (neuron[4:0]),
        .soft_reset       (neuron[5]),
        .fire_ge          (neuron[6]),
        .sums_full        (sums_full),
        .sums_done        (sums_done),
        .read_bank        (read_bank),
        .read_column      (read_column),
        .read_sums        (read_sums),
        .param_column     (param_column),
        .param_threshold  (threshold),
        .param_bias       (bias),
        .param_release    (param_release),
        .m_axis_out_tdata (tdata),
        .m_axis_out_tvalid(tvalid),
        .m_axis_out_tready(tready),
        .m_axis_out_tlast (tlast),
        .layer_done       (layer_done)
    );

    axis_source #(
        .W(SUMS_W + 1)
    ) u_stream (
        .clk    (clk),
        .rst    (rst),
        .tvalid (tvalid),
        .tready (tready),
        .payload({tlast, tdata})
    );

    // One layer after each reset: its mode is taken at the start, whatever the setting becomes.
    reg started = 1'b0;
    reg running = 1'b0;
    reg spikes;
    always @(posedge clk) begin
        started <= 1'b1;
        running <= !rst && (running || start);
        if (start) spikes <= spikes_out;
    end
    always @* begin
        if (!started) assume (rst);
        if (running) assume (!start);
    end

    // A column is read in the cycle before bank or column moves on.
    reg [SUMS_W-1:0] was_sums;
    reg              was_bank;
    reg              was_column;
    reg              after = 1'b0;
    wire             moved = {read_bank, read_column} != {was_bank, was_column};

    always @(posedge clk) begin
        after      <= !rst && started;
        was_sums   <= read_sums;
        was_bank   <= read_bank;
        was_column <= read_column;
    end

    // In raw mode a column that has been read is the beat that is offered next.
    always @* if (started && !rst) begin
        if (after && moved && !spikes && running) a_raw: assert (tvalid && tdata == was_sums);
        if (!running) a_silent: assert (!tvalid && sums_done == 0);
        a_done_if_full: assert ((sums_done & ~sums_full) == 0 && sums_done != 2'b11);
        c_raw: cover (tvalid && tready && tlast && layer_done && !spikes && dim_m == 3 && dim_n == 3);
        c_spikes: cover (tvalid && tready && spikes && tlast && tdata == 8'b0010_0111);
        c_setting: cover (tvalid && spikes && !spikes_out && layer_done);
    end

`ifdef HINTS
    (* keep *) wire       dut_spikes;
    (* keep *) wire       active;
    (* keep *) wire       have;
    (* keep *) wire       beat;
    (* keep *) wire       busy;
    (* keep *) wire [1:0] full;
    always @* if (started) begin
        if (running) i_mode: assert (dut_spikes == spikes);
        if (!running) i_idle: assert (!active && !have && !beat && !busy && full == 0);
    end
`endif

endmodule

`default_nettype wire
