"""Any ticket is read in bounded time and without an exception; irrelevant changes do not change the decision."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.chart import decide, shipped_chart
from app.domain.ticket import TicketRecord
from app.reading.mail import visible
from app.reading.sources import sender_text
from tests.support.limits import cpu_seconds, examples
from tests.support.tickets import booked, decided, labelled, ticket, ticket_record

SIZE = 1_000_000
HOSTILE = {
    "one letter": "a", "spaces": " ", "lines": "\n", "NULs": "\0", "direction marks": "\u202e", "open tags": "<", "divs": "<div>",
    "comments": "<!--", "marked sections": "<![CDATA[", "entities": "&#x41;", "ampersands": "&", "quotes": '"', "quoted lines": "> ",
    "headers": "From: a\n", "signatures": "-- \nkind regards\n", "pipes": "| ", "bills": "invoice after each ", "shares": "30% ",
    "fractions": "a third now ", "ratios": "1/2 ", "money": "€ 1.000 ", "months": "in march ", "names": "Anna and Bob ",
    "brackets": "Anna (x) ", "dashes": "Name - ", "parts": "site by site ", "secrets": "only anna may ", "negations": "not ",
    "Chinese": "测试", "emoji": "😀", "accents": "a\u0301", "ligatures": "\ufdfa",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", [pytest.param(piece, id=name) for name, piece in HOSTILE.items()])
def test_a_megabyte_of_anything_is_read_in_bounded_time(piece: str) -> None:
    text = piece * (SIZE // len(piece))
    chart = shipped_chart()
    fields: dict[str, Any] = {"summary": text, "notes": [{"text": text}] * 3, "company": {"name": text}, "resources": text,
                              "products": [{"description": text}] * 3, "poNumber": text, "type": {"name": text}}  # fmt: skip

    with cpu_seconds(5):
        decide(ticket_record(text, **fields), chart)


WORDS = ["accepted", "quote", "invoice", "after each", "site", "phase 1", "two engineers", "in march", "until", "may not", "or", "300 eur",
         "Anna", "and", "bob", "for", "contact"]  # fmt: skip


def test_words_that_mean_much_in_any_order_are_read_in_bounded_time() -> None:
    text = " ".join(WORDS[number * number % len(WORDS)] for number in range(100_000))

    with cpu_seconds(5):
        decided(text)


KEYS = [
    "id",
    "name",
    "type",
    "text",
    "member",
    "start",
    "end",
    "cycle",
    "dateStart",
    "hours",
    "price",
    "quantity",
    "description",
]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
    | st.sampled_from(["2026-02-03", "1e999", "-5", "0001-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
MEMBERS = ["id", "summary", "initialDescription", "board", "type", "company", "contact", "dateEntered", "budgetHours", "estimatedStartDate",
           "requiredDate", "agreement", "billingPeriod", "opportunity", "resources", "customFields", "scheduleEntries", "tasks", "products",
           "configurations", "contactsCc", "notes", "poNumber", "_info"]  # fmt: skip


@examples(60)
@given(st.dictionaries(st.sampled_from(MEMBERS), anything, max_size=8))
def test_any_value_in_any_field_gives_a_decision(case: dict[str, Any]) -> None:
    assert len(decide(TicketRecord.from_json(case), shipped_chart()).findings) == 6


@examples(60)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=400) | st.text("<>&;/!-=\"' abc\n\0\u202e", max_size=400)
)
def test_any_text_gives_a_decision_and_no_unseen_characters(text: str) -> None:
    decided(text, summary=text)

    assert not set(visible(text).text) & set("\0\u202e\r")


def test_quoted_threads_signatures_and_disclaimers_are_not_the_senders_words() -> None:
    text = (
        "Please reset my password.\n\nKind regards\nIda Long\nSenior Project Manager | Rollout\n"
        "This e-mail is intended only for the recipient.\n\n-----Original Message-----\nFrom: x\nSubject: SOW, phases 1-4"
    )

    assert sender_text(text).strip() == "Please reset my password."


CASES = [case for name in ("general-1", "english-1", "languages-1") for case, _ in labelled(name)]
A_CASE = st.sampled_from(CASES)


def same(case: dict[str, Any], changed: dict[str, Any]) -> bool:
    chart = shipped_chart()
    first, second = (decide(TicketRecord.from_json(each), chart) for each in (case, changed))
    return first.outcome is second.outcome


@examples(40)
@given(A_CASE)
def test_html_says_what_plain_text_says(case: dict[str, Any]) -> None:
    text = case["initialDescription"] or ""
    if "<" not in text:
        marked = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))

        assert same(case, case | {"initialDescription": f"<html><body>{marked}</body></html>"})


@examples(40)
@given(A_CASE)
def test_a_signature_and_a_disclaimer_change_nothing(case: dict[str, Any]) -> None:
    end = "\n\nKind regards\nIda Long\nProject Manager | Migration Rollout Ltd\nThis e-mail is intended only for the recipient named above."

    assert same(case, case | {"initialDescription": (case["initialDescription"] or "") + end})


@examples(40)
@given(
    A_CASE, st.sampled_from(["Rollout Rentals Ltd", "Project & Sons", "Migration Partners GmbH", "Quote Accepted Inc"])
)
def test_the_customers_name_changes_nothing(case: dict[str, Any], name: str) -> None:
    text, own = case["initialDescription"] or "", (case.get("company") or {}).get("name") or "-"
    if own.split()[0] not in text + (case["summary"] or ""):
        assert same(case, case | {"company": {"name": name}, "initialDescription": f"{text}\n{name}"})


NOTES = [{"text": "Customer called, wants a call back."}, {"text": "Left a message."}, {"text": "Spoke to reception."}]


@examples(30)
@given(A_CASE, st.permutations(NOTES))
def test_the_order_of_notes_changes_nothing(case: dict[str, Any], notes: list[dict[str, str]]) -> None:
    assert same(case | {"notes": NOTES}, case | {"notes": notes})


@pytest.mark.parametrize("weeks", [0, 4, 8])
def test_a_date_moved_with_its_now_changes_nothing(weeks: int) -> None:
    first, second = f"2026-0{2 + weeks // 4}-03", f"2026-0{3 + weeks // 4}-10"
    case = ticket("Order 12 confirmed.", dateEntered=f"2026-0{1 + weeks // 4}-15T09:00:00Z",
                  scheduleEntries=[booked("kim", first), booked("lou", second)])  # fmt: skip

    assert decide(TicketRecord.from_json(case), shipped_chart()).outcome == "project"


def test_capitals_change_few_decisions() -> None:
    loud = [case | {"initialDescription": (case["initialDescription"] or "").upper()} for case in CASES]
    differing = sum(not same(case, changed) for case, changed in zip(CASES, loud, strict=True))

    assert differing <= len(CASES) * 0.02
