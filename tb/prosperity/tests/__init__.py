"""Tests of the whole machine, started by tb/prosperity/test_prosperity.py."""
