"""`make sweep`: cycles, storage and adders over ranges of parameters, by the timing model."""
