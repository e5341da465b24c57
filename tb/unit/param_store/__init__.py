"""Tests of param_store."""
