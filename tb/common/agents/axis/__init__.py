"""AXI4-Stream agent: source, sink and monitor of streams with valid, ready, data and last."""
