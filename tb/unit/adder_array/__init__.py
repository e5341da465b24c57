"""Tests of adder_array."""
