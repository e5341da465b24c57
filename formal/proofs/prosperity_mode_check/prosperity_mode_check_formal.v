// SPDX-License-Identifier: Apache-2.0
// Properties of prosperity_mode_check: the rules of the register page, for every M, T and mode.
`default_nettype none

module prosperity_mode_check_formal #(
    parameter TILE_M = 8
) (
    input wire        clk,
    input wire [31:0] dim_m,
    input wire [31:0] time_steps,
    input wire [1:0]  sparsity,
    input wire        spikes_out
);

`include "prosperity_regs.vh"

    wire [3:0] mode_error;

    prosperity_mode_check #(
        .TILE_M(TILE_M)
    ) u_dut (
        .dim_m     (dim_m),
        .time_steps(time_steps),
        .sparsity  (sparsity),
        .spikes_out(spikes_out),
        .mode_error(mode_error)
    );

    // T is one of the powers of two up to TILE_M, and M is so many times T.
    reg     times;
    integer s;
    always @* begin
        times = 1'b0;
        for (s = 0; (1 << s) <= TILE_M; s = s + 1)
            if (time_steps == (1 << s) && (dim_m >> s) << s == dim_m) times = 1'b1;
    end

    wire defined = sparsity == MODE_PRODUCT || sparsity == MODE_BIT || sparsity == MODE_DENSE;
    wire legal   = defined && (!spikes_out || times);

    always @* begin
        a_legal: assert ((mode_error == ERR_NONE) == legal);
        // The mode is the first rule.
        if (!defined) a_mode: assert (mode_error == ERR_MODE);
        if (defined && !legal) a_time_steps: assert (mode_error == ERR_TIME_STEPS);
        c_longest: cover (legal && spikes_out && time_steps == TILE_M && dim_m == 3 * TILE_M);
        c_remainder: cover (spikes_out && defined && !legal && time_steps == 4 && dim_m == 6);
        c_raw: cover (legal && time_steps == 0);
        c_both: cover (!defined && spikes_out && !times);
    end

endmodule

`default_nettype wire
