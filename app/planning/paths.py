"""API paths that plans share."""

from __future__ import annotations

MEMBERS = "/system/members"
ROLES = "/project/securityRoles"
PROJECTS = "/project/projects"
INVOICES = "/finance/invoices"
PRODUCTS = "/procurement/products"
TIME = "/time/entries"
PROJECT_STATUSES = "/project/statuses"
PROJECT_TYPES = "/project/projectTypes"
BILLING_TERMS = "/finance/billingTerms"
TEMPLATES = "/project/projectTemplates/"
COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
"""Lists attached to a ticket; a conversion must not lose any of their records."""
