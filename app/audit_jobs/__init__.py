"""Audits as background runs: fetch, evaluate in worker processes, report, what-if."""
