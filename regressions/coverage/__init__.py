"""Code and functional coverage of the machine: run, merge, hold against the bars, report."""
