// SPDX-License-Identifier: Apache-2.0
// Properties of loas_fibre_loader: the beats of a layer's tiles go to parameters, bitmasks and values in order, what
// lies beyond the edges is cleared, and a wrong tlast is told.
`default_nettype none

module loas_fibre_loader_formal #(
    parameter TPPES       = 6,
    parameter CHUNK       = 2,
    parameter COLUMNS     = 5,
    parameter BEAT_W      = 8,
    parameter ELEM_W      = 2,
    parameter WEIGHTS     = 1,
    parameter DIM_W       = 4,
    parameter FIBRES      = WEIGHTS ? COLUMNS : TPPES,
    parameter FIBRES_W    = $clog2(FIBRES + 1),
    parameter MASKS       = BEAT_W / CHUNK
) (
    input wire              clk,
    input wire              rst,
    input wire              start,
    input wire              hold,
    input wire [BEAT_W-1:0] tdata,
    input wire              tvalid,
    input wire              tlast,
    input wire              param_room,
    input wire              mask_ready,
    input wire              value_ready
);

    localparam PARAMS = 2;
    localparam ELEMS  = BEAT_W / ELEM_W;

    // A layer: dimensions and mode stay.
    (* anyconst *) wire [DIM_W-1:0] dim_m;
    (* anyconst *) wire [DIM_W-1:0] dim_k;
    (* anyconst *) wire [DIM_W-1:0] dim_n;
    (* anyconst *) wire             spikes_out;

    wire                tlast_error;
    wire                tready;
    wire                param_valid;
    wire                param_idx;
    wire                param_last;
    wire                mask_valid;
    wire [BEAT_W-1:0]   mask_data;
    wire [MASKS-1:0]    mask_present;
    wire                mask_last;
    wire                mask_values;
    wire [FIBRES_W-1:0] tile_fibres;
    wire                tile_first_n;
    wire                tile_last_k;
    wire                tile_last;
    wire                value_valid;
    wire                value_last;

    loas_fibre_loader #(
        .TPPES      (TPPES),
        .CHUNK      (CHUNK),
        .COLUMNS    (COLUMNS),
        .BEAT_W     (BEAT_W),
        .ELEM_W     (ELEM_W),
        .WEIGHTS    (WEIGHTS),
        .PARAM_BEATS(1),
        .DIM_W      (DIM_W)
    ) u_dut (
        .clk          (clk),
        .rst          (rst),
        .start        (start),
        .dim_m        (dim_m),
        .dim_k        (dim_k),
        .dim_n        (dim_n),
        .spikes_out   (spikes_out),
        .hold         (hold),
        .tlast_error  (tlast_error),
        .s_axis_tdata (tdata),
        .s_axis_tvalid(tvalid),
        .s_axis_tready(tready),
        .s_axis_tlast (tlast),
        .param_room   (param_room),
        .param_valid  (param_valid),
        .param_idx    (param_idx),
        .param_last   (param_last),
        .mask_valid   (mask_valid),
        .mask_ready   (mask_ready),
        .mask_data    (mask_data),
        .mask_present (mask_present),
        .mask_last    (mask_last),
        .mask_values  (mask_values),
        .tile_fibres  (tile_fibres),
        .tile_first_n (tile_first_n),
        .tile_last_k  (tile_last_k),
        .tile_last    (tile_last),
        .value_valid  (value_valid),
        .value_ready  (value_ready),
        .value_last   (value_last)
    );

    // ---- where the stream is: first row, column and position of the tile, beats of it taken ----
    reg             layer = 1'b0;
    reg [DIM_W-1:0] at_m = 0;
    reg [DIM_W-1:0] at_n = 0;
    reg [DIM_W-1:0] at_k = 0;
    reg [7:0]       beat = 0;
    reg [7:0]       announced = 0;

    // Rows, columns and positions of the tile.
    wire [DIM_W-1:0] rows    = dim_m - at_m < TPPES ? dim_m - at_m : TPPES;
    wire [DIM_W-1:0] columns = dim_n - at_n < COLUMNS ? dim_n - at_n : COLUMNS;
    wire [DIM_W-1:0] deep    = dim_k - at_k < CHUNK ? dim_k - at_k : CHUNK;
    wire [DIM_W-1:0] fibres  = WEIGHTS ? columns : rows;
    wire             last_k  = at_k + deep == dim_k;
    wire             last_n  = at_n + columns == dim_n;
    wire             last_m  = at_m + rows == dim_m;

    // Beats: of parameters, of bitmasks, of values once all bitmasks are there.
    wire [7:0] params  = WEIGHTS && spikes_out && at_k == 0 ? PARAMS : 0;
    wire [7:0] masks   = (fibres + MASKS - 1) / MASKS;
    wire       is_param = beat < params;
    wire       is_mask  = !is_param && beat < params + masks;
    wire [7:0] mask_no  = beat - params;
    wire [7:0] value_no = beat - params - masks;

    // The bits of a bitmask beat that mean something.
    reg  [BEAT_W-1:0] clean;
    reg  [MASKS-1:0]  present;
    integer           f;
    integer           p;
    always @* begin
        for (f = 0; f < MASKS; f = f + 1) begin
            present[f] = mask_no * MASKS + f < fibres;
            for (p = 0; p < CHUNK; p = p + 1)
                clean[f*CHUNK+p] = tdata[f*CHUNK+p] && mask_no * MASKS + f < fibres && at_k + p < dim_k;
        end
    end

    function [7:0] ones(input [BEAT_W-1:0] word);
        integer o;
        begin
            ones = 0;
            for (o = 0; o < BEAT_W; o = o + 1) ones = ones + word[o];
        end
    endfunction

    wire       take     = tvalid && tready;
    wire [7:0] values   = announced + (is_mask ? ones(clean) : 0);
    wire [7:0] beats    = params + masks + (values + ELEMS - 1) / ELEMS;
    wire       at_end   = !is_param && beat >= params + masks - 1 && beat + 1 == beats;

    always @(posedge clk) begin
        if (take) begin
            beat <= beat + 1'b1;
            announced <= values;
            if (at_end) begin
                beat <= 0;
                announced <= 0;
                at_k <= last_k ? 0 : at_k + CHUNK;
                if (last_k) at_n <= last_n ? 0 : at_n + COLUMNS;
                if (last_k && last_n) at_m <= last_m ? 0 : at_m + TPPES;
                if (last_k && last_n && last_m) layer <= 1'b0;
            end
        end
        if (start) layer <= 1'b1;
        if (rst) begin
            layer <= 1'b0;
            at_m <= 0;
            at_n <= 0;
            at_k <= 0;
            beat <= 0;
            announced <= 0;
        end
    end

    // A layer starts when none is under way.
    reg started = 1'b0;
    always @(posedge clk) started <= 1'b1;
    always @* begin
        if (!started) assume (rst);
        if (layer) assume (!start);
        assume (dim_m != 0 && dim_k != 0 && dim_n != 0);
    end

    always @* if (started) begin
        a_ready: assert (tready == (layer && !hold && (is_param ? param_room : is_mask ? mask_ready : value_ready)));
        a_param: assert (param_valid == (take && is_param));
        if (param_valid) a_param_idx: assert (param_idx == beat && param_last == (beat + 1 == params));
        a_mask: assert (mask_valid == (take && is_mask));
        if (mask_valid) begin
            a_clean: assert (mask_data == clean && mask_present == present);
            a_mask_last: assert (mask_last == (mask_no + 1 == masks));
            a_announced: assert (mask_values == (values != 0));
        end
        a_value: assert (value_valid == (take && !is_param && !is_mask));
        if (value_valid) a_value_last: assert (value_last == at_end);
        a_tlast: assert (tlast_error == (take && tlast != at_end));
        if (layer) a_tile: assert (tile_fibres == fibres && tile_first_n == (at_n == 0) && tile_last_k == last_k
            && tile_last == (last_k && last_n && last_m));
        c_ragged: cover (take && at_end && at_n != 0 && at_k != 0 && deep == 1 && values == 3);
        c_params: cover (value_valid && params != 0 && value_no == 1);
        c_empty: cover (mask_valid && mask_last && at_end && mask_no == 1 && tile_last);
        c_error: cover (tlast_error && value_valid && tlast && values > ELEMS);
        c_again: cover (layer && at_m != 0 && at_n == 0 && at_k == 0 && beat == 1);
    end

`ifdef HINTS
    (* keep *) wire [DIM_W-1:0] left_m;
    (* keep *) wire [DIM_W-1:0] left_n;
    (* keep *) wire [DIM_W-1:0] left_k;
    (* keep *) wire             active;
    (* keep *) wire             first_n;
    (* keep *) wire             first_k;
    (* keep *) wire             params_done;
    (* keep *) wire             param;
    (* keep *) wire             in_values;
    (* keep *) wire [$clog2(FIBRES+MASKS+1)-1:0]         seen;
    (* keep *) wire [$clog2(FIBRES*CHUNK+BEAT_W+1)-1:0]  total;
    (* keep *) wire [$clog2(FIBRES*CHUNK+BEAT_W+1)-1:0]  counted;

    always @* if (started) begin
        i_at: assert (at_m < dim_m && at_n < dim_n && at_k < dim_k);
        i_active: assert (active == layer);
        if (layer) i_walk: assert (left_m == dim_m - at_m && left_n == dim_n - at_n && left_k == dim_k - at_k
            && first_n == (at_n == 0) && first_k == (at_k == 0));
        if (!layer) i_idle: assert (at_m == 0 && at_n == 0 && at_k == 0 && beat == 0 && !params_done && !param
            && !in_values && seen == 0 && total == 0);
        i_param: assert (is_param ? !params_done && param == beat : params == 0 || params_done && param == 0);
        if (params == 0) i_no_param: assert (!params_done && param == 0);
        i_counted: assert (counted <= total);
        i_values: assert (in_values == (!is_param && !is_mask));
        i_beat: assert (beat < beats || (is_mask || is_param));
        if (is_param || is_mask) i_seen: assert (seen == (is_param ? 0 : mask_no * MASKS) && total == announced
            && announced <= seen * CHUNK);
        if (in_values) i_total: assert (total == announced - value_no * ELEMS && announced > value_no * ELEMS
            && announced <= FIBRES * CHUNK);
        if (is_param || beat == params) i_nothing: assert (announced == 0);
    end
`endif

endmodule

`default_nettype wire
