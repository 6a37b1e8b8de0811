"""Claims due runs under a lease and executes them. Knows runs, not tickets."""
