"""Training of the bundled workloads: spiking networks that read digits, dense and pruned."""
