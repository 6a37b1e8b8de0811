"""API paths that plans share."""

from __future__ import annotations

PROJECTS = "/project/projects"
PRODUCTS = "/procurement/products"
TEMPLATES = "/project/projectTemplates/"
COUNTED = ("notes", "timeentries", "scheduleentries", "documents", "configurations", "products", "tasks", "activities")
"""What hangs on a ticket; none of it may get lost by a conversion."""
