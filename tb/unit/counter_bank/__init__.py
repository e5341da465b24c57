"""Tests of counter_bank."""
