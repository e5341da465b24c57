"""Unit tests: a folder a module, same name."""
