"""Checks by area, each with a stable id."""
