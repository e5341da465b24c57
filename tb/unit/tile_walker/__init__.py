"""Tests of tile_walker."""
