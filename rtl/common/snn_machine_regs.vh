// SPDX-License-Identifier: Apache-2.0
// Generated from rtl/common/registers.yaml by `make regmap`: do not edit.
// Each module that includes it uses a part of it.
/* verilator lint_off UNUSEDPARAM */

// byte addresses
localparam [11:0] ADDR_ID                   = 12'h000;
localparam [11:0] ADDR_VERSION              = 12'h004;
localparam [11:0] ADDR_CTRL                 = 12'h008;
localparam [11:0] ADDR_STATUS               = 12'h00C;
localparam [11:0] ADDR_ERROR                = 12'h010;
localparam [11:0] ADDR_IRQ_ENABLE           = 12'h014;
localparam [11:0] ADDR_IRQ_STATUS           = 12'h018;
localparam [11:0] ADDR_DIM_M                = 12'h020;
localparam [11:0] ADDR_DIM_K                = 12'h024;
localparam [11:0] ADDR_DIM_N                = 12'h028;
localparam [11:0] ADDR_TIME_STEPS           = 12'h02C;
localparam [11:0] ADDR_MODE                 = 12'h030;
localparam [11:0] ADDR_LIF                  = 12'h034;
localparam [11:0] ADDR_PARAMS               = 12'h040;
localparam [11:0] ADDR_COUNTERS             = 12'h100;

// reset values
localparam [31:0] RESET_DIM_M               = 32'h00000001;
localparam [31:0] RESET_DIM_K               = 32'h00000001;
localparam [31:0] RESET_DIM_N               = 32'h00000001;
localparam [31:0] RESET_TIME_STEPS          = 32'h00000001;
localparam [31:0] RESET_MODE                = 32'h00000000;
localparam [31:0] RESET_LIF                 = 32'h00000000;

// error codes
localparam [3:0]  ERR_NONE                  = 4'd0;
localparam [3:0]  ERR_START_BUSY            = 4'd1;
localparam [3:0]  ERR_CONFIG_BUSY           = 4'd2;
localparam [3:0]  ERR_DIM_ZERO              = 4'd3;
localparam [3:0]  ERR_DIM_LARGE             = 4'd4;
localparam [3:0]  ERR_SPIKE_TLAST           = 4'd7;
localparam [3:0]  ERR_WEIGHT_TLAST          = 4'd8;
/* verilator lint_on UNUSEDPARAM */
