"""Tests of lif_cell."""
