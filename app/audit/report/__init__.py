"""The audit report as HTML, CSV and JSON."""
