"""Benchmarks: commands that anyone can run. Ratios within one run are what counts."""
