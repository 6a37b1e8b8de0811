"""The model-backed reader without its network: requests, answers, redaction. Pure functions."""
