"""Tests of find_first."""
