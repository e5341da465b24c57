"""Tests of laggy_prefix_sum."""
