"""Tests of fibre_loader."""
