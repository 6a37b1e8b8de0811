"""HTTP client of one chat-completions endpoint. URLs, headers, limits and errors of the protocol are known only here."""

from app.model_endpoint.client import ModelEndpoint
from app.model_endpoint.config import EndpointConfig
from app.model_endpoint.errors import EndpointError
from app.model_endpoint.metrics import EndpointMetrics

__all__ = ["EndpointConfig", "EndpointError", "EndpointMetrics", "ModelEndpoint"]
