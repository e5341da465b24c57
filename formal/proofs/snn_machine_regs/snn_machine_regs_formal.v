// SPDX-License-Identifier: Apache-2.0
// Properties of snn_machine_regs: the register page, access by access, under any legal master.
`default_nettype none

module snn_machine_regs_formal #(
    parameter HAS_TIME_STEPS = 1,
    parameter MODE_W         = 3,
    parameter LIF_W          = 7
) (
    input wire        clk,
    input wire        rst,
    input wire [11:0] awaddr,
    input wire        awvalid,
    input wire [31:0] wdata,
    input wire [3:0]  wstrb,
    input wire        wvalid,
    input wire        bready,
    input wire [11:0] araddr,
    input wire        arvalid,
    input wire        rready,
    input wire        start,
    input wire        busy,
    input wire        done,
    input wire        halt,
    input wire [3:0]  error,
    input wire        done_event,
    input wire        error_event
);

    localparam [31:0] ID      = 32'h1234_5678;
    localparam [31:0] VERSION = 32'h0001_0002;
    localparam [63:0] PARAMS  = {32'hBBBB_0002, 32'hAAAA_0001};
    // counters 0, 1 and 2
    localparam        NUM_COUNTERS = 3;

    wire              awready;
    wire              wready;
    wire [1:0]        bresp;
    wire              bvalid;
    wire              arready;
    wire [31:0]       rdata;
    wire [1:0]        rresp;
    wire              rvalid;
    wire              irq;
    wire              start_request;
    wire              soft_rst;
    wire              config_busy;
    wire [31:0]       dim_m;
    wire [31:0]       dim_k;
    wire [31:0]       dim_n;
    wire [31:0]       time_steps;
    wire [MODE_W-1:0] mode;
    wire [LIF_W-1:0]  lif;
    wire [1:0]        counter_sel;

    // A counter says its number, so that it shows which one was read.
    wire [63:0] counter_value = {30'h2AAA_AAAA, counter_sel, 30'h1555_5555, counter_sel};

    snn_machine_regs #(
        .ID            (ID),
        .VERSION       (VERSION),
        .NUM_PARAMS    (2),
        .PARAM_VALUES  (PARAMS),
        .NUM_COUNTERS  (NUM_COUNTERS),
        .MODE_W        (MODE_W),
        .LIF_W         (LIF_W),
        .HAS_TIME_STEPS(HAS_TIME_STEPS)
    ) u_dut (
        .clk           (clk),
        .rst           (rst),
        .s_axil_awaddr (awaddr),
        .s_axil_awvalid(awvalid),
        .s_axil_awready(awready),
        .s_axil_wdata  (wdata),
        .s_axil_wstrb  (wstrb),
        .s_axil_wvalid (wvalid),
        .s_axil_wready (wready),
        .s_axil_bresp  (bresp),
        .s_axil_bvalid (bvalid),
        .s_axil_bready (bready),
        .s_axil_araddr (araddr),
        .s_axil_arvalid(arvalid),
        .s_axil_arready(arready),
        .s_axil_rdata  (rdata),
        .s_axil_rresp  (rresp),
        .s_axil_rvalid (rvalid),
        .s_axil_rready (rready),
        .irq           (irq),
        .start_request (start_request),
        .soft_rst      (soft_rst),
        .config_busy   (config_busy),
        .dim_m         (dim_m),
        .dim_k         (dim_k),
        .dim_n         (dim_n),
        .time_steps    (time_steps),
        .mode          (mode),
        .lif           (lif),
        .start         (start),
        .busy          (busy),
        .done          (done),
        .halt          (halt),
        .error         (error),
        .done_event    (done_event),
        .error_event   (error_event),
        .counter_sel   (counter_sel),
        .counter_value (counter_value)
    );

    axil_rules u_rules (
        .clk    (clk),
        .rst    (rst),
        .awaddr (awaddr),
        .awvalid(awvalid),
        .awready(awready),
        .wdata  (wdata),
        .wstrb  (wstrb),
        .wvalid (wvalid),
        .wready (wready),
        .bresp  (bresp),
        .bvalid (bvalid),
        .bready (bready),
        .araddr (araddr),
        .arvalid(arvalid),
        .arready(arready),
        .rdata  (rdata),
        .rresp  (rresp),
        .rvalid (rvalid),
        .rready (rready)
    );

    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* if (!started) assume (rst);

    // ---- the register file of the page ----
    // An address and its data; what comes first is kept.
    reg         aw_kept = 1'b0;
    reg         w_kept = 1'b0;
    reg  [11:0] kept_addr;
    reg  [35:0] kept_w;
    wire        aw_take = awvalid && awready;
    wire        w_take  = wvalid && wready;
    wire        write   = (aw_kept || aw_take) && (w_kept || w_take);
    wire [11:0] at      = aw_kept ? kept_addr : awaddr;
    wire [31:0] data    = w_kept ? kept_w[35:4] : wdata;
    wire [3:0]  strb    = w_kept ? kept_w[3:0] : wstrb;

    always @(posedge clk) begin
        aw_kept <= !rst && (aw_kept || aw_take) && !write;
        w_kept  <= !rst && (w_kept || w_take) && !write;
        if (aw_take) kept_addr <= awaddr;
        if (w_take) kept_w <= {wdata, wstrb};
    end

    wire        read  = arvalid && arready;
    wire        lock  = busy || start || halt;
    wire [31:0] bytes = {{8{strb[3]}}, {8{strb[2]}}, {8{strb[1]}}, {8{strb[0]}}};
    wire        timed = HAS_TIME_STEPS != 0;

    reg [31:0] m;
    reg [31:0] k;
    reg [31:0] n;
    reg [31:0] t;
    reg [31:0] mode_r;
    reg [31:0] lif_r;
    reg [1:0]  enable;
    reg [1:0]  status;

    wire configures = at == 12'h020 || at == 12'h024 || at == 12'h028
        || (at == 12'h02C && timed) || at == 12'h030 || at == 12'h034;
    wire commands   = at == 12'h008 || at == 12'h014 || at == 12'h018;
    wire changes    = write && configures && !lock;
    wire [1:0] clears = write && at == 12'h018 ? data[1:0] & {2{strb[0]}} : 2'b00;

    always @(posedge clk) begin
        if (rst) begin
            {m, k, n} <= {32'd1, 32'd1, 32'd1};
            t <= timed ? 32'd1 : 32'd0;
            {mode_r, lif_r} <= 64'd0;
            enable <= 2'b00;
            status <= 2'b00;
        end else begin
            if (changes && at == 12'h020) m <= (m & ~bytes) | (data & bytes);
            if (changes && at == 12'h024) k <= (k & ~bytes) | (data & bytes);
            if (changes && at == 12'h028) n <= (n & ~bytes) | (data & bytes);
            if (changes && at == 12'h02C) t <= (t & ~bytes) | (data & bytes);
            if (changes && at == 12'h030)
                mode_r <= ((mode_r & ~bytes) | (data & bytes)) & ~({32{1'b1}} << MODE_W);
            if (changes && at == 12'h034)
                lif_r <= ((lif_r & ~bytes) | (data & bytes)) & ~({32{1'b1}} << LIF_W);
            if (write && at == 12'h014 && strb[0]) enable <= data[1:0];
            status <= (status & ~clears) | {error_event, done_event};
        end
    end

    reg [31:0] expected;
    reg        mapped;
    always @* begin
        mapped = 1'b1;
        expected = 32'd0;
        case (araddr)
            12'h000: expected = ID;
            12'h004: expected = VERSION;
            12'h008: expected = 32'd0;
            12'h00C: expected = {29'd0, error != 0, done, busy || start};
            12'h010: expected = error;
            12'h014: expected = enable;
            12'h018: expected = status;
            12'h020: expected = m;
            12'h024: expected = k;
            12'h028: expected = n;
            12'h02C: begin
                expected = t;
                mapped = timed;
            end
            12'h030: expected = mode_r;
            12'h034: expected = lif_r;
            12'h040: expected = 32'hAAAA_0001;
            12'h044: expected = 32'hBBBB_0002;
            12'h100: expected = 32'h5555_5554;
            12'h104: expected = 32'hAAAA_AAA8;
            12'h108: expected = 32'h5555_5555;
            12'h10C: expected = 32'hAAAA_AAA9;
            12'h110: expected = 32'h5555_5556;
            12'h114: expected = 32'hAAAA_AAAA;
            default: mapped = 1'b0;
        endcase
    end

    // One cycle ago.
    reg        wrote = 1'b0;
    reg        was_good;
    reg        was_refused;
    reg        was_read = 1'b0;
    reg        was_mapped;
    reg [31:0] was_expected;
    reg        was_start;
    reg        was_soft;
    reg        after = 1'b0;
    reg        after_rst = 1'b0;
    always @(posedge clk) begin
        after        <= started && !rst;
        after_rst    <= rst;
        wrote        <= write && !rst;
        was_good     <= commands || (configures && !lock);
        was_refused  <= write && configures && lock;
        was_read     <= read && !rst;
        was_mapped   <= mapped;
        was_expected <= expected;
        was_start    <= write && at == 12'h008 && strb[0] && data[0] && !data[1];
        was_soft     <= write && at == 12'h008 && strb[0] && data[1];
    end

    always @* begin
        if (started) begin
            a_dims: assert (dim_m == m && dim_k == k && dim_n == n);
            a_time_steps: assert (time_steps == t);
            a_mode: assert (mode == mode_r[MODE_W-1:0]);
            a_lif: assert (lif == lif_r[LIF_W-1:0]);
            // A write beside a request there is none.
            a_apart: assert (!(write && start_request));
            a_irq: assert (irq == ((enable & status) != 0));
        end
        if (wrote) a_write_answer: assert (bvalid && bresp == (was_good ? 2'b00 : 2'b10));
        if (was_read) a_read_error: assert (rvalid && rresp == (was_mapped ? 2'b00 : 2'b10));
        if (was_read && was_mapped) a_read: assert (rdata == was_expected);
        c_unmapped: cover (was_read && !was_mapped && rresp == 2'b10);
        if (after) begin
            a_start: assert (start_request == was_start);
            a_soft_reset: assert (soft_rst == was_soft);
            a_config_busy: assert (config_busy == was_refused);
        end
        if (after_rst) a_no_request: assert (!start_request && !soft_rst && !config_busy);
        c_configured: cover (m == 32'h0000_0102 && lif_r == 32'd64 && after);
        c_refused: cover (wrote && config_busy && bresp == 2'b10);
        c_irq: cover (irq && after && clears == 2'b01 && done_event);
        c_counter: cover (was_read && rdata == 32'hAAAA_AAAA && rready);
        c_start: cover (start_request);
    end

`ifdef HINTS
    (* keep *) wire [1:0] irq_enable;
    (* keep *) wire [1:0] irq_status;
    (* keep *) wire hint_aw_kept;
    (* keep *) wire hint_w_kept;
    (* keep *) wire [11:0] hint_awaddr;
    (* keep *) wire [31:0] hint_wdata;
    (* keep *) wire [3:0] hint_wstrb;
    always @* if (started) i_irq: assert (irq_enable == enable && irq_status == status);
    always @* if (aw_kept) i_addr: assert (hint_awaddr == kept_addr);
    always @* if (w_kept) i_data: assert ({hint_wdata, hint_wstrb} == kept_w);
    always @* if (started) i_kept: assert (hint_aw_kept == aw_kept && hint_w_kept == w_kept);
    always @* if (started) i_one: assert (!(aw_kept && w_kept) && !(bvalid && (aw_kept || w_kept)));
    always @* if (started && (start_request || soft_rst)) i_answers: assert (bvalid);
    always @* if (started) i_unused_bits: assert (mode_r >> MODE_W == 0 && lif_r >> LIF_W == 0);
`endif

endmodule

`default_nettype wire
