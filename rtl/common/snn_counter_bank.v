// SPDX-License-Identifier: Apache-2.0
// A bank of event counters that are read one at a time.
//
// Function:   counter i grows by the unsigned inc[i] each cycle; clear sets all to 0.
// Latency:    an increment of cycle c is read from cycle c + 1 on.
// Limits:     64-bit counters: they do not overflow in the life of a machine.
`default_nettype none

module snn_counter_bank #(
    // number of counters, 2 or more
    parameter NUM   = 4,
    // bits of one increment
    parameter INC_W = 8,
    // bits of the counter number, derived
    parameter SEL_W = $clog2(NUM)
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 clear,
    input  wire [NUM*INC_W-1:0] inc,
    // read: a number above NUM - 1 reads 0
    input  wire [SEL_W-1:0]     sel,
    output wire [63:0]          value
);

    generate
        if (NUM < 2) begin : g_check_num
            illegal_parameter_NUM_below_2 u_stop ();
        end
        if (INC_W < 1 || INC_W > 63) begin : g_check_inc_w
            illegal_parameter_INC_W_outside_1_to_63 u_stop ();
        end
        if (SEL_W != $clog2(NUM)) begin : g_check_sel_w
            illegal_parameter_SEL_W_is_derived u_stop ();
        end
    endgenerate

    reg [NUM*64-1:0] cnt_q;

    genvar i;
    generate
        for (i = 0; i < NUM; i = i + 1) begin : g_counter
            always @(posedge clk) begin
                if (rst || clear) begin
                    cnt_q[i*64 +: 64] <= 64'd0;
                end else begin
                    cnt_q[i*64 +: 64] <= cnt_q[i*64 +: 64]
                        + {{(64 - INC_W) {1'b0}}, inc[i*INC_W +: INC_W]};
                end
            end
        end
    endgenerate

    localparam SLOTS = 1 << SEL_W;

    wire [SLOTS*64-1:0] view;

    generate
        if (SLOTS == NUM) begin : g_exact
            assign view = cnt_q;
        end else begin : g_padded
            assign view = {{(SLOTS - NUM) * 64{1'b0}}, cnt_q};
        end
    endgenerate

    assign value = view[{sel, 6'b0} +: 64];

endmodule

`default_nettype wire
