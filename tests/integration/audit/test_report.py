"""The three forms of the report: the same numbers in each, and no ticket text that does anything."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import pytest

from app.audit.money import KINDS
from app.audit.report import charts
from app.audit.report.render import COLUMNS, csv_head, csv_line, in_script, page, ticket
from app.audit_jobs import report_files
from app.audit_jobs.report_files import ReportNotWritten, write
from app.connectwise.links import ticket_link
from tests.support.audit_factories import LINK, document_of, html_of, past_ticket, project_ticket, row, tally
from tests.support.history_fixture import YEAR, Audited

_DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.S)
HOSTILE = [
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "{{ 7 * 7 }}", "=HYPERLINK(\"http://x\")",
    "+1+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u2028</script>", "<!--", "]]>", "\x00=1", "\ud800",
]  # fmt: skip


async def test_page_spreadsheet_and_json_agree_to_the_unit(past: Audited) -> None:
    done = await past.year()
    document = await past.document(done)
    html = await past.report(done, "html")
    lines = list(csv.DictReader(io.StringIO((await past.report(done, "csv")).removeprefix("\ufeff"))))
    found = _DATA.search(html)
    assert found
    assert json.loads(found[1]) == document["tickets"]
    totals = document["totals"]
    assert totals == done.totals
    assert len(lines) == totals["tickets"] == 250
    assert sum(line["would_move"] == "yes" for line in lines) == sum(totals["would_move"].values())
    for kind in ("measured", "estimated"):
        chosen = [line for line in lines if line["misplaced"] == kind]
        assert len(chosen) == totals["misplaced"][kind]["tickets"]
        assert sum(round(float(line["hours"]) * 100) for line in chosen) == round(
            totals["misplaced"][kind]["hours"] * 100
        )
    for currency, money in totals["money"].items():
        mine = [line for line in lines if line["currency"] == currency]
        for name in KINDS:
            assert sum(round(float(line[name]) * 100) for line in mine) == round(money[name]["amount"] * 100), name
        assert sum(round(float(line["revenue"]) * 100) for line in mine) == round(money["revenue"] * 100)
    for says, counts in totals["confusion"].items():
        for was, count in counts.items():
            assert sum(line["chart"] == says and line["outcome"] == was for line in lines) == count
    for figure in document["figures"]:
        hours = "" if figure["hours"] is None else f"{figure['hours']:,.2f}"
        shown = f'{figure["title"]}</th><td class="n" data-l="Tickets">{figure["tickets"]:,}</td>'
        assert f'{shown}<td class="n" data-l="Hours">{hours}</td>' in html


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "text", ["a;=1+1", 'a; "=1+1"', "a\n=1", "a;\t@SUM(A1)", 'x";-2', "a\r\n+1", "a;b;=c", "=1", "a\t=1"]
)
def test_no_cell_is_a_formula_whatever_separator_a_spreadsheet_uses(text: str, separator: str) -> None:
    shown = ticket(row(past_ticket(summary=text)), LINK)
    for line in csv_line(shown).splitlines():
        for cell in line.split(separator) if separator != "," else next(csv.reader([csv_line(shown)])):
            assert not cell.strip('" \t\r\n').startswith(("=", "+", "@")), cell


async def test_every_disagreement_is_listed_and_opens_in_connectwise(past: Audited) -> None:
    done = await past.year()
    listed = {one["id"]: one for one in (await past.document(done))["tickets"]}
    for one in await past.rows(done):
        if one["agrees"] is False:
            assert listed[one["id"]]["agrees"] is False
            link = f"http://127.0.0.1/v4_6_release/services/system_io/Service/fv_sr100_request.rails?service_recid={one['id']}&companyName=sandbox"
            assert listed[one["id"]]["link"] == link


@pytest.mark.parametrize(
    ("origin", "company", "link"),
    [
        ("https://api-na.myconnectwise.net", "acme", "https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
         "?service_recid={id}&companyName=acme"),
        ("https://cw.example.com:8443", "a&b c", "https://cw.example.com:8443/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
         "?service_recid={id}&companyName=a%26b%20c"),
    ],
    ids=["cloud", "own server"],
)  # fmt: skip
def test_links_lead_to_the_screen_for_people(origin: str, company: str, link: str) -> None:
    assert ticket_link(origin, company) == link


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_hostile_text_stays_text_in_every_form(text: str) -> None:
    case = project_ticket(7, summary=text, company={"name": text}, board={"name": text}, type={"name": text})
    shown = ticket(row(case), LINK)
    assert not re.search(r"[<>&\u2028\u2029]", in_script(shown))
    assert json.loads(in_script(shown))["summary"] == text
    cells = next(csv.reader(io.StringIO(csv_line(shown))))
    for cell in (cells[COLUMNS.index(name)] for name in ("summary", "company", "board")):
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    head, tail = page(document_of([row(case)]))
    drawn = (head + tail).replace("&lt;", "").replace("&#34;", "")
    for part in ("<script>alert", "<img", "<svg onload"):
        assert part not in drawn.replace(drawn[drawn.index("<style>") : drawn.index("</style>")], "")


def test_template_signs_in_a_name_are_only_text() -> None:
    head, _ = page(document_of([row(project_ticket(7, board={"name": "{{ 7 * 7 }}"}))]))
    assert "{{ 7 * 7 }}" in head


def test_a_page_of_nothing_is_a_page() -> None:
    head, tail = page(document_of([]))
    assert "<svg" in head
    assert tail.rstrip().endswith("</html>")


def test_the_page_says_what_is_true_of_open_and_of_merged_tickets() -> None:
    text = "".join(page(document_of([row(project_ticket(closedFlag=False))])))
    assert tally([row(project_ticket(closedFlag=False))]).to_json()["judged"]["tickets"] == 1
    assert "The records of each ticket (who booked time" in text
    assert "A ticket that was merged into another one is left alone." in text
    assert "merged away" not in text


def test_the_page_asks_nobody_for_anything() -> None:
    head, tail = page(document_of([row(project_ticket())]))
    assert re.findall(r"""(?:src|href|action)=["']?(?!#|data:,)[^"'> ]+""", head + tail) == []
    assert "default-src 'none'" in head


def test_every_line_of_the_spreadsheet_has_every_column() -> None:
    text = csv_head() + csv_line(ticket(row(past_ticket()), LINK))
    names, values = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert tuple(names) == COLUMNS
    assert len(values) == len(COLUMNS)


@pytest.mark.parametrize("most", [0.01, 0.4, 1, 3, 7, 12, 99, 100, 101, 12345.6])
def test_axes_end_at_or_above_the_largest_value_in_a_few_round_steps(most: float) -> None:
    top, step = charts._round_up(most, whole=most >= 1)
    assert most <= top < most + step
    assert top / step <= 5.0001


def told(drawn: str) -> list[tuple[str, str]]:
    """What a chart tells the mouse: of which column or bar, and what."""
    return [(name, said) for name, said in re.findall(r"<title>(.*?): (.*?)</title>", drawn)]


def months_from(year: int, count: int) -> dict[str, dict[str, int]]:
    names = [f"{year + number // 12}-{number % 12 + 1:02}" for number in range(count)]
    return {name: {"tickets": 1, "mini-project": 1, "project": 0, "review": 0} for name in names}


@pytest.mark.parametrize(
    ("count", "columns", "first"), [(36, 36, "2020-01"), (37, 13, "2020 Q1"), (108, 36, "2020 Q1"), (109, 10, "2020")]
)
def test_a_chart_of_months_leaves_none_out_however_many_they_are(count: int, columns: int, first: str) -> None:
    found = told(charts.months(months_from(2020, count)))
    assert (len(found), found[0][0]) == (columns, first)
    assert sum(int(said.split()[0]) for _, said in found) == count


def test_months_without_misplaced_work_stand_on_the_axis_of_money() -> None:
    every = months_from(2026, 8)
    shown = charts.along_time({"2026-03": {"hours": 1.5}, "2026-06": {"hours": 0.25}, "": {"hours": 2}}, every)
    assert [name for name, _ in shown] == [*every, "no date"]
    assert [counts["hours"] for _, counts in shown] == [0, 0, 1.5, 0, 0, 0.25, 0, 0, 2]
    assert told(charts.money({"2026-03": {"hours": 1234.5}}, every)) == [("2026-03", "1,234.50 hours")]


def test_a_gap_between_two_months_is_as_wide_as_it_is() -> None:
    two = {"2026-01": {"project": 1}, "2026-04": {"project": 1}}
    assert [name for name, _ in charts.along_time(two, two)] == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_boards_beyond_the_twelfth_share_a_bar() -> None:
    says = ("service-ticket", "mini-project", "project", "review", "left-alone", "not-readable")
    found = {
        f"Board {number:02}": dict.fromkeys(says, 0) | {"tickets": number, "service-ticket": number}
        for number in range(1, 31)
    }
    shown = told(charts.boards(found))
    assert shown[0] == ("Board 30", "30 service ticket")
    assert shown[-1] == ("19 other boards", f"{sum(range(1, 20))} service ticket")
    assert len(told(charts.boards(dict(list(found.items())[:12])))) == 12


@pytest.mark.parametrize(
    ("instant", "shown"),
    [("2026-06-01T00:00:00Z", "2026-06-01"), ("2026-05-31T22:00:00Z", "2026-05-31 22:00 UTC"), ("2026-11-30T00:43:16Z", "2026-11-30 00:43:16 UTC")],
)  # fmt: skip
def test_the_range_is_shown_to_the_second_where_it_does_not_begin_with_a_day(instant: str, shown: str) -> None:
    asked = {"since": "2020-01-01T00:00:00Z", "until": instant, "boards": [], "companies": [], "statuses": []}
    assert f"from <b>2020-01-01</b> up to <b>{shown}</b>" in html_of([], asked=asked)


async def test_files_are_written_whole_or_not_at_all(past: Audited, tmp_path: Path) -> None:
    done = await past.year()
    folder = tmp_path / "out"
    files = await write(past.service.parts, done, folder)
    assert [file.suffix for file in files] == [".html", ".csv", ".json"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert sorted(folder.iterdir()) == sorted(files)
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(ReportNotWritten, match=r"file/audit-.*\.html cannot be written: .*The audit itself is kept"):
        await write(past.service.parts, done, blocked)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
async def test_a_disk_that_fills_up_leaves_no_half_file(
    past: Audited, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, target = await past.year(), tmp_path / "out"
    monkeypatch.setattr(report_files, "open_private", lambda _path, _flags: os.open("/dev/full", os.O_WRONLY))
    with pytest.raises(ReportNotWritten, match="No space left on device"):
        await write(past.service.parts, done, target)
    assert [file.name for file in target.iterdir()] == []


async def test_a_report_of_an_audit_under_way_says_that_it_is_not_complete(past: Audited) -> None:
    begun = await past.service.begin(YEAR)
    html = await past.report(begun, "html")
    assert "This audit is not complete (queued)" in html
