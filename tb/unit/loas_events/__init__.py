"""Tests of loas_events."""
