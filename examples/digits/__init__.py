"""Training of the bundled workloads: three spiking networks on scikit-learn's digits."""
