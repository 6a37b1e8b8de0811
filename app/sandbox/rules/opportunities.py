"""Opportunities: conversion to a project."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.comparison import instant_of
from app.sandbox.engine.store import Store, instant, shown
from app.sandbox.rules.projects import TABLE, Projects


class Opportunities:
    """Actions on opportunities."""

    def __init__(self, store: Store, projects: Projects) -> None:
        self._store = store
        self._projects = projects

    def to_project(self, request: ApiRequest) -> tuple[int, Any]:
        """A project with the opportunity's name and company."""
        found = self._store.table("/sales/opportunities").peek(request.number())
        if found is None:
            raise not_found(f"Opportunity {request.number()}")
        boards = self._store.view("/service/boards").rows()
        board = next(board for board in boards if board.get("projectFlag"))
        start = str(request.body.get("estimatedStart") or found["_info"]["lastUpdated"])
        company = self._store.find("/company/companies", found["company"]) or found["company"]
        body = {
            "name": str(request.body.get("name") or found["name"]), "board": shown(board), "company": shown(company),
            "billingMethod": "ActualRates", "estimatedStart": start, "opportunity": {"id": found["id"], "name": found["name"]},
            "estimatedEnd": str(request.body.get("estimatedEnd") or instant(instant_of(start) + timedelta(days=30))),
        }  # fmt: skip
        return 201, self._store.add(TABLE, self._projects.prepared_project(body), by=request.actor)
