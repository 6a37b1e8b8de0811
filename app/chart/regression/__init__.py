"""Labelled cases: run them, compare two charts, score."""
