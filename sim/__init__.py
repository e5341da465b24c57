"""One workload on the RTL, every output checked: `make sim`."""
