"""Tests of cycle_events."""
