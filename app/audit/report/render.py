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
from app.audit.money import KINDS, WITHOUT_HOURS
from app.audit.past_projects import sentences
from app.audit.report import charts
from app.audit.report.answers import QUESTIONS, answers, headlines
from app.audit.report.figures import amount, figures, gaps, money, shown
from app.audit.totals import CHART_SAYS, GROUPS, HINDSIGHT_SAYS, misplaced, would_move

_UNKNOWN_WITHOUT_TIME = (
    "hours", "revenue", *KINDS, *(f"{kind}_hours" for kind in KINDS), "members", "periods", "days", "invoices",
)  # fmt: skip
_KNOWN_BY_PRODUCTS = ("revenue", "unbilled", "billed_late")
COLUMNS = (
    "id", "link", "entered", "month", "year", "board", "company", "type", "summary", "closed", "chart", "why", "rule", "settled_by", "outcome",
    "because", "agrees", "would_move", "account", "in_professional_services", "misplaced", "own_move", "currency", "hours", "revenue", "goods",
    *(name for kind in KINDS for name in ((kind,) if kind in WITHOUT_HOURS else (f"{kind}_hours", kind))),
    "budget", "members", "periods", "days", "invoices", "schedule", "contacts", "texts", "unread",
)  # fmt: skip
_FORMULA = re.compile(r"""(^|[;\t\r\n]["\s]*)(\s*[=+\-@＝＋－＠]|^[\t\r\n])""")
"""The beginning of a formula: of the cell, or of a part of it in programs that part cells at semicolons, tabs or lines."""
_MARK = "<!-- tickets -->"


def ticket(row: Row, link: str) -> dict[str, Any]:
    """One ticket as the report shows it; hours as hours, amounts as amounts, None for unknown values. `unread` names the records that
    could not be read. `outcome`: what the records show; `chart`: what the chart would have decided."""
    money, facts = row["money"], row["facts"]
    names = ("id", "entered", "month", "year", "board", "company", "type", "summary", "closed", "chart", "why", "rule", "settled_by", "because",
             "agrees", "texts", "account", "own_move", "currency")  # fmt: skip
    counts = {name: facts[name] for name in ("members", "periods", "days", "invoices", "schedule", "contacts")}
    amounts = [name for name in COLUMNS if name in ("revenue", "goods") or name.removesuffix("_hours") in KINDS]
    found = {
        **{name: row[name] for name in names}, "outcome": row["hindsight"], "link": link.replace("{id}", str(row["id"])),
        "would_move": would_move(row), "in_professional_services": row["there"], "misplaced": misplaced(row),
        "hours": facts["hours"] / 100, "budget": facts["budget"] / 100, **{name: money.get(name, 0) / 100 for name in amounts},
        **counts, "unread": " ".join(row["unread"]),
    }  # fmt: skip
    if "timeEntries" in row["unread"]:
        found |= {
            name: (found.get(name) or None) if name in _KNOWN_BY_PRODUCTS else None for name in _UNKNOWN_WITHOUT_TIME
        }
    return {name: found[name] for name in COLUMNS}


def document(
    audit: Mapping[str, Any], totals: Mapping[str, Any], suggestions: Sequence[Mapping[str, Any]] | None,
    projects: Mapping[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Everything but the tickets. `projects`: the summary of the real projects, where they were read."""
    return {
        "audit": dict(audit), "questions": list(QUESTIONS), "answers": answers(dict(totals)), "headlines": headlines(dict(totals)),
        "totals": dict(totals), "suggestions": list(suggestions or ()),
        "projects": {**projects, "said": sentences(dict(projects))} if projects else None,
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
        **found, hours_known=totals["misplaced"]["measured"]["hours"] is not None, gaps=gaps(totals), drawn=drawn, kinds=KINDS,
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
    environment.filters |= {
        "number": shown,
        "amount": amount,
        "words": _words,
        "instant": _instant,
        "money": money,
        "share": _share,
    }
    return environment.from_string(_file("report.html"))


@cache
def _file(name: str) -> str:
    return (files("app.audit.report") / "page" / name).read_text(encoding="utf-8")


def _instant(written: str) -> str:
    """An instant as a person reads it: the day alone where it begins with it, by UTC."""
    day, _, time = written.removesuffix("Z").partition("T")
    return day if time in ("", "00:00:00") else f"{day} {time.removesuffix(':00')} UTC"


def _share(share: float | None) -> str:
    """A share of the service revenue in percent."""
    return "" if share is None else f"{share * 100:.1f} %"


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
