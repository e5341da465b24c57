"""Tests of row_events."""
