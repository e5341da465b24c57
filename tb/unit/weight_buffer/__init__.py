"""Tests of weight_buffer."""
