"""Callback entries in ConnectWise, signatures, signing keys."""
