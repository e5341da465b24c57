"""Tests of spike_buffer."""
