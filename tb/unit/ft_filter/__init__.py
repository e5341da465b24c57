"""Tests of ft_filter."""
