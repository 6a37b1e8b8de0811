"""Values parsed from text: money, dates, durations, people."""
