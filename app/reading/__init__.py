"""Turns ticket texts and records into evidence. Pure."""
