"""`python -m tests.chaos --kills 200 --seed 1 --database sqlite|postgres`, or `--matrix` for a death at every request."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.fault_injector import Faults, inject_faults
from tests.chaos.matrix import STORIES, staged
from tests.support.crash_points import Death
from tests.support.databases import fresh_database


def main() -> int:
    """Exits with 0 when nothing was lost and nothing was done twice."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        return _matrix(asked.database, Path(folder)) if asked.matrix else _random_faults(asked, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="service processes to kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--tickets", type=int, default=10, help="tickets at the beginning; more arrive")
    parser.add_argument("--matrix", action="store_true", help="die before and after every request of every story")
    return parser.parse_args()


def _random_faults(asked: argparse.Namespace, folder: Path) -> int:
    processes = 2 if asked.database == "postgres" else 1
    with fresh_database(asked.database, folder) as url:
        report = inject_faults(url, Faults(asked.kills, asked.seed, processes, asked.tickets))
    print(
        f"{asked.database}, seed {asked.seed}, {processes} process(es): {report.kills} kills in {report.seconds:.0f} s, "
        f"{report.tickets} tickets, {report.interfered} changed by a person: {report.outcomes}"
    )
    for fault in report.faults:
        print(f"WRONG: {fault}")
    print("Nothing lost, nothing twice." if not report.faults else f"{len(report.faults)} faults.")
    return 1 if report.faults else 0


def _matrix(kind: str, folder: Path) -> int:
    wrong = 0
    for story in STORIES:
        (folder / story.name).mkdir()
        with staged(story, kind, folder / story.name) as stage:
            right, requests = stage.play()
            for nth in range(1, requests + 1):
                for after in (False, True):
                    if stage.play(Death(nth, after=after))[0] != right:
                        print(f"WRONG: {story.name}, killed {'after' if after else 'before'} request {nth}")
                        wrong += 1
        print(f"{kind}, {story.name}: {2 * requests} deaths, {wrong} wrong so far", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
