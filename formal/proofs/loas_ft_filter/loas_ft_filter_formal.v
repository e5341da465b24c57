// SPDX-License-Identifier: Apache-2.0
// Properties of loas_ft_filter, for every fibre: a position stays unless its word fires once.
`default_nettype none

module loas_ft_filter_formal #(
    parameter CHUNK      = 5,
    parameter TIME_STEPS = 3,
    parameter COUNT_W    = $clog2(CHUNK + 1)
) (
    input wire                        drop_single,
    input wire [CHUNK-1:0]            mask,
    input wire [CHUNK*TIME_STEPS-1:0] words
);

    wire [CHUNK-1:0]   live;
    wire [COUNT_W-1:0] dropped;

    loas_ft_filter #(
        .CHUNK     (CHUNK),
        .TIME_STEPS(TIME_STEPS)
    ) u_dut (
        .drop_single(drop_single),
        .mask       (mask),
        .words      (words),
        .live       (live),
        .dropped    (dropped)
    );

    // Any position; its word is the one behind those of the positions below.
    (* anyconst *) wire [$clog2(CHUNK)-1:0] position;
    integer                rank;
    integer                spikes;
    integer                gone;
    integer                i;
    reg [TIME_STEPS-1:0]   word;

    always @* begin
        assume (position < CHUNK);
        rank = 0;
        gone = 0;
        for (i = 0; i < CHUNK; i = i + 1) begin
            if (i < position && mask[i]) rank = rank + 1;
            if (mask[i] && !live[i]) gone = gone + 1;
        end
        word = words >> (rank * TIME_STEPS);
        spikes = 0;
        for (i = 0; i < TIME_STEPS; i = i + 1) spikes = spikes + word[i];

        if (!mask[position]) a_silent: assert (!live[position]);
        if (mask[position]) a_live: assert (live[position] == !(drop_single && spikes == 1));
        a_dropped: assert (dropped == gone);
        c_dropped: cover (dropped == 2 && live == 5'b10010 && mask == 5'b11110);
        c_all: cover (dropped == CHUNK);
        c_off: cover (!drop_single && mask[position] && spikes == 1);
    end

endmodule

`default_nettype wire
