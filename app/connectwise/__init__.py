"""ConnectWise Manage over httpx: the only room that knows its URLs, its JSON and its moods.

It knows neither the chart nor the settings: it is told how to reach ConnectWise, and gives JSON and errors.
"""

from app.connectwise.agreements import Agreements
from app.connectwise.bundles import Wanted
from app.connectwise.callbacks.registration import RegistrationChange, ensure, list_ours, mends, remove, wanted_url
from app.connectwise.callbacks.verification import BadSignature, CallbackKeys, signature_of
from app.connectwise.client import ConnectWiseClient
from app.connectwise.config import ClientConfig, Pace, TokenBucket, is_loopback, normal_origin
from app.connectwise.errors import (
    BadCredentials,
    BadRequest,
    BadSite,
    Conflict,
    ConnectWiseError,
    Forbidden,
    InvalidResponse,
    NotAServiceTicket,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    Unreachable,
    WriteResultUnknown,
    WritesForbidden,
)
from app.connectwise.json_patch import patch_body
from app.connectwise.metrics import ClientMetrics
from app.connectwise.reference_cache import ReferenceCache
from app.connectwise.ticket_history import Scope
from app.connectwise.ticket_loader import fetch_case, fetch_for_conversion, load_for_plan, load_ticket

__all__ = [
    "Agreements",
    "BadCredentials",
    "BadRequest",
    "BadSignature",
    "BadSite",
    "CallbackKeys",
    "ClientConfig",
    "ClientMetrics",
    "Conflict",
    "ConnectWiseClient",
    "ConnectWiseError",
    "Forbidden",
    "InvalidResponse",
    "NotAServiceTicket",
    "NotFound",
    "Pace",
    "RateLimited",
    "ReferenceCache",
    "RegistrationChange",
    "ResponseTooLarge",
    "Scope",
    "ServerError",
    "TokenBucket",
    "Unreachable",
    "Wanted",
    "WriteResultUnknown",
    "WritesForbidden",
    "ensure",
    "fetch_case",
    "fetch_for_conversion",
    "is_loopback",
    "list_ours",
    "load_for_plan",
    "load_ticket",
    "mends",
    "normal_origin",
    "patch_body",
    "remove",
    "signature_of",
    "wanted_url",
]
