"""Doctor: each thing that can be wrong has its id and a hint, and says so no longer once it is mended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.chart import Chart, ChartError, parse_chart, shipped_chart
from app.cli import doctor
from app.connectwise import BadSite, ClientConfig, ConnectWiseClient, ensure
from app.doctor import CheckContext, Finding, Severity, run_checks
from app.model_endpoint import EndpointConfig, ModelEndpoint
from app.sandbox import CLIENT_ID, COMPANY, PRIVATE_KEY, PUBLIC_KEY, Fault, Sandbox, SandboxTransport, samples
from app.storage import Database, StoreUnavailable
from tests.support.app_client import settings
from tests.support.model_answers import answer_to, completion
from tests.support.model_server import Behaviour, Reply, model_server

PUBLIC_URL = "https://service.example"
CONFIG = ClientConfig(
    "http://127.0.0.1", COMPANY, PUBLIC_KEY, PRIVATE_KEY, CLIENT_ID, requests_per_minute=1_000_000
)  # fmt: skip


async def findings(
    sandbox: Sandbox, folder: Path, *, chart: Chart | ChartError | None = None, broken: Exception | None = None,
    **choices: Any,
) -> dict[str, Finding]:  # fmt: skip
    """What doctor finds, by check id. `broken`: why there is no database."""
    values: dict[str, Any] = {
        "private_key": PRIVATE_KEY,
        "mode": "live",
        "public_url": PUBLIC_URL,
        "has_token": True,
    } | choices
    config = ClientConfig(
        "http://127.0.0.1", values.pop("company", COMPANY), PUBLIC_KEY, values.pop("private_key"), CLIENT_ID,
        requests_per_minute=1_000_000, codebase=values.pop("codebase", ""),
    )  # fmt: skip
    database = Database(f"sqlite:///{folder}/doctor.db")
    database.migrate()
    transport = SandboxTransport(sandbox)

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with ConnectWiseClient(config, transport=transport, read_only=True, sleep=at_once) as manage:
        run_checksd = CheckContext(manage, broken or database, chart or shipped_chart(), **values)
        found = {finding.id: finding for finding in await run_checks(run_checksd)}
    database.close()
    return found


async def register(sandbox: Sandbox) -> None:
    async with ConnectWiseClient(CONFIG, transport=SandboxTransport(sandbox)) as manage:
        await ensure(manage, PUBLIC_URL)


@pytest.mark.parametrize(
    ("area", "check"),
    [
        ("/time/entries", "rights.time-entries"),
        ("/procurement", "rights.products"),
        ("/schedule", "rights.schedule"),
        ("/finance", "rights.agreements"),
    ],
)
async def test_a_right_that_the_audit_needs_is_said_to_be_needed_by_it(tmp_path: Path, area: str, check: str) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"forbidden_areas": area})
    assert "audit" in (await findings(sandbox, tmp_path))[check].text


async def test_a_well_kept_connectwise_passes(tmp_path: Path) -> None:
    sandbox = Sandbox()
    await register(sandbox)
    found = await findings(sandbox, tmp_path)
    bad = [finding for finding in found.values() if finding.severity is Severity.FAIL]
    assert bad == []
    for check in ("database", "chart", "connectwise.site", "connectwise.credentials", "rights.schedule", "board.mini-project",
                  "board.project", "department", "gl.mini-project", "gl.project", "callback", "watch"):  # fmt: skip
        assert found[check].severity is Severity.OK, found[check]


async def test_doctor_writes_nothing(tmp_path: Path) -> None:
    sandbox = Sandbox()
    await findings(sandbox, tmp_path)
    assert {exchange.method for exchange in sandbox.journal} == {"GET"}


def _rename(table: str, name: str, new: str) -> Callable[[Sandbox], None]:
    def change(sandbox: Sandbox) -> None:
        record = next(one for one in sandbox.store.table(table).values() if one.get("name") == name)
        record["name"] = new

    return change


def _forbid(path: str) -> Callable[[Sandbox], None]:
    return lambda sandbox: sandbox.faults.append(Fault("forbidden", path=path, times=100))


def _hide(board: str) -> Callable[[Sandbox], None]:
    return lambda sandbox: sandbox.switches.change({"hidden_boards": board})


def _wrong_account(sandbox: Sandbox) -> None:
    for row in sandbox.store.table("/finance/glAccounts").values():
        if "Professional" in str(row.get("segment1")):
            row["segment1"] = "4000 Managed Services"


def _no_default(sandbox: Sandbox) -> None:
    for status in sandbox.store.table("/service/boards/12/statuses").values():
        status["defaultFlag"] = False


def _no_project_board(sandbox: Sandbox) -> None:
    sandbox.store.table("/service/boards")[20]["projectFlag"] = False


def _no_notes(sandbox: Sandbox) -> None:
    samples.create(sandbox, next(iter(samples.samples())))
    _forbid(r"/service/tickets/\d+/notes")(sandbox)


BROKEN: dict[str, tuple[Callable[[Sandbox], None], str, Severity]] = {
    "mini-project board renamed": (
        _rename("/service/boards", "Mini-Projects", "Mini Project"),
        "board.mini-project",
        Severity.FAIL,
    ),
    "project board renamed": (_rename("/service/boards", "Projects", "Project"), "board.project", Severity.FAIL),
    "project board without the flag": (_no_project_board, "board.project.kind", Severity.FAIL),
    "department renamed": (
        _rename("/system/departments", "Professional Services", "Pro Services"),
        "department",
        Severity.FAIL,
    ),
    "no default status": (_no_default, "status.mini-project", Severity.FAIL),
    "revenue elsewhere": (_wrong_account, "gl.mini-project", Severity.FAIL),
    "project revenue elsewhere": (_wrong_account, "gl.project", Severity.FAIL),
    "schedule not allowed": (_forbid(r"/schedule/entries"), "rights.schedule", Severity.FAIL),
    "notes not allowed": (_no_notes, "rights.ticket-texts", Severity.FAIL),
    "agreements not allowed": (_forbid(r"/finance/agreements"), "rights.agreements", Severity.WARN),
    "gl not allowed": (_forbid(r"/finance/glAccounts"), "gl.mini-project", Severity.WARN),
    "mini-project board hidden": (_hide("Mini-Projects"), "rights.board.12", Severity.FAIL),
    "project board hidden": (_hide("Projects"), "rights.board.20", Severity.FAIL),
    "watched board hidden": (_hide("Service Desk"), "rights.board.1", Severity.WARN),
    "left-alone board renamed": (_rename("/service/boards", "Alerts", "Alarms"), "board.left-alone", Severity.WARN),
}


@pytest.mark.parametrize(("change", "check", "standing"), BROKEN.values(), ids=BROKEN.keys())
async def test_what_is_wrong_is_found_with_a_hint(
    tmp_path: Path, change: Callable[[Sandbox], None], check: str, standing: Severity
) -> None:
    sandbox = Sandbox()
    change(sandbox)
    finding = (await findings(sandbox, tmp_path))[check]
    assert finding.severity is standing
    assert finding.text
    assert finding.hint


async def test_a_near_miss_is_named(tmp_path: Path) -> None:
    sandbox = Sandbox()
    _rename("/service/boards", "Mini-Projects", "Mini Project")(sandbox)
    assert "Mini Project" in (await findings(sandbox, tmp_path))["board.mini-project"].text


def _take_away(board: str) -> Callable[[Sandbox], None]:
    def change(sandbox: Sandbox) -> None:
        boards = sandbox.store.table("/service/boards")
        boards.pop(next(number for number, one in boards.items() if one["name"] == board))

    return change


@pytest.mark.parametrize(
    ("board", "check", "near"),
    [
        ("Mini-Projects", "board.mini-project", "Mini-Projects North"),
        ("Projects", "board.project", "Mini-Projects"),
        ("Alerts", "board.left-alone", ""),
    ],
)
async def test_a_board_that_the_api_does_not_list_may_be_hidden_from_the_api_member(
    tmp_path: Path, board: str, check: str, near: str
) -> None:
    sandbox = Sandbox()
    _take_away(board)(sandbox)
    finding = (await findings(sandbox, tmp_path))[check]
    assert f"“{board}” does not exist, or the API member has no access to it." in finding.text
    assert near in finding.text


async def test_a_board_that_is_hidden_is_not_taken_for_one_without_statuses_and_types(tmp_path: Path) -> None:
    sandbox = Sandbox()
    _hide("Mini-Projects")(sandbox)
    found = await findings(sandbox, tmp_path)
    assert "status.mini-project" not in found
    assert found["gl.mini-project"].severity is Severity.SKIP
    assert [one.id for one in found.values() if one.severity is Severity.FAIL] == ["rights.board.12"]


async def test_nothing_is_said_of_boards_that_could_not_be_listed(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"forbidden_areas": "/service/boards"})
    found = await findings(sandbox, tmp_path)
    assert found["rights.boards"].severity is Severity.FAIL
    for check in ("board.mini-project", "board.project", "watch", "gl"):
        assert found[check].severity is Severity.SKIP, found[check]


async def test_an_inactive_board_is_said_as_such(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.store.table("/service/boards")[12]["inactiveFlag"] = True
    assert "is inactive in ConnectWise" in (await findings(sandbox, tmp_path))["board.mini-project"].text


async def test_a_database_that_cannot_be_had_is_one_failure_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    broken = StoreUnavailable("The database cannot be used: the disk is full.", hint="Make room.")
    found = await findings(Sandbox(), tmp_path, broken=broken)
    assert (found["database"].severity, found["database"].hint) == (Severity.FAIL, "Make room.")
    assert [one.id for one in found.values() if one.severity is Severity.FAIL] == ["database"]
    assert "database.disk" not in found
    assert found["gl.mini-project"].severity is Severity.OK


async def test_a_database_that_may_only_be_read_fails(tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path}/full.db")
    made.migrate()
    made.close()
    reading = Database(f"sqlite:///file:{tmp_path}/full.db?mode=ro&uri=true")
    sandbox = Sandbox()
    async with ConnectWiseClient(CONFIG, transport=SandboxTransport(sandbox), read_only=True) as manage:
        found = await run_checks(
            CheckContext(manage, reading, shipped_chart(), mode="live", public_url="", has_token=True)
        )
    reading.close()
    assert (found[0].id, found[0].severity) == ("database", Severity.FAIL)
    assert "cannot be written by this user" in found[0].text


async def test_a_chart_with_mistakes_is_one_failure_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ChartError) as mistakes:
        parse_chart("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n", name="mine.yaml")
    found = await findings(Sandbox(), tmp_path, chart=mistakes.value)
    assert found["chart"].severity is Severity.FAIL
    assert "mine.yaml: line 1, column 1: a:" in found["chart"].text
    assert "… and 2 more" in found["chart"].text
    assert (found["names"].severity, found["gl"].severity) == (Severity.SKIP, Severity.SKIP)
    assert found["rights.schedule"].severity is Severity.OK


async def test_a_client_that_cannot_be_made_is_said_of_the_site(tmp_path: Path) -> None:
    broken = StoreUnavailable("The database cannot be used: the disk is full.")
    run_checksd = CheckContext(
        BadSite("Plain http is allowed for loopback only."), broken, shipped_chart(), "live", "", True
    )
    found = {one.id: one for one in await run_checks(run_checksd)}
    assert "loopback only" in found["connectwise.site"].text
    assert found["names"].severity is Severity.SKIP


async def test_wrong_keys_are_one_failure_and_the_rest_is_skipped(tmp_path: Path) -> None:
    found = await findings(Sandbox(), tmp_path, private_key="wrong")
    assert [one.id for one in found.values() if one.severity is Severity.FAIL] == ["connectwise.credentials"]
    assert found["names"].severity is Severity.SKIP
    assert "wrong" not in " ".join(f"{one.text} {one.hint}" for one in found.values())


async def test_a_company_that_the_site_does_not_know_is_said(tmp_path: Path) -> None:
    found = await findings(Sandbox(), tmp_path, company="nobody")
    assert found["connectwise.site"].severity is Severity.FAIL
    assert "nobody" in found["connectwise.site"].text


async def test_a_callback_that_went_inactive_is_said(tmp_path: Path) -> None:
    sandbox = Sandbox()
    assert (await findings(sandbox, tmp_path))["callback"].severity is Severity.WARN
    await register(sandbox)
    assert (await findings(sandbox, tmp_path))["callback"].severity is Severity.OK
    for entry in sandbox.store.table("/system/callbacks").values():
        entry["inactiveFlag"] = True
    assert (await findings(sandbox, tmp_path))["callback"].severity is Severity.WARN


async def test_the_type_way_is_checked_on_every_watched_board(tmp_path: Path) -> None:
    way = 'version: "t"\nmini_project:\n  method: type\n'
    found = await findings(Sandbox(), tmp_path, chart=parse_chart(way))
    assert found["type.mini-project.1"].severity is Severity.OK
    assert "board.mini-project" not in found
    assert (found["gl.mini-project"].severity, "North" in found["gl.mini-project"].text) == (Severity.FAIL, True)
    mapped = parse_chart(f"{way}watch:\n  boards: [Service Desk]\n")
    assert (await findings(Sandbox(), tmp_path, chart=mapped))["gl.mini-project"].severity is Severity.OK


async def test_missing_choices_are_said(tmp_path: Path) -> None:
    found = await findings(Sandbox(), tmp_path, has_token=False, public_url="")
    assert found["settings.api-token"].severity is Severity.WARN
    assert found["settings.public-url"].severity is Severity.WARN
    assert found["callback"].severity is Severity.SKIP


async def test_credentials_in_the_public_url_are_not_shown(tmp_path: Path) -> None:
    found = await findings(Sandbox(), tmp_path, public_url="https://proxy:hunter2@service.example/hooks")
    assert found["settings.public-url"].text.endswith("https://service.example/hooks.")
    assert "hunter2" not in str(found)


def test_doctor_does_not_make_a_database_in_place_of_one_that_is_gone(tmp_path: Path) -> None:
    chosen = settings(tmp_path)
    first = doctor._database(chosen)
    assert isinstance(first, Database)
    assert first.may_dispatch()
    first.close()
    (tmp_path / "service.db").unlink()
    gone = doctor._database(chosen)
    assert isinstance(gone, StoreUnavailable)
    assert "its file is missing" in str(gone)
    assert not (tmp_path / "service.db").exists()


async def test_wrong_keys_that_the_cloud_answers_with_404_are_named_with_the_company(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"wrong_keys": "not-found"})
    found = await findings(sandbox, tmp_path, private_key="wrong")
    assert [one.id for one in found.values() if one.severity is Severity.FAIL] == ["connectwise.credentials"]
    hint = found["connectwise.credentials"].hint
    assert hint.index("CWM_COMPANY") < hint.index("CWM_PRIVATE_KEY") < hint.index("CWM_CODEBASE")


async def test_the_host_for_people_is_answered_with_the_name_of_the_apis_host(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"ssl_required": True})
    found = await findings(sandbox, tmp_path)
    assert [one.id for one in found.values() if one.severity is Severity.FAIL] == ["connectwise.credentials"]
    assert "api-na.myconnectwise.net" in found["connectwise.credentials"].hint


@pytest.mark.parametrize("mode", ["not-found", "html", "unavailable"])
async def test_on_premises_a_fixed_codebase_needs_no_companyinfo(tmp_path: Path, mode: str) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"company_info": mode})
    found = await findings(sandbox, tmp_path, codebase="v2026_1/")
    assert found["connectwise.site"].severity is Severity.OK
    assert found["connectwise.credentials"].severity is Severity.OK
    missing = await findings(sandbox, tmp_path)
    assert missing["connectwise.site"].severity is Severity.FAIL


async def test_a_fixed_codebase_that_connectwise_has_left_is_a_warning(tmp_path: Path) -> None:
    sandbox = Sandbox()
    found = await findings(sandbox, tmp_path, codebase="v4_6_release/")
    assert "connectwise.codebase" not in found
    sandbox.switches.change({"codebase": "v2026_2/"})
    found = await findings(sandbox, tmp_path, codebase="v2026_1/")
    assert (found["connectwise.codebase"].severity, "v2026_2" in found["connectwise.codebase"].text) == (
        Severity.WARN,
        True,
    )


async def test_what_the_tenant_demands_is_told(tmp_path: Path) -> None:
    sandbox = Sandbox()
    sandbox.switches.change({"version_refused_paths": "/service/boards"})
    finding = (await findings(sandbox, tmp_path))["connectwise.tenant"]
    assert finding.severity is Severity.WARN
    assert "/service/boards does not take the configured API version" in finding.text


PROVES = {"finance": ("service", "is broken")}


@pytest.mark.parametrize(
    ("reply", "severity", "text"),
    [
        (lambda body: Reply(answer_to(body, PROVES)), Severity.OK, "its quotes verify"),
        (lambda body: Reply(answer_to(body, {"finance": ("project", "is broken")})), Severity.WARN, "support work"),
        (lambda _: Reply(completion("Hello! How can I help?")), Severity.FAIL, "JSON"),
        (lambda _: Reply({}, status=401), Severity.FAIL, "refuses the key"),
        (lambda _: Reply({}, status=404), Severity.FAIL, "no such address or model"),
    ],
)
async def test_the_model_endpoint_is_proven_with_one_small_ticket(
    tmp_path: Path, reply: Behaviour, severity: Severity, text: str
) -> None:
    async with model_server(reply) as server:
        endpoint = ModelEndpoint(server.config())
        found = await findings(Sandbox(), tmp_path, endpoint=endpoint, model="m")
        await endpoint.aclose()

    assert (found["reader"].severity, found["reader.transport"].severity) == (severity, Severity.OK)
    assert text in found["reader"].text
    assert len(server.bodies) == 1


async def test_plain_http_to_another_machine_is_a_warning_and_no_model_is_skipped(tmp_path: Path) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=completion("no")))
    endpoint = ModelEndpoint(EndpointConfig("http://192.0.2.1:9/v1"), transport=transport)
    found = await findings(Sandbox(), tmp_path, endpoint=endpoint)
    await endpoint.aclose()

    assert found["reader.transport"].severity is Severity.WARN
    assert found["reader"].severity is Severity.FAIL
    assert (await findings(Sandbox(), tmp_path))["reader"].severity is Severity.SKIP


@pytest.mark.parametrize(
    ("every", "allowed", "severity", "words"),
    [
        (300, False, Severity.OK, "searches for new tickets every 300 s"),
        (0, False, Severity.WARN, "no ticket is found"),
        (300, True, Severity.WARN, "The callback entry is missing"),
    ],
)
async def test_doctor_says_whether_a_dry_run_registers_its_callback(
    tmp_path: Path, every: float, allowed: bool, severity: Severity, words: str
) -> None:
    choices: dict[str, Any] = {"mode": "dry-run", "reconcile_every": every, "callback_in_dry_run": allowed}
    found = (await findings(Sandbox(), tmp_path, **choices))["callback"]
    assert found.severity is severity
    assert words in found.text


async def test_doctor_names_targets_of_messages_without_their_addresses(tmp_path: Path) -> None:
    assert (await findings(Sandbox(), tmp_path))["notify"].severity is Severity.SKIP
    found = (await findings(Sandbox(), tmp_path, targets=["target 1 (json) for everybody"]))["notify"]
    assert (found.severity, "target 1 (json) for everybody" in found.text) == (Severity.OK, True)
    wrong = await findings(Sandbox(), tmp_path, targets=ValueError("NOTIFY_URLS: entry 1 has no address."))
    assert wrong["notify"].severity is Severity.FAIL


def test_doctor_reads_the_targets_of_messages(tmp_path: Path) -> None:
    assert doctor._targets(settings(tmp_path, notify_urls="role=admin -> json://h/secret-word")) == [
        "target 1 (json) for admins"
    ]
    wrong = doctor._targets(settings(tmp_path, notify_urls="json://h; msteams://secret-word"))
    assert "entry 2 (msteams)" in str(wrong)
    assert "secret-word" not in str(wrong)
