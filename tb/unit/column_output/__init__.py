"""Tests of column_output."""
