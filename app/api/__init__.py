"""HTTP: the callback, the JSON API, the pages, access control. Calls the services; below them it uses only the signature check."""

from app.api.application import create_app

__all__ = ["create_app"]
