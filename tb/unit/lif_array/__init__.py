"""Tests of lif_array."""
