"""The datasheet of the labelled tickets agrees with the sets."""

from __future__ import annotations

import json
import re

from tests.support.tickets import CASES

SETS = {path: path.read_text(encoding="utf-8").splitlines() for path in sorted(CASES.glob("*/*.jsonl"))}
DATASHEET = (CASES / "README.md").read_text(encoding="utf-8")


def test_the_datasheet_lists_each_set_under_its_split_with_its_size_and_outcomes() -> None:
    shown: dict[str, tuple[str, int, list[int]]] = {}
    for part in DATASHEET.split("\n### ")[1:]:
        split = part.splitlines()[0]
        for name, tickets, outcomes in re.findall(r"^\| ([a-z]+-\d+) \| (\d+) \| [^|]+ \| ([\d /]+) \|", part, re.M):
            shown[name] = split, int(tickets), [int(count) for count in outcomes.split(" / ")]
    names = ("SERVICE_TICKET", "MINI_PROJECT", "PROJECT", "AMBIGUOUS")
    expected = {}
    for path, lines in SETS.items():
        outcomes = [json.loads(line)["label"]["outcome"] for line in lines]
        expected[path.stem] = path.parent.name, len(lines), [outcomes.count(name) for name in names]
    assert shown == expected
    assert f"{len(SETS)} sets with {sum(map(len, SETS.values())):,} tickets" in DATASHEET


def test_a_ticket_stands_in_one_set_only() -> None:
    texts = [json.dumps({**json.loads(line), "id": 0, "label": None}) for lines in SETS.values() for line in lines]
    assert len(texts) == len(set(texts))


def test_a_sets_name_is_unique_across_the_splits() -> None:
    assert len({path.stem for path in SETS}) == len(SETS)
