"""Tests of dispatcher."""
