"""Agents over players and recorders in Verilog: no Python in any clock cycle."""
