"""ConnectWise Manage over httpx: the only room that knows its URLs, its JSON and its moods.

It knows neither the chart nor the settings: it is told how to reach ConnectWise, and gives JSON and errors.
"""

from app.manage.callbacks import Mend, ensure, list_ours, mends, remove, wanted_url
from app.manage.case import Agreements, fetch_case, fetch_counts
from app.manage.catalogue import CatalogueCache
from app.manage.client import Manage
from app.manage.config import ManageConfig, Pace, TokenBucket, is_loopback, normal_origin
from app.manage.errors import (
    BadCredentials,
    BadSite,
    Conflict,
    Forbidden,
    Lost,
    ManageError,
    Nonsense,
    NotAServiceTicket,
    NotFound,
    Refused,
    ServerFault,
    Throttled,
    Unreachable,
    WritesForbidden,
)
from app.manage.patching import patch_body
from app.manage.signature import BadSignature, CallbackKeys, signature_of

__all__ = [
    "Agreements",
    "BadCredentials",
    "BadSignature",
    "BadSite",
    "CallbackKeys",
    "CatalogueCache",
    "Conflict",
    "Forbidden",
    "Lost",
    "Manage",
    "ManageConfig",
    "ManageError",
    "Mend",
    "Nonsense",
    "NotAServiceTicket",
    "NotFound",
    "Pace",
    "Refused",
    "ServerFault",
    "Throttled",
    "TokenBucket",
    "Unreachable",
    "WritesForbidden",
    "ensure",
    "fetch_case",
    "fetch_counts",
    "is_loopback",
    "list_ours",
    "mends",
    "normal_origin",
    "patch_body",
    "remove",
    "signature_of",
    "wanted_url",
]
