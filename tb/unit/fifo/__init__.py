"""Tests of fifo."""
