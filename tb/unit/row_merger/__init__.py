"""Tests of row_merger."""
