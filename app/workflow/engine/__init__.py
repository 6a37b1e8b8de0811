"""Claims due runs and executes them."""
