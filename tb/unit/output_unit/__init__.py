"""Tests of output_unit."""
