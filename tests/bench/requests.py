"""Requests to ConnectWise per ticket, by outcome: `python -m tests.bench.requests`.

Every sample ticket is run once in live mode on a warm service (lists that change rarely are read already, as they are after
the first ticket of each kind); reads and writes are counted from the sandbox's own journal.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from app.sandbox import samples
from tests.support.app_client import site


async def count() -> dict[str, list[tuple[int, int]]]:
    """Reads and writes of each ticket, by outcome; the first ticket of an outcome warms the lists and is left out."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        async with site(Path(folder)) as service:
            for sample in samples.samples():
                ticket = samples.create(service.sandbox, sample)
                service.sandbox.outbox.take()
                before = len(service.sandbox.journal)
                decision = await service.reclassify(ticket)
                asked = service.sandbox.journal[before:]
                writes = sum(exchange.is_write for exchange in asked)
                found[decision["outcome"]].append((len(asked) - writes, writes))
    return found


def main() -> None:
    """Prints the medians."""
    print(f"{'outcome':<16}{'tickets':>8}{'reads':>8}{'writes':>8}")
    for outcome, counts in sorted(asyncio.run(count()).items()):
        warm = counts[1:] or counts
        reads, writes = (statistics.median(one[part] for one in warm) for part in (0, 1))
        print(f"{outcome:<16}{len(warm):>8}{reads:>8.0f}{writes:>8.0f}")


if __name__ == "__main__":
    main()
