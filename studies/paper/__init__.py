"""`make paper`: the paper's tables and plots for every workload at hand, with origins."""
