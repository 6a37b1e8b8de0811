"""Executes the steps of a plan: preconditions, write, read back, record."""
