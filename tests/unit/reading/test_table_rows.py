"""Tables of phases or prices in a text are part of the request."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.reading.segments import sentences
from app.reading.sources import sender_text
from app.reading.table_rows import rows_as_items
from app.reading.values.work_phases import stated_phases

MARKDOWN = "| Phase | Hours |\n|---|---|\n| Survey | 20 h |\n| Cabling | 40 h |"
DRAWN = "+---------+-------+\n| Survey | 20 h |\n+---------+-------+\n| Cabling | 40 h |\n+---------+-------+"
TABS = "Phase\tHours\nSurvey\t20 h\nCabling\t40 h"
HTML = "<table><tr><th>Phase</th><th>Hours</th></tr><tr><td>Survey</td><td>20 h</td></tr><tr><td>Cabling</td><td>40 h</td></tr></table>"


@pytest.mark.parametrize("table", [MARKDOWN, DRAWN, TABS, HTML], ids=["markdown", "drawn", "tabs", "html"])
def test_the_rows_of_a_table_of_phases_are_phases_of_work(table: str) -> None:
    text = sender_text(f"Order signed. The plan:\n\n{table}\n\nStart in March.", "Cabling")
    found = stated_phases(sentences(text, "initialDescription"), date(2026, 1, 15))
    assert found is not None
    assert [(phase.name, phase.hours) for phase in found.phases] == [("Survey", Decimal(20)), ("Cabling", Decimal(40))]


def test_a_price_stays_with_its_row() -> None:
    text = rows_as_items("Prices:\n| Item | Price |\n|---|---|\n| Survey | €2,400 |\n| Cabling | €4,800 |")
    assert text == "Prices:\nItem, Price\n- Survey, €2,400\n- Cabling, €4,800"


def test_a_single_line_with_bars_is_no_table() -> None:
    for text in ("Ann Lee | Accounts | ext. 12", "a\tb", "no bars at all", "|||\n|||"):
        assert rows_as_items(text) == text


def test_a_purchase_order_with_dots_stays_in_its_sentence() -> None:
    (sentence,) = sentences("Please go ahead, P.O. 7781.", "summary")
    assert "P.O. 7781" in sentence.written
