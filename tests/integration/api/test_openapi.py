"""What the API description says of every operation."""

from __future__ import annotations

from app.api import create_app


def test_every_management_operation_names_the_token_and_its_answers() -> None:
    schema = create_app().openapi()
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    found = {(method, path): one for path, all_ in schema["paths"].items() for method, one in all_.items()}
    open_to_all = {place for place, operation in found.items() if not operation["security"]}
    signing_in = {("post", "/session"), ("get", "/sign-in/ways"), ("get", "/sign-in/company")}
    assert open_to_all == {("get", "/livez"), ("get", "/readyz"), ("get", "/metrics")} | signing_in
    for method, path in set(found) - open_to_all:
        operation = found[method, path]
        assert {"401", "403", "413", "422", "503"} <= set(operation["responses"]), path
        assert "HTTPValidationError" not in str(operation["responses"])
        cookie: dict[str, list[str]] = {"session": []} if method == "get" else {"session": [], "csrf": []}
        assert operation["security"] == [{"token": []}, cookie]
        assert operation["x-role"] in operation["description"]
