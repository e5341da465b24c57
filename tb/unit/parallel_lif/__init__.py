"""Tests of parallel_lif."""
