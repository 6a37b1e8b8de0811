"""What the API description says of every operation."""

from __future__ import annotations

from app.api import create_app


def test_every_management_operation_names_the_token_and_its_answers() -> None:
    schema = create_app().openapi()
    assert schema["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    open_to_all = {
        path for path, operations in schema["paths"].items() for one in operations.values() if not one["security"]
    }
    assert open_to_all == {"/livez", "/readyz", "/metrics"}
    for path in set(schema["paths"]) - open_to_all:
        for operation in schema["paths"][path].values():
            assert {"401", "403", "413", "422", "503"} <= set(operation["responses"]), path
            assert "HTTPValidationError" not in str(operation["responses"])
