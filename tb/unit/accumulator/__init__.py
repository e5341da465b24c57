"""Tests of accumulator."""
