"""Tests of row_detection."""
