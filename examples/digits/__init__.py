"""Training of the bundled workloads: two spiking networks on scikit-learn's digits."""
