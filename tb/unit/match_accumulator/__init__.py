"""Tests of match_accumulator."""
