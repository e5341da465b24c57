"""Tests of the whole machine, started by tb/test_machines.py."""
