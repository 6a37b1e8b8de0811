"""Decisions a second on one core, beside a fixed loop of the same run: `python -m tests.bench.decisions`.

Warm: the cases come round again, as their sentences do in a service desk. Cold: no sentence was ever seen before. The
reference loop makes the figures of two machines comparable: decisions for each million of its steps.
"""

from __future__ import annotations

import pkgutil
import time
from collections.abc import Callable
from importlib import import_module

import app.reading
from app.chart import Chart, decide, shipped_chart
from app.domain.ticket import TicketRecord
from tests.support.tickets import labelled

_MODULES = [
    import_module(found.name) for found in pkgutil.walk_packages(app.reading.__path__, f"{app.reading.__name__}.")
]
_REMEMBERED = [
    kept
    for module in _MODULES
    for kept in vars(module).values()
    if hasattr(kept, "cache_clear") and kept.__module__ == module.__name__ and kept.cache_parameters()["maxsize"]
]
"""Caches of texts, sentences and names, which have a limit; compiled phrases and vocabulary, without one, stay."""
_ROUNDS = 5
_STEPS = 2_000_000


def main() -> None:
    """Prints the figures."""
    chart = shipped_chart()
    cases = [TicketRecord.from_json(case) for case, _ in labelled("general-1")]

    def once() -> None:
        for case in cases:
            decide(case, chart)

    once()
    steps = _STEPS / min(_seconds(_reference) for _ in range(_ROUNDS))
    warm = len(cases) / min(_seconds(once) for _ in range(_ROUNDS))
    cold = len(cases) / min(_cold(chart, once) for _ in range(_ROUNDS))
    print(f"reference loop      {steps / 1e6:8.1f} million steps/s")
    for name, rate in (("warm", warm), ("cold sentences", cold)):
        print(f"{name:<19} {rate:8.0f} decisions/s   {rate / (steps / 1e6):8.1f} per million reference steps")


def _cold(chart: Chart, once: Callable[[], None]) -> float:
    chart.reader.forget()
    for remembered in _REMEMBERED:
        remembered.cache_clear()
    return _seconds(once)


def _seconds(run: Callable[[], None]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _reference() -> None:
    total = 0
    for step in range(_STEPS):
        total += step & 7


if __name__ == "__main__":
    main()
