"""Formal proofs of the RTL: ``python -m formal``; a folder a module holds its proof."""
