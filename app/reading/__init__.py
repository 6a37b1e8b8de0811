"""Turns ticket text and records into facts for the chart."""
