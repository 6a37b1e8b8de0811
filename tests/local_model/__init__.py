"""The model-backed reader against a real server of the protocol, started by hand; not part of the test run."""
