"""Every static check of the project, one named step each: ``python -m snn_rtl.tools.lint``."""
