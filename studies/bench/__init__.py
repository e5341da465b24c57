"""`make bench`: a workload's run under cocotb beside a bare loop in C++ around the same RTL."""
