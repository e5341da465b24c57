"""Tests of the whole machine, started by tb/loas/test_loas.py."""
