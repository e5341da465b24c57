"""`make area`: the constants of `snn_rtl.models.prosperity.area`, fitted to netlists."""
