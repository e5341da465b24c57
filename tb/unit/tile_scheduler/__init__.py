"""Tests of tile_scheduler."""
