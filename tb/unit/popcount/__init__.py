"""Tests of popcount."""
