"""Tests of processor."""
