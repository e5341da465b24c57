"""Tests of popcount_table."""
