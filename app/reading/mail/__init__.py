"""Mail text as it arrives, split into typed segments; pure functions without input or output."""

from app.reading.mail.covers import consents
from app.reading.mail.model import Role, Segment
from app.reading.mail.split import MOST_READ, read_mail, request_text
from app.reading.mail.visible import MOST_RAW, Visible, visible

__all__ = ["MOST_RAW", "MOST_READ", "Role", "Segment", "Visible", "consents", "read_mail", "request_text", "visible"]
