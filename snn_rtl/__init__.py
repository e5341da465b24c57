"""Spiking-network accelerators in Verilog: models, timing, and the RTL itself."""
