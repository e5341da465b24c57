"""Questions asked of the machines: the papers' tables, sweeps, fronts, speed."""
