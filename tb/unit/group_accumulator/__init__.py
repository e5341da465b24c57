"""Tests of group_accumulator."""
