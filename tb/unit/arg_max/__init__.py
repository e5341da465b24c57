"""Tests of arg_max."""
