"""Exporter: trained PyTorch spiking networks to workload files (the optional extra `export`)."""
