"""Opportunities: forecast by revenue type, conversion to a project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.sandbox.engine.api_errors import not_found
from app.sandbox.engine.api_request import ApiRequest
from app.sandbox.engine.comparison import instant_of
from app.sandbox.engine.store import Record, Store, instant, shown
from app.sandbox.engine.switches import Switches
from app.sandbox.rules.products import TABLE as PRODUCTS
from app.sandbox.rules.products import money
from app.sandbox.rules.projects import TABLE as PROJECTS
from app.sandbox.rules.projects import Projects

TABLE = "/sales/opportunities"
STATUSES = f"{TABLE}/statuses"
REVENUE_OF_TYPE = {
    "Service": "serviceRevenue", "Product": "productRevenue", "Agreement": "agreementRevenue", "Other1": "otherRevenue1",
    "Other2": "otherRevenue2",
}  # fmt: skip
_EMPTY = ("timeRevenue", "expenseRevenue")


class Opportunities:
    """Forecast and conversion of opportunities. 2026.11 has no revenue member on the opportunity itself."""

    def __init__(self, store: Store, switches: Switches, projects: Projects) -> None:
        self._store = store
        self._switches = switches
        self._projects = projects

    def forecast(self, request: ApiRequest) -> tuple[int, Any]:
        """The forecast with its items; documented as an array, by switch a single object."""
        found = self._forecast(self._need(request.number()))
        return 200, found if self._switches.forecast_form == "object" else [found]

    def forecast_count(self, request: ApiRequest) -> tuple[int, Any]:
        """Number of forecasts of an opportunity, which is one."""
        self._need(request.number())
        return 200, {"count": 1}

    def add_forecast(self, request: ApiRequest) -> tuple[int, Any]:
        """Adds forecast items; returns the whole forecast."""
        opportunity = self._need(request.number())
        for item in request.body.get("forecastItems") or ():
            defaults = {
                "status": opportunity.get("status"), "includeFlag": True, "quantity": 1.0, "recurringFlag": False,
                "opportunity": {"id": opportunity["id"], "name": opportunity.get("name")},
            }  # fmt: skip
            self._store.add(f"{TABLE}/{opportunity['id']}/forecast", defaults | item, by=request.actor)
        return 201, self._forecast(opportunity)

    def to_project(self, request: ApiRequest) -> tuple[int, Any]:
        """A project with the opportunity's name and company, or by `projectId` an existing one; products by flag."""
        found = self._need(request.number())
        reference = {"id": found["id"], "name": found["name"]}
        if request.body.get("projectId"):
            project = self._store.table(PROJECTS)[self._projects.need(request.body["projectId"])["id"]]
            project["opportunity"] = reference
        else:
            body = self._new_project(found, request.body) | {"opportunity": reference}
            project = self._store.add(PROJECTS, self._projects.prepared_project(body), by=request.actor)
        if request.body.get("includeAllProductsFlag"):
            for line in self._store.table(PRODUCTS).live.values():
                if (line.get("opportunity") or {}).get("id") == found["id"]:
                    line |= {"project": shown(project), "chargeToId": project["id"], "chargeToType": "Project"}
        return 201, project

    def _need(self, number: int) -> Record:
        found = self._store.table(TABLE).peek(number)
        if found is None:
            raise not_found(f"Opportunity {number}")
        return found

    def _new_project(self, opportunity: Record, body: Mapping[str, Any]) -> Record:
        board = next(board for board in self._store.view("/service/boards").rows() if board.get("projectFlag"))
        start = str(body.get("estimatedStart") or opportunity["_info"]["lastUpdated"])
        company = self._store.find("/company/companies", opportunity["company"]) or opportunity["company"]
        return {
            "name": str(body.get("name") or opportunity["name"]), "board": shown(board), "company": shown(company),
            "billingMethod": "ActualRates", "estimatedStart": start,
            "estimatedEnd": str(body.get("estimatedEnd") or instant(instant_of(start) + timedelta(days=30))),
        }  # fmt: skip

    def _forecast(self, opportunity: Record) -> Record:
        items = list(self._store.view(f"{TABLE}/{opportunity['id']}/forecast").rows())
        included = [item for item in items if item.get("includeFlag") is not False]
        flags = {item["id"]: self._flag(item, opportunity) for item in included}
        found = {
            member: _revenue(item for item in included if item.get("forecastType") == kind)
            for kind, member in REVENUE_OF_TYPE.items()
        }
        found |= {
            f"{state}Revenue": _revenue(item for item in included if flags[item["id"]] == state)
            for state in ("won", "lost", "open")
        }
        totals = {"forecastRevenueTotals": _revenue(included), "inclusiveRevenueTotals": _revenue(included)}
        recurring = sum(
            (money(item.get("recurringRevenue")) for item in included if item.get("recurringFlag")), Decimal(0)
        )
        return {
            "id": opportunity["id"], "forecastItems": items, **found, **{name: _revenue(()) for name in _EMPTY}, **totals,
            "recurringTotal": float(recurring), "currency": opportunity.get("currency"),
        }  # fmt: skip

    def _flag(self, item: Record, opportunity: Record) -> str:
        status = self._store.find(STATUSES, item.get("status") or opportunity.get("status") or {}) or {}
        return "won" if status.get("wonFlag") else "lost" if status.get("lostFlag") else "open"


def _revenue(items: Iterable[Record]) -> Record:
    """Revenue, cost and margin of forecast items."""
    chosen = list(items)
    revenue = sum((money(item.get("revenue")) for item in chosen), Decimal(0))
    cost = sum((money(item.get("cost")) for item in chosen), Decimal(0))
    margin = revenue - cost
    percentage = float(round(margin / revenue * 100, 2)) if revenue else 0.0
    return {"revenue": float(revenue), "cost": float(cost), "margin": float(margin), "percentage": percentage}
