"""Tests of pruner."""
