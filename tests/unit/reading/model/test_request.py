"""Requests of the model-backed reader: numbered lines, masks, the same bytes each time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.chart import parse_chart, shipped_chart
from app.chart.model_request import model_request
from app.domain.enums import Criterion, Outcome, PointsTo
from app.reading.model.answer import read_answer
from app.reading.model.examples import Example, nearest
from app.reading.model.prompt import answer_schema, system_text
from app.reading.model.request import ReaderRequest
from tests.support.model_answers import completion
from tests.support.tickets import booked, ticket_record

MAIL = """Hi Bruno,

we accept your offer of 480 for the meeting room. Please call me on 01452 330 998.

Ines Quill

From: Bruno Hale <bruno@example.com>
Sent: Monday, 12 January 2026 10:00
To: Ines Quill <ines@example.com>
Subject: Offer 71

Dear Ines, phase one in May, phase two in August."""


def requested(text: str = MAIL, *, redact: bool = True, **changes: Any) -> ReaderRequest:
    return model_request(ticket_record(text, **changes), shipped_chart(), redact=redact)


def shown(request: ReaderRequest) -> str:
    return str(request.body["messages"][1]["content"])


def test_new_text_history_and_records_have_their_roles() -> None:
    request = requested(scheduleEntries=[booked("bhale", "2026-01-20")])
    roles = {line.text: (line.role, line.counts) for line in request.lines}

    assert next(found for text, found in roles.items() if "480" in text) == ("new text", True)
    assert next(found for text, found in roles.items() if "phase two" in text) == ("history", False)
    assert next(found for text, found in roles.items() if text.startswith("scheduled:"))[0] == "record"
    assert [line.number for line in request.lines] == list(range(1, len(request.lines) + 1))


def test_the_same_ticket_gives_the_same_bytes_and_another_text_another_key() -> None:
    first, again, other = requested(), requested(), requested("we decline your offer")

    assert first.to_batch_line() == again.to_batch_line()
    assert first.key == again.key != other.key


def test_names_numbers_and_addresses_are_masked_and_amounts_and_dates_stay() -> None:
    text = shown(requested())

    for secret in ("Bruno", "Ines", "Quill", "330 998", "bruno@example.com"):
        assert secret not in text
    assert "480" in text
    assert "May" in text
    assert "Ines Quill" in shown(requested(redact=False, contactsCc=[{"name": "Ines Quill"}]))


def test_the_billing_periods_of_the_customer_are_shown() -> None:
    period = {"cycle": "Monthly", "start": "2025-12-26", "end": "2026-01-25"}

    assert "2025-12-26 to 2026-01-25; then 2026-01-26 to 2026-02-25" in shown(requested(billingPeriod=period))


def test_examples_change_the_text_but_not_the_key() -> None:
    ticket = ticket_record(MAIL)
    near = Example(ticket_record("we accept your offer for the boardroom", id=9), Outcome.MINI_PROJECT, why="one visit")
    far = Example(ticket_record("Drucker druckt nicht mehr", id=10), Outcome.SERVICE_TICKET)
    request = model_request(ticket, shipped_chart(), examples=[far, near])

    assert "boardroom" in shown(request)
    assert "finance project" in shown(request)
    assert request.key == requested().key
    assert nearest(ticket, [far, near])[0] is near
    assert nearest(ticket, [Example(ticket, Outcome.PROJECT)]) == []


def test_no_more_than_eight_examples_are_sent() -> None:
    many = [Example(ticket_record(f"accept offer {n} for the room", id=n), Outcome.MINI_PROJECT) for n in range(1, 20)]

    assert shown(model_request(ticket_record(MAIL), shipped_chart(), examples=many)).count("A person decided:") == 8


def test_the_instructions_name_every_row_and_no_outcome_as_an_answer() -> None:
    guidance = shipped_chart().guidance.model_dump()
    text = system_text(guidance)

    assert not any("{" + name + "}" in text for name in guidance)
    assert set(guidance) == {*(criterion.value for criterion in Criterion), "general"}
    assert all(paragraph in text for paragraph in guidance.values())
    assert set(answer_schema()["properties"]["rows"]["properties"]) == {criterion.value for criterion in Criterion}
    assert "outcome" not in json.dumps(answer_schema())
    assert {side.value for side in PointsTo} == set(
        answer_schema()["properties"]["rows"]["properties"]["team"]["properties"]["says"]["enum"]
    )


def test_a_chart_brings_its_guidance() -> None:
    chart = parse_chart("guidance: {team: Only the night shift.}\n")
    request, shipped = (model_request(ticket_record(MAIL), each) for each in (chart, shipped_chart()))

    assert "team: Only the night shift." in request.body["messages"][0]["content"]
    assert request.key != shipped.key


def test_long_texts_are_cut_and_any_text_can_be_sent() -> None:
    request = requested("A row of words that goes on. " * 40_000 + "\x00 \ud800 end")

    assert len(shown(request)) < 40_000
    assert json.loads(request.to_batch_line().encode("utf-8", "replace"))["custom_id"] == request.key


@pytest.mark.parametrize(
    "piece",
    [
        "Dr ",
        "van de ",
        "(0 ",
        "+49 0",
        "a@",
        "http://",
        "[person 1] ",
        "12 A ",
        "1.",
        "DE89 ",
        "日本 ",
        '{"rows":',
        "A'",
        "\u202e",
    ],
)
def test_hostile_text_is_sent_in_bounds_and_can_be_quoted(piece: str) -> None:
    request = model_request(ticket_record(piece * 20_000, piece * 100, contact={"name": piece * 30}), shipped_chart())

    assert len(shown(request)) < 40_000
    assert all("\n" not in line.text for line in request.lines)
    assert not read_answer(completion(piece * 5_000), request).usable
