"""Set-up, lint and generators: what the Makefile calls besides the simulations."""
