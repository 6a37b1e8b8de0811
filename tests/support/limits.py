"""How much a test tries and how much it may take: examples by lane, processor time instead of the clock on the wall."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import settings

_FAST_EXAMPLES = 6


def register_profiles() -> None:
    """The profiles of both lanes. `deploy/test fast` chooses `fast`; no example has a deadline, since machines are busy."""
    settings.register_profile("full", deadline=None)
    settings.register_profile("fast", deadline=None, max_examples=_FAST_EXAMPLES)
    settings.load_profile("full")


def examples(count: int) -> settings:
    """So many examples in the full lane, a few in the fast one."""
    is_fast = settings.get_current_profile_name() == "fast"
    return settings(max_examples=min(count, _FAST_EXAMPLES) if is_fast else count)


@contextmanager
def cpu_seconds(most: float) -> Iterator[None]:
    """Fails where this thread used more processor time inside: other processes of a busy machine do not count."""
    began = time.thread_time()
    yield
    used = time.thread_time() - began
    assert used <= most, f"{used:.1f} s of processor time, at most {most:g} s are allowed"
