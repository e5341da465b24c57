"""Tests that every machine inherits: its own classes derive from these and register them."""
