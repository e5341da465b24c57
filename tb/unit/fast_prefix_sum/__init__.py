"""Tests of fast_prefix_sum."""
