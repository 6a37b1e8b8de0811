"""How quickly the sandbox makes and gives away a past: `python -m tests.bench.sandbox [TICKETS]`.

Reads it as an audit would: tickets in pages of 1,000 with fields, what lies beside them by `… in (…)`, notes in bundles.
CPU seconds of this one process, and the most memory it took.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from app.sandbox import Sandbox, credentials

_API = "/v2026_1/apis/3.0"
_FIELDS = "id,summary,board/id,board/name,company/id,status/name,closedFlag,closedDate,agreement/id,type/name,_info/dateEntered"
_BESIDE = (
    ("/schedule/entries", "type/id = 4 and objectId in ({})"), ("/time/entries", "chargeToId in ({})"),
    ("/procurement/products", "chargeToType = 'Ticket' and chargeToId in ({})"),
)  # fmt: skip


def _ask(sandbox: Sandbox, method: str, path: str, body: Any = None, **query: Any) -> Any:
    headers = credentials() | {"pagination-type": "forward-only"}
    raw = json.dumps(body).encode() if body else b""
    answer = sandbox.handle(method, f"{_API}{path}?{urlencode(query)}", headers, raw)
    if answer.status >= 300:
        raise SystemExit(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
    return json.loads(answer.body)


def tickets(sandbox: Sandbox) -> list[int]:
    """The ids of all tickets, read in pages of 1,000."""
    found: list[int] = []
    while True:
        query = {"conditions": "dateEntered > [2020-01-01T00:00:00Z]", "fields": _FIELDS, "pageSize": 1000}
        page = _ask(sandbox, "GET", "/service/tickets", pageId=found[-1] if found else 0, **query)
        found += [ticket["id"] for ticket in page]
        if len(page) < 1000:
            return found


def beside(sandbox: Sandbox, path: str, conditions: str, ids: Sequence[int]) -> int:
    """How many records lie beside these tickets, read for 100 tickets at a time."""
    total = 0
    for start in range(0, len(ids), 100):
        chosen = conditions.format(",".join(map(str, ids[start : start + 100])))
        total += len(_ask(sandbox, "GET", path, conditions=chosen, pageSize=1000))
    return total


def notes(sandbox: Sandbox, ids: Sequence[int]) -> int:
    """How many notes these tickets have, read in bundles of 100."""
    total = 0
    for start in range(0, len(ids), 100):
        reads = [
            {"resourceType": "ServiceNote", "apiRequest": {"parentId": number}} for number in ids[start : start + 100]
        ]
        total += sum(each["count"] for each in _ask(sandbox, "POST", "/system/bundles", {"requests": reads})["results"])
    return total


def _timed(what: str, do: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    found = do()
    spent = time.process_time() - began
    count = len(found) if isinstance(found, list) else found
    print(f"{what:<26}{'' if count is None else count:>9}{spent:>9.2f} s")
    return found, spent


def main(count: int) -> None:
    """Prints what each part took."""
    sandbox = Sandbox()
    print(f"{'':<26}{'records':>9}{'CPU':>11}")
    _timed("make the past", lambda: sandbox.fill_history(tickets=count, months=18))
    ids, spent = _timed("/service/tickets", lambda: tickets(sandbox))
    total = spent
    for path, conditions in _BESIDE:
        total += _timed(path, partial(beside, sandbox, path, conditions, ids))[1]
    total += _timed("notes in bundles", lambda: notes(sandbox, ids))[1]
    print(f"{'all reading':<35}{total:>9.2f} s")
    print(f"{'most memory':<35}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:>8} MB")
    if sandbox.violations or sandbox.bad_requests:
        raise SystemExit(f"outside the contract: {sandbox.violations[:3]} {sandbox.bad_requests[:3]}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
