"""Testbenches: what both machines share lies in common, a machine in a folder of its name."""
