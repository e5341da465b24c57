"""Mutation testing of the RTL: `make mutate`."""
