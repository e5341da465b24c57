"""Streams of workloads, played and recorded in Verilog so that no cycle wakes Python."""
