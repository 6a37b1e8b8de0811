"""Requests of the model-backed reader as single files, and answers in single files as one batch file."""
