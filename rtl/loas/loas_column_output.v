// SPDX-License-Identifier: Apache-2.0
// Reads finished tiles column by column and sends them: as raw sums, or as compressed spike rows.
//
// Function:   raw: a beat a column, row r and step t in bits (r * T + t) * ACC_W and up. Spikes: the columns pass the
//             neurons into a store; then a beat a row: bitmask of its words that are not silent, then these
//             words. Rows beyond M are zero (raw) or not sent (spikes). tlast closes every m x n tile.
// Latency:    sums_full in cycle c: the first column is read in c, a raw beat is offered in c + 1.
// Throughput: a column a cycle; spikes: a row every COLUMNS / LAGGY_ADDERS cycles as well, at the same time.
// Handshake:  m_axis_out_tvalid and payload come from registers and hold until taken.
// Reset:      withdraws the beat.
`default_nettype none

module loas_column_output #(
    parameter TPPES        = 16,
    parameter TIME_STEPS   = 4,
    parameter COLUMNS      = 32,
    parameter LAGGY_ADDERS = 16,
    parameter ACC_W        = 24,
    parameter BIAS_W       = 32,
    parameter DIM_W        = 24,
    // derived
    parameter COLUMN_W     = $clog2(COLUMNS),
    parameter SUMS_W       = TPPES * TIME_STEPS * ACC_W,
    parameter FIBRE_W      = COLUMNS * (1 + TIME_STEPS),
    parameter OUT_W        = SUMS_W > FIBRE_W ? SUMS_W : FIBRE_W
) (
    input  wire                clk,
    input  wire                rst,
    // layer
    input  wire                start,
    input  wire [DIM_W-1:0]    dim_m,
    input  wire [DIM_W-1:0]    dim_n,
    input  wire                spikes_out,
    input  wire [4:0]          leak_shift,
    input  wire                soft_reset,
    input  wire                fire_ge,
    // sum banks
    input  wire [1:0]          sums_full,
    output wire [1:0]          sums_done,
    output reg                 read_bank,
    output reg  [COLUMN_W-1:0] read_column,
    input  wire [SUMS_W-1:0]   read_sums,
    // thresholds and biases
    output wire [COLUMN_W-1:0] param_column,
    input  wire [BIAS_W-1:0]   param_threshold,
    input  wire [BIAS_W-1:0]   param_bias,
    output wire                param_release,
    // output stream
    output wire [OUT_W-1:0]    m_axis_out_tdata,
    output wire                m_axis_out_tvalid,
    input  wire                m_axis_out_tready,
    output wire                m_axis_out_tlast,
    // the layer's last beat is taken
    output wire                layer_done
);

    localparam ROWS_W   = $clog2(TPPES + 1);
    localparam ROW_W    = TPPES > 1 ? $clog2(TPPES) : 1;
    localparam USED_W   = $clog2(COLUMNS + 1);
    localparam WORDS_W  = COLUMNS * TIME_STEPS;
    localparam STORE_W  = TPPES * WORDS_W;
    localparam COLUMN_B = TPPES * TIME_STEPS;

    // The mode of the layer: a setting that changes behind an abandoned one must not withdraw a beat.
    reg spikes_q;

    always @(posedge clk) begin
        if (rst) begin
            spikes_q <= 1'b0;
        end else if (start) begin
            spikes_q <= spikes_out;
        end
    end

    // ---- read: walks the columns of the full banks ----
    wire              active;
    wire [ROWS_W-1:0] rows;
    wire [USED_W-1:0] used;
    wire              last_tile;
    wire              tile_read;
    wire              unused_cols;
    wire              unused_first_n;
    wire              unused_first_k;
    wire              unused_last_k;

    // One "column" a tile: this walk has no k loop.
    snn_tile_walker #(
        .TILE_M(TPPES),
        .TILE_K(1),
        .LANES (COLUMNS),
        .DIM_W (DIM_W)
    ) u_walker (
        .clk       (clk),
        .rst       (rst),
        .start     (start),
        .advance   (tile_read),
        .dim_m     (dim_m),
        .dim_k     ({{(DIM_W - 1) {1'b0}}, 1'b1}),
        .dim_n     (dim_n),
        .active    (active),
        .rows      (rows),
        .cols      (unused_cols),
        .used_lanes(used),
        .first_n   (unused_first_n),
        .first_k   (unused_first_k),
        .last_k    (unused_last_k),
        .last      (last_tile)
    );

    wire column_room;
    wire column_last = {{(USED_W - COLUMN_W) {1'b0}}, read_column} + 1'b1 == used;
    wire read        = active && sums_full[read_bank] && column_room;

    assign tile_read = read && column_last;
    assign sums_done = {tile_read && read_bank, tile_read && !read_bank};

    always @(posedge clk) begin
        if (rst) begin
            read_bank   <= 1'b0;
            read_column <= {COLUMN_W{1'b0}};
        end else if (read) begin
            read_bank   <= read_bank ^ column_last;
            read_column <= column_last ? {COLUMN_W{1'b0}} : read_column + 1'b1;
        end
    end

    // ---- column: raw sums leave from here, spikes are made from it ----
    reg                have_q;
    reg                have_last_q;
    reg                have_end_q;
    reg [COLUMN_W-1:0] have_column_q;
    reg [ROWS_W-1:0]   have_rows_q;
    reg [SUMS_W-1:0]   have_sums_q;

    wire raw_room = !have_q || m_axis_out_tready;
    wire store_room;

    assign column_room = spikes_q ? store_room : raw_room;

    wire column_step = spikes_q || raw_room;

    always @(posedge clk) begin
        if (rst) begin
            have_q        <= 1'b0;
            have_last_q   <= 1'b0;
            have_end_q    <= 1'b0;
            have_column_q <= {COLUMN_W{1'b0}};
            have_rows_q   <= {ROWS_W{1'b0}};
            have_sums_q   <= {SUMS_W{1'b0}};
        end else if (column_step) begin
            have_q <= read;
            if (read) begin
                have_last_q   <= column_last;
                have_end_q    <= column_last && last_tile;
                have_column_q <= read_column;
                have_rows_q   <= rows;
                have_sums_q   <= read_sums;
            end
        end
    end

    // ---- neurons: their words come a cycle later ----
    reg                 fill_q;
    reg                 fill_last_q;
    reg                 fill_end_q;
    reg  [COLUMN_W-1:0] fill_column_q;
    reg  [ROWS_W-1:0]   fill_rows_q;
    wire [COLUMN_B-1:0] words;
    wire                have_spikes = spikes_q && have_q;

    assign param_column  = have_column_q;
    assign param_release = have_spikes && have_last_q;

    always @(posedge clk) begin
        if (rst) begin
            fill_q        <= 1'b0;
            fill_last_q   <= 1'b0;
            fill_end_q    <= 1'b0;
            fill_column_q <= {COLUMN_W{1'b0}};
            fill_rows_q   <= {ROWS_W{1'b0}};
        end else begin
            fill_q <= have_spikes;
            if (have_spikes) begin
                fill_last_q   <= have_last_q;
                fill_end_q    <= have_end_q;
                fill_column_q <= have_column_q;
                fill_rows_q   <= have_rows_q;
            end
        end
    end

    loas_parallel_lif #(
        .ROWS      (TPPES),
        .TIME_STEPS(TIME_STEPS),
        .ACC_W     (ACC_W),
        .BIAS_W    (BIAS_W)
    ) u_parallel_lif (
        .clk       (clk),
        .leak_shift(leak_shift),
        .soft_reset(soft_reset),
        .fire_ge   (fire_ge),
        .valid     (have_spikes),
        .bias      (param_bias),
        .threshold (param_threshold),
        .sums      (have_sums_q),
        .words     (words)
    );

    // ---- store: rows of two tiles; one is filled column by column, one is sent row by row ----
    reg  [STORE_W-1:0] store_0_q;
    reg  [STORE_W-1:0] store_1_q;
    reg                read_store_q;
    reg                fill_store_q;
    reg                send_store_q;
    // taken_q: from the last read of a tile on; full_q: from its last column on
    reg  [1:0]         taken_q;
    reg  [1:0]         full_q;
    reg  [1:0]         end_q;
    reg  [ROWS_W-1:0]  rows_0_q;
    reg  [ROWS_W-1:0]  rows_1_q;

    wire fill_first = fill_column_q == {COLUMN_W{1'b0}};
    wire fill_last  = fill_q && fill_last_q;
    wire sent;

    wire [1:0] read_mask = {read_store_q, !read_store_q} & {2{spikes_q && tile_read}};
    wire [1:0] fill_mask = {fill_store_q, !fill_store_q} & {2{fill_last}};
    wire [1:0] send_mask = {send_store_q, !send_store_q} & {2{sent}};

    assign store_room = !taken_q[read_store_q];

    always @(posedge clk) begin
        if (rst) begin
            read_store_q <= 1'b0;
            fill_store_q <= 1'b0;
            send_store_q <= 1'b0;
            taken_q      <= 2'b00;
            full_q       <= 2'b00;
            end_q        <= 2'b00;
        end else begin
            read_store_q <= read_store_q ^ |read_mask;
            fill_store_q <= fill_store_q ^ |fill_mask;
            send_store_q <= send_store_q ^ |send_mask;
            taken_q      <= (taken_q & ~send_mask) | read_mask;
            full_q       <= (full_q | fill_mask) & ~send_mask;
            end_q        <= (end_q | (fill_mask & {2{fill_end_q}})) & ~send_mask;
        end
    end

    // The first column of a tile clears the others: those beyond N stay silent.
    genvar r;
    genvar c;
    generate
        for (r = 0; r < TPPES; r = r + 1) begin : g_row
            for (c = 0; c < COLUMNS; c = c + 1) begin : g_column
                localparam [31:0] C_32 = c;
                localparam        BIT  = (r * COLUMNS + c) * TIME_STEPS;

                wire here = fill_column_q == C_32[COLUMN_W-1:0];
                wire writes = here || fill_first;
                wire [TIME_STEPS-1:0] word = here ? words[r*TIME_STEPS +: TIME_STEPS]
                    : {TIME_STEPS{1'b0}};

                always @(posedge clk) begin
                    if (fill_q && !fill_store_q && writes) begin
                        store_0_q[BIT +: TIME_STEPS] <= word;
                    end
                    if (fill_q && fill_store_q && writes) begin
                        store_1_q[BIT +: TIME_STEPS] <= word;
                    end
                end
            end
        end
    endgenerate

    always @(posedge clk) begin
        if (fill_mask[0]) begin
            rows_0_q <= fill_rows_q;
        end
        if (fill_mask[1]) begin
            rows_1_q <= fill_rows_q;
        end
    end

    // ---- rows out ----
    localparam [31:0] WORDS_32 = WORDS_W;

    reg [ROW_W-1:0] send_row_q;

    // The first row of a tile may leave while its last column is stored.
    wire               at_once   = fill_last && fill_store_q == send_store_q;
    wire [STORE_W-1:0] store     = send_store_q ? store_1_q : store_0_q;
    wire [WORDS_W-1:0] stored    = store[send_row_q * WORDS_32 +: WORDS_W];
    wire [WORDS_W-1:0] row_words;
    wire [ROWS_W-1:0]  send_rows = at_once ? fill_rows_q : send_store_q ? rows_1_q : rows_0_q;
    wire               send_end  = at_once ? fill_end_q : end_q[send_store_q];
    wire               row_valid = at_once || full_q[send_store_q];
    wire               row_ready;
    wire               row_take  = row_valid && row_ready;
    wire               row_last  = {{(ROWS_W + 1 - ROW_W) {1'b0}}, send_row_q} + 1'b1
        == {1'b0, send_rows};
    wire               fibre_valid;
    wire               fibre_ready;
    wire [FIBRE_W-1:0] fibre;

    assign sent = row_take && row_last;
    // Without a row there is none to name, and the machine's check of TPPES stops elaboration.
    generate
        for (c = 0; c < COLUMNS && TPPES > 0; c = c + 1) begin : g_row_word
            assign row_words[c*TIME_STEPS +: TIME_STEPS] =
                at_once && g_row[0].g_column[c].writes ? g_row[0].g_column[c].word
                : stored[c*TIME_STEPS +: TIME_STEPS];
        end
    endgenerate

    loas_spike_compressor #(
        .COLUMNS   (COLUMNS),
        .TIME_STEPS(TIME_STEPS),
        .ADDERS    (LAGGY_ADDERS)
    ) u_compressor (
        .clk        (clk),
        .rst        (rst),
        .row_valid  (row_valid),
        .row_ready  (row_ready),
        .row_words  (row_words),
        .fibre_valid(fibre_valid),
        .fibre_ready(fibre_ready),
        .fibre      (fibre)
    );

    reg               sending_last_q;
    reg               sending_end_q;
    reg               beat_q;
    reg               beat_last_q;
    reg               beat_end_q;
    reg [FIBRE_W-1:0] beat_data_q;

    assign fibre_ready = !beat_q || m_axis_out_tready;

    always @(posedge clk) begin
        if (rst) begin
            send_row_q     <= {ROW_W{1'b0}};
            sending_last_q <= 1'b0;
            sending_end_q  <= 1'b0;
            beat_q         <= 1'b0;
            beat_last_q    <= 1'b0;
            beat_end_q     <= 1'b0;
            beat_data_q    <= {FIBRE_W{1'b0}};
        end else begin
            if (row_take) begin
                send_row_q     <= row_last ? {ROW_W{1'b0}} : send_row_q + 1'b1;
                sending_last_q <= row_last;
                sending_end_q  <= row_last && send_end;
            end
            if (fibre_ready) begin
                beat_q <= fibre_valid;
            end
            if (fibre_valid && fibre_ready) begin
                beat_last_q <= sending_last_q;
                beat_end_q  <= sending_end_q;
                beat_data_q <= fibre;
            end
        end
    end

    // ---- beat ----
    wire [OUT_W-1:0] raw_data;
    wire [OUT_W-1:0] fibre_data;

    generate
        if (OUT_W == SUMS_W) begin : g_raw_fits
            assign raw_data = have_sums_q;
        end else begin : g_raw_padded
            assign raw_data = {{(OUT_W - SUMS_W) {1'b0}}, have_sums_q};
        end
        if (OUT_W == FIBRE_W) begin : g_fibre_fits
            assign fibre_data = beat_data_q;
        end else begin : g_fibre_padded
            assign fibre_data = {{(OUT_W - FIBRE_W) {1'b0}}, beat_data_q};
        end
    endgenerate

    assign m_axis_out_tvalid = spikes_q ? beat_q : have_q;
    assign m_axis_out_tlast  = spikes_q ? beat_last_q : have_last_q;
    assign m_axis_out_tdata  = spikes_q ? fibre_data : raw_data;
    assign layer_done        = m_axis_out_tvalid && m_axis_out_tready
        && (spikes_q ? beat_end_q : have_end_q);

endmodule

`default_nettype wire
