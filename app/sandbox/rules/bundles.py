"""POST /system/bundles: several reads in one request.

Form, as the document names its members:

    {"requests": [{"sequenceNumber": 1, "resourceType": "ServiceNote", "version": "2026.11",
                   "apiRequest": {"parentId": 4711, "filters": {"conditions": "…", "orderBy": "…"},
                                  "page": {"page": 1, "pageSize": 1000}, "fields": "id,text"}}]}

ApiResponse 201: {"results": [{"sequenceNumber": 1, "resourceType": "ServiceNote", "success": true, "statusCode": 200,
"count": 2, "entities": [{…}, {…}]}]}, in the order of the requests. One that fails has success false, its statusCode and
`error` {code, message, errors}; the others are answered all the same.

`resourceType` is the name of the record's schema in the document, in any case: see `RESOURCES`. `apiRequest.id` reads one
record, otherwise the list; `parentId` is the ticket, project or board that the list lies under. `filters` may also hold
`childconditions` and `customfieldconditions`. Without `page` a list has its usual 25 records, with it up to 1,000;
`page.pageId` pages forward only. A bundle counts as one request. Nothing public says which names, how many requests or
which methods ConnectWise takes: the sandbox takes reads only, and `bundle_most` at once (switch; `bundles` off refuses all).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.sandbox.engine.api_errors import ApiError
from app.sandbox.engine.switches import Switches

RESOURCES = {
    "ticket": "/service/tickets", "projectticket": "/project/tickets",
    "servicenote": "/service/tickets/{}/notes", "ticketnote": "/project/tickets/{}/notes",
    "serviceticketnote": "/service/tickets/{}/allNotes", "projectticketnote": "/project/tickets/{}/allNotes",
    "servicetask": "/service/tickets/{}/tasks", "tickettask": "/project/tickets/{}/tasks",
    "configurationreference": "/service/tickets/{}/configurations", "documentreference": "/service/tickets/{}/documents",
    "scheduleentry": "/schedule/entries", "timeentry": "/time/entries", "product": "/procurement/products", "productitem": "/procurement/products",
    "agreement": "/finance/agreements", "company": "/company/companies", "contact": "/company/contacts",
    "opportunity": "/sales/opportunities", "forecast": "/sales/opportunities/{}/forecast", "forecastitem": "/sales/opportunities/{}/forecast",
    "opportunitystatus": "/sales/opportunities/statuses", "companystatus": "/company/companies/statuses", "invoice": "/finance/invoices",
    "catalogitem": "/procurement/catalog", "glaccount": "/finance/glAccounts", "member": "/system/members", "activity": "/sales/activities",
    "project": "/project/projects", "projectphase": "/project/projects/{}/phases", "projectnote": "/project/projects/{}/notes",
    "projectteammember": "/project/projects/{}/teamMembers", "projectcontact": "/project/projects/{}/contacts",
    "board": "/service/boards", "boardstatus": "/service/boards/{}/statuses", "boardtype": "/service/boards/{}/types",
    "boardsubtype": "/service/boards/{}/subtypes", "boarditem": "/service/boards/{}/items", "boardteam": "/service/boards/{}/teams",
    "boardtypesubtypeitemassociation": "/service/boards/{}/typeSubTypeItemAssociations",
    "department": "/system/departments", "location": "/system/locations", "projectsecurityrole": "/project/securityRoles",
    "projecttype": "/project/projectTypes", "mappedtype": "/finance/glAccounts/mappedTypes",
}  # fmt: skip
"""Path by resource type in lower case; {} stands for the parent."""

Read = Callable[[str, Mapping[str, str]], tuple[int, Any]]
"""Answers a GET of a path with a query: status and value."""


def run(body: Mapping[str, Any], switches: Switches, read: Read) -> dict[str, Any]:
    """All reads of a bundle."""
    requests = body["requests"]
    if not switches.bundles:
        raise ApiError(400, "ConnectWiseApi", "Bundles are not available.")
    if len(requests) > switches.bundle_most:
        raise ApiError(400, "InvalidObject", f"A bundle takes at most {switches.bundle_most} requests.")
    return {"results": [_result(request or {}, read) for request in requests]}


def _result(request: Mapping[str, Any], read: Read) -> dict[str, Any]:
    named = {name: request[name] for name in ("sequenceNumber", "resourceType", "version") if name in request}
    try:
        status, value = read(*_target(request))
    except ApiError as refusal:
        return named | {
            "success": False,
            "statusCode": refusal.status,
            "count": 0,
            "entities": [],
            "error": refusal.body(),
        }
    if status >= 400:
        return named | {"success": False, "statusCode": status, "count": 0, "entities": [], "error": value}
    entities = value if isinstance(value, list) else [value]
    return named | {"success": True, "statusCode": status, "count": len(entities), "entities": entities}


def _target(request: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    wanted = request.get("apiRequest") or {}
    template = RESOURCES.get(str(request.get("resourceType") or "").lower())
    if template is None:
        raise ApiError(400, "InvalidObject", "The resourceType is not known.")
    if wanted.get("entity"):
        raise ApiError(400, "InvalidObject", "A bundle only reads.")
    if "{}" in template and not wanted.get("parentId"):
        raise ApiError(400, "MissingRequiredField", "The parentId field is required.")
    path = template.format(wanted.get("parentId"))
    if wanted.get("id"):
        return f"{path}/{wanted['id']}", {"fields": str(wanted.get("fields") or "")}
    filters, page = wanted.get("filters") or {}, wanted.get("page") or {}
    query = {
        "conditions": filters.get("conditions"), "childConditions": filters.get("childconditions"),
        "customFieldConditions": filters.get("customfieldconditions"), "orderBy": filters.get("orderBy"),
        "fields": wanted.get("fields"), **page,
    }  # fmt: skip
    return path, {name: str(value) for name, value in query.items() if value is not None}
