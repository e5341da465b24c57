// SPDX-License-Identifier: Apache-2.0
// Generated from rtl/loas/registers.yaml by `make regmap`: do not edit.
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
localparam [11:0] ADDR_MODE                 = 12'h030;
localparam [11:0] ADDR_LIF                  = 12'h034;
localparam [11:0] ADDR_PARAM_TIME_STEPS     = 12'h040;
localparam [11:0] ADDR_PARAM_CHUNK          = 12'h044;
localparam [11:0] ADDR_PARAM_TPPES          = 12'h048;
localparam [11:0] ADDR_PARAM_COLUMNS        = 12'h04C;
localparam [11:0] ADDR_PARAM_LAGGY_ADDERS   = 12'h050;
localparam [11:0] ADDR_PARAM_FIFO_DEPTH     = 12'h054;
localparam [11:0] ADDR_PARAM_QUEUE_DEPTH    = 12'h058;
localparam [11:0] ADDR_PARAM_WEIGHT_W       = 12'h05C;
localparam [11:0] ADDR_PARAM_ACC_W          = 12'h060;
localparam [11:0] ADDR_PARAM_BIAS_W         = 12'h064;
localparam [11:0] ADDR_PARAM_BEAT_W         = 12'h068;
localparam [11:0] ADDR_PARAM_MASK_BEATS     = 12'h06C;
localparam [11:0] ADDR_PARAM_VALUE_BEATS    = 12'h070;
localparam [11:0] ADDR_PARAM_DIM_W          = 12'h074;
localparam [11:0] ADDR_PARAM_JOINED_COLUMNS = 12'h078;
localparam [11:0] ADDR_PARAM_CHUNK_BANKS    = 12'h07C;
localparam [11:0] ADDR_PARAMS               = 12'h040;
localparam [11:0] ADDR_COUNTERS             = 12'h100;

// reset values
localparam [31:0] RESET_ID                  = 32'h4C4F4153;
localparam [31:0] RESET_VERSION             = 32'h00010000;
localparam [31:0] RESET_DIM_M               = 32'h00000001;
localparam [31:0] RESET_DIM_K               = 32'h00000001;
localparam [31:0] RESET_DIM_N               = 32'h00000001;
localparam [31:0] RESET_MODE                = 32'h00000000;
localparam [31:0] RESET_LIF                 = 32'h00000000;

// sizes of the machine's part of the map
localparam        NUM_PARAMS                = 16;
localparam        MODE_W                    = 2;
localparam        LIF_W                     = 7;

// counter numbers
localparam        CNT_CYCLES                = 0;
localparam        CNT_BROADCAST             = 1;
localparam        CNT_SKIP                  = 2;
localparam        CNT_WAIT_SPIKES           = 3;
localparam        CNT_WAIT_WEIGHTS          = 4;
localparam        CNT_WAIT_TPPE             = 5;
localparam        CNT_WAIT_OUTPUT           = 6;
localparam        CNT_FILL                  = 7;
localparam        CNT_DRAIN                 = 8;
localparam        CNT_TILES                 = 9;
localparam        CNT_EMPTY_TILES           = 10;
localparam        CNT_FIBRES_SKIPPED        = 11;
localparam        CNT_MATCHES               = 12;
localparam        CNT_CORRECTIONS           = 13;
localparam        CNT_FIFO_FULL             = 14;
localparam        CNT_WORDS                 = 15;
localparam        CNT_SINGLE_WORDS          = 16;
localparam        CNT_BIT_NNZ               = 17;
localparam        CNT_SPIKE_BEATS           = 18;
localparam        CNT_WEIGHT_BEATS          = 19;
localparam        CNT_OUTPUT_BEATS          = 20;
localparam        NUM_COUNTERS              = 21;

// error codes
localparam [3:0]  ERR_NONE                  = 4'd0;
localparam [3:0]  ERR_START_BUSY            = 4'd1;
localparam [3:0]  ERR_CONFIG_BUSY           = 4'd2;
localparam [3:0]  ERR_DIM_ZERO              = 4'd3;
localparam [3:0]  ERR_DIM_LARGE             = 4'd4;
localparam [3:0]  ERR_SPIKE_TLAST           = 4'd7;
localparam [3:0]  ERR_WEIGHT_TLAST          = 4'd8;
/* verilator lint_on UNUSEDPARAM */
