"""Tests of ram_1r1w."""
