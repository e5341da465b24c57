// SPDX-License-Identifier: Apache-2.0
// Properties of snn_layer_control: what the register page says of start, busy, done and errors.
`default_nettype none

module snn_layer_control_formal #(
    parameter WEIGHT_W = 2,
    parameter ACC_W    = 5,
    parameter DIM_W    = 4
) (
    input wire        clk,
    input wire        rst,
    input wire        start_request,
    input wire        config_busy,
    input wire [31:0] dim_m,
    input wire [31:0] dim_k,
    input wire [31:0] dim_n,
    input wire [3:0]  mode_error,
    input wire        spike_tlast_error,
    input wire        weight_tlast_error,
    input wire        layer_done
);

    wire       start;
    wire       busy;
    wire       done;
    wire       halt;
    wire [3:0] error;
    wire       done_event;
    wire       error_event;

    snn_layer_control #(
        .WEIGHT_W(WEIGHT_W),
        .ACC_W   (ACC_W),
        .DIM_W   (DIM_W)
    ) u_dut (
        .clk               (clk),
        .rst               (rst),
        .start_request     (start_request),
        .config_busy       (config_busy),
        .dim_m             (dim_m),
        .dim_k             (dim_k),
        .dim_n             (dim_n),
        .mode_error        (mode_error),
        .spike_tlast_error (spike_tlast_error),
        .weight_tlast_error(weight_tlast_error),
        .layer_done        (layer_done),
        .start             (start),
        .busy              (busy),
        .done              (done),
        .halt              (halt),
        .error             (error),
        .done_event        (done_event),
        .error_event       (error_event)
    );

    // Limits of the register page, in plain numbers.
    localparam MOST_DIM = 2 ** DIM_W - 1;
    localparam SUM_K    = 2 ** (ACC_W - WEIGHT_W);
    localparam MOST_K   = SUM_K < MOST_DIM ? SUM_K : MOST_DIM;

    wire legal = dim_m >= 1 && dim_m <= MOST_DIM && dim_n >= 1 && dim_n <= MOST_DIM
        && dim_k >= 1 && dim_k <= MOST_K;
    wire zero  = dim_m == 0 || dim_k == 0 || dim_n == 0;
    wire fatal = spike_tlast_error || weight_tlast_error;
    wire may   = start_request && legal && mode_error == 0 && !busy && !start && !fatal
        && !config_busy && error == 0;

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // One cycle ago.
    reg       after = 1'b0;
    reg       after_rst = 1'b0;
    reg       was_may;
    reg       was_fatal;
    reg       was_spike;
    reg       was_weight;
    reg       was_config;
    reg       was_request;
    reg       was_zero;
    reg       was_legal;
    reg [3:0] was_mode;
    reg       was_start;
    reg       was_busy;
    reg       was_done;
    reg       was_halt;
    reg [3:0] was_error;
    reg       was_layer_done;
    reg       was_error_event;
    reg       was_done_event;

    always @(posedge clk) begin
        after       <= started && !rst;
        after_rst   <= rst;
        was_may     <= may;
        was_fatal   <= fatal;
        was_spike   <= spike_tlast_error;
        was_weight  <= weight_tlast_error;
        was_config  <= config_busy;
        was_request <= start_request;
        was_zero    <= zero;
        was_legal   <= legal;
        was_mode    <= mode_error;
        was_start   <= start;
        was_busy    <= busy;
        was_done    <= done;
        was_halt    <= halt;
        was_error   <= error;
        was_layer_done  <= layer_done;
        was_error_event <= error_event;
        was_done_event  <= done_event;
    end

    // The first cause in the order of their weight.
    wire [3:0] cause = was_spike ? 4'd7 : was_weight ? 4'd8 : was_config ? 4'd2
        : !was_request ? 4'd0 : was_busy || was_start ? 4'd1 : was_zero ? 4'd3
        : !was_legal ? 4'd4 : was_mode;

    always @* begin
        if (after_rst) a_reset: assert (!start && !busy && !done && !halt && error == 0);
        if (after) begin
            a_start: assert (start == was_may);
            a_busy: assert (busy == ((was_start || (was_busy && !was_layer_done)) && !was_fatal));
            if (done && !was_done) a_done_only_then: assert (was_busy && was_layer_done && was_done_event);
            if (was_busy && was_layer_done) a_done: assert (done);
            if (was_done && !was_may) a_done_stays: assert (done);
            if (was_done && was_may) a_done_cleared: assert (!done);
            a_halt: assert (halt == (was_halt || was_fatal));
            if (was_error == 0) a_first_error: assert (error == cause);
            if (was_error != 0) a_kept_error: assert (error == was_error || (was_fatal && !was_halt
                && error == cause));
            if (was_fatal && !was_halt) a_fatal_error: assert (error == cause);
            a_error_event: assert (was_error_event || error == was_error);
            if (was_error_event) a_event_error: assert (error != 0 && (error == cause || (was_request
                && error == was_error)));
            // A request that an earlier error refuses is told.
            if (was_request && was_error != 0) a_refused: assert (was_error_event && !start);
        end
        if (started) begin
            a_start_not_busy: assert (!(start && busy));
            if (error != 0) a_no_start_after_error: assert (!start);
            if (halt) a_halted: assert (error != 0 && !busy && !start);
            a_done_event: assert (done_event == (busy && layer_done));
        end
        c_layer: cover (done && was_busy);
        c_again: cover (done && start_request && may);
        c_replaced: cover (after && was_error == 2 && error == 8 && halt);
        c_largest: cover (start && was_legal && dim_k == MOST_K && dim_m == MOST_DIM);
        c_mode: cover (after && error == 5);
    end

endmodule

`default_nettype wire
