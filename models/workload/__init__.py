"""Workloads: files, layers, whole networks."""
