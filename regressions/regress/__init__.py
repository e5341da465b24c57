"""Regressions: lists of tests, a driver that runs them on one machine or many, its reports."""
