"""Audits as background runs: fetch, judge in worker processes, report, what-if."""
