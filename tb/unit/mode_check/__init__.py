"""Tests of mode_check."""
