"""Formal proofs of the RTL; a folder a module holds its proof."""
