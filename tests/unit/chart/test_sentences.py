"""How much the chart reads in one sentence that stands alone, said in a roundabout way as often as plainly: a hundred for each meaning.

They were written without a look at the word lists. The first, third, fifth… of each file were looked at since and
helped to mend the lists; the others never were: their floors tell what is understood of sentences nobody tuned to. In a
ticket several say the same, so the chart decides far better than it reads single ones (`test_scores.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.chart import shipped_chart
from app.chart.decide import evidence_of, limits_of
from app.chart.rows.finance import FinanceScore, score_finance
from app.chart.rows.registry import score_rows
from app.chart.rows.row_score import RowScore
from app.domain.enums import Criterion
from app.domain.ticket import TicketRecord
from app.reading.evidence import Evidence
from app.reading.facts.job_size import JobSize
from tests.support.tickets import ticket

SENTENCES = Path(__file__).parents[2] / "cases" / "sentences"
Reads = Callable[[Evidence], bool]


def sentences(meaning: str) -> list[str]:
    return (SENTENCES / f"{meaning}.txt").read_text(encoding="utf-8").splitlines()


def evidence(sentence: str) -> Evidence:
    return evidence_of(TicketRecord.from_json(ticket(sentence, "Request")), shipped_chart())


def hint(read: Evidence, criterion: Criterion) -> RowScore:
    chart = shipped_chart()
    return score_rows(read, limits_of(chart, JobSize(read), read.periods), chart.table)[criterion]


def money(read: Evidence) -> FinanceScore:
    return score_finance(read, shipped_chart().table)


FLOORS: list[tuple[str, Reads, int]] = [
    ("progress_billing", lambda read: hint(read, Criterion.BILLING).project >= 2, 27),
    ("single_billing", lambda read: hint(read, Criterion.BILLING).service >= 2, 16),
    ("many_people", lambda read: hint(read, Criterion.SCHEDULING).project >= 1, 12),
    ("one_person", lambda read: hint(read, Criterion.SCHEDULING).service >= 2, 12),
    ("own_team", lambda read: hint(read, Criterion.TEAM).project >= 2, 11),
    ("contacts", lambda read: hint(read, Criterion.CONTACTS).project >= 1, 6),
    ("stages", lambda read: hint(read, Criterion.DURATION).project >= 1, 43),
    ("one_visit", lambda read: hint(read, Criterion.DURATION).service >= 1, 20),
    ("ordered", lambda read: money(read).sold >= 1, 27),
    ("priced", lambda read: money(read).sold >= 1, 35),
    ("not_ordered", lambda read: money(read).sold < 1.5, 48),
    ("covered", lambda read: money(read).covered, 8),
    ("fault", lambda read: money(read).fault > 0, 28),
    ("request", lambda read: money(read).support > 0, 21),
]


@pytest.mark.parametrize(("meaning", "reads", "floor"), FLOORS, ids=[meaning for meaning, *_ in FLOORS])
def test_of_fifty_sentences_nobody_tuned_to_so_many_are_read(meaning: str, reads: Reads, floor: int) -> None:
    unseen = sentences(meaning)[1::2]
    assert len(unseen) == 50
    assert sum(reads(evidence(sentence)) for sentence in unseen) >= floor


@pytest.mark.parametrize("meaning", ["fault", "request"])
def test_plain_support_is_never_read_as_a_job_in_parts_and_hardly_ever_as_sold(meaning: str) -> None:
    plain = [evidence(sentence) for sentence in sentences(meaning)]
    rows = (Criterion.BILLING, Criterion.TEAM, Criterion.CONTACTS)
    assert not any(hint(read, row).project >= 2 for read in plain for row in rows)
    assert sum(money(read).sold >= 2 for read in plain) <= 1
