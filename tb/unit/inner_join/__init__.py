"""Tests of inner_join."""
