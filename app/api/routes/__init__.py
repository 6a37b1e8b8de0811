"""HTTP endpoints by resource."""
