"""The revenue account of mini-projects and projects against the configured account."""

from __future__ import annotations

from collections.abc import Iterator

from app.chart import Chart
from app.doctor.checks.references import LookupContext
from app.doctor.model import Finding, fail, ok, skip, warn
from app.planning import RevenueLine, revenue_overview
from app.planning.board_mapping import at_board
from app.planning.reference_lists import BOARDS

_HINT = "Correct the GL mapping in ConnectWise (Setup Tables: GL Accounts) or revenue.account in the chart."
_UNREADABLE = "Give the API member's role Finance: Accounting Interface, or check the mapping by hand."


def check_revenue(chart: Chart, lookup: LookupContext) -> Iterator[Finding]:
    """The account that time on each target reaches."""
    if why := lookup.blockers(BOARDS):
        yield skip("gl", f"The revenue accounts are unknown. {why}")
        return
    lines = revenue_overview(lookup.lists, chart)
    way = chart.mini_project.method
    board = lookup.lists.find(BOARDS, chart.mini_project.board) if way == "board" else None
    if board is not None and lookup.blockers(f"{at_board(board)}/types"):
        yield skip("gl.mini-project", f"Not checked: the API member may not see the board “{board.get('name')}”.")
    else:
        yield from _account_findings(
            "gl.mini-project", [line for line in lines if line.use == f"mini-project {way}"], chart
        )
    yield from _account_findings("gl.project", [line for line in lines if line.use == "project"], chart)


def _account_findings(check: str, lines: list[RevenueLine], chart: Chart) -> Iterator[Finding]:
    """One finding for all targets that reach the account, one for each that does not."""
    if not lines:
        yield fail(check, "The target does not exist in ConnectWise, so its revenue account cannot be checked.", _HINT)
    elif not lines[0].path.known:
        yield warn(check, lines[0].path.words(), _UNREADABLE)
    missing = [line for line in lines if line.path.known and not line.path.reaches]
    for line in missing:
        yield fail(check, f"{line.place}: {line.path.words()} Expected “{chart.revenue.account}”.", _HINT)
    if lines and lines[0].path.known and not missing:
        yield ok(check, f"All {len(lines)} reach “{lines[0].path.account}”: {', '.join(line.place for line in lines)}.")
