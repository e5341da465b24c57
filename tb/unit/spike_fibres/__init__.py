"""Tests of spike_fibres."""
