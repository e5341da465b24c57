"""Tests of tppe."""
