"""`make pareto`: cycles against area over the parameters that matter, and what one would build."""
