"""ConnectWise Manage over httpx: the only room that knows its URLs, its JSON and its moods.

It knows neither the chart nor the settings: it is told how to reach ConnectWise, and gives JSON and errors.
"""

from app.manage.agreements import Agreements
from app.manage.bundles import Wanted
from app.manage.callbacks import Mend, ensure, list_ours, mends, remove, wanted_url
from app.manage.case import fetch_case, fetch_for_conversion
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
    Oversized,
    Refused,
    ServerFault,
    Throttled,
    Unreachable,
    WritesForbidden,
)
from app.manage.figures import Figures
from app.manage.history import Scope
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
    "Figures",
    "Forbidden",
    "Lost",
    "Manage",
    "ManageConfig",
    "ManageError",
    "Mend",
    "Nonsense",
    "NotAServiceTicket",
    "NotFound",
    "Oversized",
    "Pace",
    "Refused",
    "Scope",
    "ServerFault",
    "Throttled",
    "TokenBucket",
    "Unreachable",
    "Wanted",
    "WritesForbidden",
    "ensure",
    "fetch_case",
    "fetch_for_conversion",
    "is_loopback",
    "list_ours",
    "mends",
    "normal_origin",
    "patch_body",
    "remove",
    "signature_of",
    "wanted_url",
]
