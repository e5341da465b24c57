"""`make area`: the constants of `models.area`, fitted to synthesised machines."""
