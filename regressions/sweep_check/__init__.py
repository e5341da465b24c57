"""`make sweep-check`: RTL against timing model over random machines and layers."""
