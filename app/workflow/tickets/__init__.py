"""What happens to one ticket: intake, classification, recheck, reconciliation, undo."""
