"""Commands that run simulations and report on them."""
