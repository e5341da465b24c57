"""Prosperity: function, timing, storage, area."""
