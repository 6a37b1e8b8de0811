"""ConnectWise client. URLs, payloads and error behaviour are known only here.

Knows neither the chart nor the settings: a `ClientConfig` says how to reach ConnectWise.
"""

from app.connectwise.agreements import Agreements
from app.connectwise.bundle_reads import Wanted, counted_at, list_at, record_at
from app.connectwise.callbacks.registration import (
    RegistrationChange,
    ensure,
    list_ours,
    registration_changes,
    remove,
    wanted_url,
)
from app.connectwise.callbacks.verification import BadSignature, CallbackKeys, check_signature_form, signature_of
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
    NotApiAnswer,
    NotAServiceTicket,
    NotFound,
    RateLimited,
    ResponseTooLarge,
    ServerError,
    Unreachable,
    WriteResultUnknown,
    WritesForbidden,
    WrongHost,
)
from app.connectwise.json_patch import patch_body
from app.connectwise.metrics import ClientMetrics
from app.connectwise.reference_cache import ReferenceCache
from app.connectwise.tenant_profile import TenantProfile
from app.connectwise.ticket_history import Scope
from app.connectwise.ticket_loader import load_for_plan, load_ticket

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
    "NotApiAnswer",
    "NotFound",
    "Pace",
    "RateLimited",
    "ReferenceCache",
    "RegistrationChange",
    "ResponseTooLarge",
    "Scope",
    "ServerError",
    "TenantProfile",
    "TokenBucket",
    "Unreachable",
    "Wanted",
    "WriteResultUnknown",
    "WritesForbidden",
    "WrongHost",
    "check_signature_form",
    "counted_at",
    "ensure",
    "is_loopback",
    "list_at",
    "list_ours",
    "load_for_plan",
    "load_ticket",
    "normal_origin",
    "patch_body",
    "record_at",
    "registration_changes",
    "remove",
    "signature_of",
    "wanted_url",
]
