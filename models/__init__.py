"""Reference models of the accelerators: NumPy only, never a simulator."""
