// SPDX-License-Identifier: Apache-2.0
// The ones of a row, counted one by one; for harnesses with TILE_K and ONES_W.
function [ONES_W-1:0] ones_of(input [TILE_K-1:0] word);
    integer o;
    begin
        ones_of = 0;
        for (o = 0; o < TILE_K; o = o + 1) ones_of = ones_of + word[o];
    end
endfunction
