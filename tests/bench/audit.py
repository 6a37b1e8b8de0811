"""The audit against the sandbox over HTTP: `python -m tests.bench.audit [--tickets 20000] [--rounds 1] [--wait 0]`.

The sandbox is a process of its own, and so is the part of the audit that judges: on two cores each has its half. The bare
client sends the very same requests again, as many at once, and throws the answers away: what no audit could be faster than.
The sandbox answers at once and takes one of the cores, which ConnectWise does not: `--wait` puts it at a distance.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import statistics
from importlib import import_module

from tests.support.live_server import free_port


def _serve(port: int) -> None:
    import_module("app.sandbox").serve(port=port)


def main() -> None:
    """Prints seconds, the ratio, requests for 1,000 tickets, and the most memory that was used."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--tickets", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--concurrency", type=int, default=4)
    asked.add_argument(
        "--wait", type=int, default=0, help="milliseconds that each answer takes longer, as over a network"
    )
    words = asked.parse_args()
    port = free_port()
    sandbox = multiprocessing.get_context("spawn").Process(target=_serve, args=(port,), daemon=True)
    sandbox.start()
    try:
        rounds = asyncio.run(import_module("tests.bench.audit_rounds").measured(f"http://127.0.0.1:{port}", words))
    finally:
        sandbox.terminate()
        sandbox.join()
    one = rounds[-1]
    audit, bare = (statistics.median(getattr(found, name) for found in rounds) for name in ("audit", "bare"))
    per = one.tickets / 1000
    own, judging = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"{one.tickets} tickets, {words.concurrency} requests at once, answers {words.wait} ms away,"
        f" {words.rounds} rounds, medians"
    )
    print(f"audit           {audit:7.1f} s   {one.tickets / audit:6.0f} tickets a second")
    print(f"bare client     {bare:7.1f} s")
    print(f"ratio           {audit / bare:7.2f}")
    print(
        f"requests        {one.requests / per:7.1f} for 1,000 tickets, {(one.requests - one.texts) / per:.1f} beside the texts"
    )
    print(f"suggestions     {one.suggesting:7.1f} s, report {one.report:.1f} s, what-if {one.what_if:.1f} s")
    print(f"most memory     {own:7.0f} MB, and at most {judging:.0f} MB in a process beside it")


if __name__ == "__main__":
    main()
