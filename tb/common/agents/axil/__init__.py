"""AXI4-Lite agent: register accesses by name."""
