packet_sum.v
packet_bench.v
