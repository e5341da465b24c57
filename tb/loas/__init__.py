"""LoAS: environment, sequences and tests."""
