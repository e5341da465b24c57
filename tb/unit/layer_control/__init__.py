"""Tests of layer_control."""
