packet_sum.v
