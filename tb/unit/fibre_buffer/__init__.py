"""Tests of fibre_buffer."""
