"""Models of the LoAS machine (MICRO 2024, arXiv:2407.14073): dual sparsity, all steps at once."""
