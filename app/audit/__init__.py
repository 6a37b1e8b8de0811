"""What a chart would have done with past tickets, whether it was right, and what misplaced work cost. Pure."""
