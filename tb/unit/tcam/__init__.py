"""Tests of tcam."""
