"""The chart file: its sections, errors with lines, checks."""
