"""Tests of fibre_reader."""
