"""API paths that plans share."""

from __future__ import annotations

PROJECTS = "/project/projects"
INVOICES = "/finance/invoices"
PRODUCTS = "/procurement/products"
TIME = "/time/entries"
TEMPLATES = "/project/projectTemplates/"
COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
"""Lists attached to a ticket; a conversion must not lose any of their records."""
