"""Tests of row_processing."""
