"""Sends one notification by Apprise in a thread of its own, so that a target that never answers holds up nothing."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Callable

import apprise

from app.notify.compose import Notification

SECONDS = 30.0
"""How long a target may take."""
_APP = "Mini-Projects"
_LOGGER = logging.getLogger("apprise")
_STATUS = re.compile(r"error[= ](\d{3})\b")
_OVERFLOW = re.compile(r"[?&]overflow=")


class _Reasons(logging.Handler):
    """Keeps the status codes of Apprise's log, which also holds addresses and texts and is not passed on."""

    def __init__(self) -> None:
        super().__init__()
        self.by_thread: dict[int, str] = {}

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if found := _STATUS.search(text):
            self.by_thread[threading.get_ident()] = f"HTTP {found[1]}"
        elif "onnection error" in text:
            self.by_thread[threading.get_ident()] = "no connection"


_busy: set[str] = set()
"""Addresses whose thread has not ended yet."""
_reasons = _Reasons()
_LOGGER.handlers, _LOGGER.propagate = [_reasons], False
_LOGGER.setLevel(logging.WARNING)


def _service(url: str) -> apprise.Apprise | None:
    """Apprise for one address. Without its own time limit, which uses threads that hold up the end of the process."""
    asset = apprise.AppriseAsset(
        app_id=_APP, app_desc="Mini-Projects for ConnectWise Manage", async_mode=False, service_timeout=0
    )
    plugin = apprise.Apprise.instantiate(url, asset=asset)
    if plugin is None:
        return None
    if not _OVERFLOW.search(url):
        plugin.overflow_mode = apprise.OverflowMode.SPLIT
    service = apprise.Apprise(asset=asset)
    service.add(plugin)
    return service


def is_valid(url: str) -> bool:
    """Whether Apprise understands the address. Sends nothing."""
    return _service(url) is not None


def _send(url: str, notification: Notification) -> str:
    """Empty, or why the notification did not arrive, without secrets."""
    service = _service(url)
    if service is None:
        return "Apprise does not understand the address"
    _reasons.by_thread.pop(threading.get_ident(), None)
    sort = apprise.NotifyType.WARNING if notification.is_warning else apprise.NotifyType.INFO
    done = service.notify(
        title=notification.title, body=notification.body, notify_type=sort, body_format=apprise.NotifyFormat.TEXT
    )
    return "" if done else _reasons.by_thread.pop(threading.get_ident(), "not accepted")


async def send(url: str, notification: Notification, *, seconds: float = SECONDS) -> str:
    """Empty, or why the notification did not arrive. The thread of a target that is too slow is left to its own end."""
    if url in _busy:
        return "the attempt before has not ended yet"
    _busy.add(url)
    try:
        async with asyncio.timeout(seconds):
            return await _in_thread(lambda: _send(url, notification), after=lambda: _busy.discard(url))
    except TimeoutError:
        return f"no answer within {seconds:.0f} s"
    except Exception as error:
        return type(error).__name__


async def _in_thread(work: Callable[[], str], *, after: Callable[[], None]) -> str:
    """Runs `work` and then `after` in a daemon thread, which does not hold up the end of the process."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[str] = loop.create_future()

    def settle(result: str | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result or "")

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as fault:
            error = fault
        finally:
            after()
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="notify", daemon=True).start()
    return await done
