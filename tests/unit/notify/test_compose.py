"""The text of a notification: one message in full, several counted, hostile texts harmless."""

from __future__ import annotations

from app.notify.compose import compose, plain
from app.notify.model import Kind
from app.storage import MessageRow


def row(number: int, kind: Kind = Kind.REVIEW) -> MessageRow:
    content = {"title": f"Needs review: ticket {number}", "text": "Why?", "link": f"https://x.example/tickets/{number}"}
    return MessageRow(str(number), kind, content, "2026-12-01T10:00:00.000000Z", 1, None)


def test_a_single_message_is_the_notification() -> None:
    assert compose([row(7)], overview="https://x.example") == (
        "Needs review: ticket 7",
        "Why?\nhttps://x.example/tickets/7",
        False,
    )


def test_several_messages_are_counted_and_listed() -> None:
    found = compose([row(1), row(2), row(3, Kind.FAILED), row(4, Kind.AWAY)], overview="")
    assert found.title == "Mini-Projects: 2 need review, 1 failed, 1 about the service"
    assert found.is_warning
    assert [part.splitlines()[0][-1] for part in found.body.split("\n\n")] == ["1", "2", "3", "4"]


def test_a_flood_is_cut_with_its_number() -> None:
    found = compose([row(number) for number in range(100)], overview="https://x.example")
    assert found.title == "Mini-Projects: 100 need review"
    assert found.body.endswith("and 85 more\nhttps://x.example")


def test_ticket_text_makes_no_markup_link_or_mention() -> None:
    hostile = "<!channel> [pay](https://evil.example) @everyone `x`\n# title \u202eabc\x00 **b** www.evil.example"
    shown = plain(hostile)
    assert not set(shown) & set("<>[]`@*#\n\u202e\x00")
    assert "://" not in shown
    assert "www." not in shown
    assert plain("Müller & Söhne: Firewall, 3 Stück (neu)") == "Müller & Söhne: Firewall, 3 Stück (neu)"
    assert len(plain("x" * 500)) == 120
