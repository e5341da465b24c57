"""Tests of event_counters."""
