"""The report in its three forms. One ticket has the same values in all of them, and the totals are the same numbers.

Every text of a ticket is hostile: the page gets it as data only and shows it as text, and a cell of the spreadsheet that
would be a formula gets an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from app.audit.evaluate import Row
from app.audit.missing_data import KNOWN_BY_TIME
from app.audit.report import charts
from app.audit.report.figures import amount, answers, figures, gaps, percent, shown
from app.audit.totals import CHART_SAYS, GROUPS, HINDSIGHT_SAYS, misplaced, waits_for_bill, would_move

COLUMNS = (
    "id", "link", "entered", "month", "board", "company", "type", "summary", "closed", "chart", "why", "rule", "settled_by", "hindsight",
    "because", "agrees", "would_move", "in_professional_services", "misplaced", "hours", "billed", "covered_hours", "covered", "open",
    "staged", "late_hours", "late", "budget", "members", "periods", "days", "invoices", "schedule", "contacts", "texts", "unread",
)  # fmt: skip
_FORMULA = re.compile(r"""(^|[;\t\r\n]["\s]*)(\s*[=+\-@＝＋－＠]|^[\t\r\n])""")
"""The beginning of a formula: of the cell, or of a part of it in programs that part cells at semicolons, tabs or lines."""
_MARK = "<!-- tickets -->"


def ticket(row: Row, link: str) -> dict[str, Any]:
    """One ticket as the report shows it; hours as hours, amounts as amounts, None for unknown values. `unread` names the records that
    could not be read."""
    money, facts = row["money"], row["facts"]
    amounts = {
        "hours": facts["hours"], "billed": money.get("billed", 0) + money.get("products", 0), "budget": facts["budget"],
        **{name: money.get(name, 0) for name in ("covered_hours", "covered", "open", "late_hours", "late")},
        "staged": money["staged"] if waits_for_bill(row) else 0,
    }  # fmt: skip
    counts = {name: facts[name] for name in ("members", "periods", "days", "invoices", "schedule", "contacts")}
    found = {
        **{name: row[name] for name in ("id", "entered", "month", "board", "company", "type", "summary", "closed", "chart", "why", "rule")},
        **{name: row[name] for name in ("settled_by", "hindsight", "because", "agrees", "texts")},
        "link": link.replace("{id}", str(row["id"])),
        "would_move": would_move(row), "in_professional_services": row["there"], "misplaced": misplaced(row),
        **{name: value / 100 for name, value in amounts.items()}, **counts, "unread": " ".join(row["unread"]),
    }  # fmt: skip
    if "timeEntries" in row["unread"]:
        found |= dict.fromkeys(KNOWN_BY_TIME) | {"late": found["late"] or None}
    return {name: found[name] for name in COLUMNS}


def document(
    audit: Mapping[str, Any], totals: Mapping[str, Any], suggestions: Sequence[Mapping[str, Any]] | None
) -> dict[str, Any]:
    """Everything but the tickets."""
    return {
        "audit": dict(audit), "answers": answers(dict(totals)), "totals": dict(totals), "suggestions": list(suggestions or ()),
        "figures": [asdict(figure) for figure in figures(dict(totals))],
    }  # fmt: skip


def csv_head() -> str:
    """The first line of the spreadsheet, after the mark by which spreadsheets know UTF-8."""
    return "\ufeff" + _line(COLUMNS)


def csv_line(shown: Mapping[str, Any]) -> str:
    """The line of one ticket."""
    return _line([_cell(shown[name]) for name in COLUMNS])


def table(lines: Sequence[Mapping[str, Any]]) -> str:
    """A spreadsheet of records that have the same members."""
    if not lines:
        return "\ufeff"
    return (
        "\ufeff" + _line(list(lines[0])) + "".join(_line([_cell(value) for value in line.values()]) for line in lines)
    )


def json_head(found: Mapping[str, Any]) -> str:
    """The JSON up to where the tickets begin; after them come `]}`."""
    return json.dumps(found, ensure_ascii=False, indent=1).removesuffix("\n}") + ',\n "tickets": [\n'


def in_script(value: Any) -> str:
    """JSON that may stand inside a script element: nothing in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def page(found: Mapping[str, Any]) -> tuple[str, str]:
    """The page before and after its tickets, which are a list of `in_script` values."""
    totals = found["totals"]
    drawn = {
        "months": charts.months(totals["months"]), "boards": charts.boards(totals["boards"]), "rows": charts.rows(totals["rows"]),
        "money": charts.money(totals["misplaced_by"]["month"], totals["months"]), "confusion": charts.confusion(totals["confusion"]),
    }  # fmt: skip
    text = _template().render(
        **found, figure={figure["key"]: figure for figure in found["figures"]}, gaps=gaps(totals), drawn=drawn, percent=percent,
        chart_says=CHART_SAYS, hindsight_says=HINDSIGHT_SAYS, groups=GROUPS,
        style=Markup(_file("report.css")), script=Markup(_file("report.js")),  # noqa: S704 - our own files
    )  # fmt: skip
    head, _, tail = text.partition(_MARK)
    return head, tail


@cache
def _template() -> Any:
    environment = Environment(
        loader=BaseLoader(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"number": shown, "amount": amount, "words": _words, "instant": _instant}
    return environment.from_string(_file("report.html"))


@cache
def _file(name: str) -> str:
    return (files("app.audit.report") / "page" / name).read_text(encoding="utf-8")


def _instant(written: str) -> str:
    """An instant as a person reads it: the day alone where it begins with it, by UTC."""
    day, _, time = written.removesuffix("Z").partition("T")
    return day if time in ("", "00:00:00") else f"{day} {time.removesuffix(':00')} UTC"


def _words(name: str) -> str:
    """A name of the interface as a person reads it."""
    return name.replace("-", " ").replace("_", " ")


def _line(cells: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, str):
        return _FORMULA.sub(r"\1'\2", value.replace("\x00", ""))
    return "" if value is None else value
