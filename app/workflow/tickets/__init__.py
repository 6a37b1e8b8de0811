"""What happens to one ticket: intake, classification, execution of a plan, recheck, reconciliation, undo."""
