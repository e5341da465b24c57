"""Tests of spike_compressor."""
