"""Prosperity: environment, sequences and tests."""
