"""`python -m tests.chaos --kills 200 --seed 1 --database sqlite|postgres`, or `--matrix` for a death at every request.

`--money` dies before and after every write of the stories of money and checks that each undo is exact.
`--moods` plays every story under every mood of a tenant, undisturbed and with a death at every write.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.chaos.fault_injector import Faults, inject_faults
from tests.chaos.matrix import MONEY_STORIES, STORIES, staged
from tests.chaos.moods import MOODS, play_mood
from tests.chaos.paused import rounds
from tests.support.crash_points import Death
from tests.support.databases import fresh_database


def main() -> int:
    """Exits with 0 when nothing was lost and nothing was done twice."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        if asked.pauses:
            return _pauses(asked, Path(folder))
        if asked.money:
            return _money(asked.database, Path(folder))
        if asked.moods:
            return _moods(asked.database, Path(folder))
        return _matrix(asked.database, Path(folder)) if asked.matrix else _random_faults(asked, Path(folder))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="service processes to kill")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--tickets", type=int, default=10, help="tickets at the beginning; more arrive")
    parser.add_argument("--pauses", type=int, default=0, help="rounds with a paused process, on PostgreSQL")
    parser.add_argument("--takeover", action="store_true", help="with --pauses: a person takes each paused run over")
    parser.add_argument("--matrix", action="store_true", help="die before and after every request of every story")
    parser.add_argument("--money", action="store_true", help="die before and after every write of every story of money")
    parser.add_argument(
        "--moods", action="store_true", help="every story under every mood of a tenant, with deaths at every write"
    )
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


def _pauses(asked: argparse.Namespace, folder: Path) -> int:
    wrong = 0
    for story in ("move", "conversion"):
        (folder / story).mkdir()
        results = rounds(story, folder / story, count=asked.pauses, seed=asked.seed, takeover=asked.takeover)
        for number, result in enumerate(results, 1):
            wrong += bool(result.faults)
            for fault in result.faults:
                print(f"WRONG: {story}, pause {number}: {fault[:1000]}", flush=True)
            if number % 10 == 0 or number == asked.pauses:
                print(f"postgres, {story}: {number} pauses, {wrong} wrong so far", flush=True)
    return 1 if wrong else 0


def _moods(kind: str, folder: Path) -> int:
    wrong = 0
    for story in STORIES:
        for mood in MOODS:
            place = folder / f"{story.name}-{mood.name}"
            place.mkdir()
            result = play_mood(story, mood, kind, place)
            for fault in result.faults:
                print(f"WRONG: {story.name}, {mood.name}: {fault}")
            wrong += len(result.faults)
            print(
                f"{kind}, {story.name}, {mood.name}: ends {result.status}, {result.deaths} deaths, {wrong} wrong so far",
                flush=True,
            )
    return 1 if wrong else 0


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


def _money(kind: str, folder: Path) -> int:
    wrong = 0
    for story in MONEY_STORIES:
        (folder / story.name).mkdir()
        with staged(story, kind, folder / story.name) as stage:
            right, _ = stage.play()
            writes, changed = stage.writes(), stage.changed() if story.undo else []
            wrong += len(changed) != story.stays
            deaths = [Death(nth, after=after) for nth in writes for after in (False, True)]
            for death in deaths:
                if stage.play(death)[0] != right:
                    print(f"WRONG: {story.name}, killed {'after' if death.after else 'before'} request {death.nth}")
                    wrong += 1
        print(
            f"{kind}, {story.name}: {len(deaths)} deaths, {len(changed)} kinds of records stay, {wrong} wrong so far",
            flush=True,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
