"""A brief on a terminal: the money box, then each field with its value, state and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from app.chart import explain
from app.cli.decision_view import say, terminal
from app.workflow.money_box import shown_amount

_STATES = {"settled": "green", "proposed": "cyan", "conflict": "bold red", "missing": "bold yellow"}
_AMOUNTS = ("sold_total", "fee", "cap", "rate", "po_amount", "deposit_received")
_IN_MONEY_BOX = ("billing_sheet",)
_LONGEST_SOURCE = 80
_REACHES = {
    "fee": "billed in the fee", "product_line": "billed as a product line", "agreement": "billed by an agreement",
    "nobody": "not billed", "time": "billed by time",
}  # fmt: skip


def show_brief(brief: Mapping[str, Any] | None) -> None:
    """Print a brief as the API shows it; nothing where a decision has none."""
    if not brief:
        return
    _show_money(brief["money"])
    terminal().print(_fields(brief))
    for open_field in brief["waits_for"]:
        line = Text(
            f"! {label(open_field['field'])} ({open_field['state']}): {explain.safe(open_field['message'])}",
            style="yellow",
        )
        terminal().print(line, soft_wrap=True)
    if accepted := brief.get("accepted"):
        names = ", ".join(map(label, accepted["fields"]))
        say(f"Accepted as shown by {explain.safe(accepted['by'])} ({accepted['at'][:16].replace('T', ' ')}): {names}.")
    elif brief["needs_person"]:
        say(f"An approval accepts as shown: {', '.join(map(label, brief['needs_person']))}.")


def label(field: str) -> str:
    """The name of a field for people."""
    return field.replace("_", " ").capitalize().replace("Po ", "PO ")


def _show_money(money: Mapping[str, Any]) -> None:
    table = Table(title="Money", title_justify="left", title_style="bold", show_header=False, show_edge=False, box=None)
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for name, amount, remark, style in _money_rows(money):
        table.add_row(Text(name), Text(amount), Text(remark), style=style)
    terminal().print(table)


def _money_rows(money: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    currency = money["currency"]
    yield "Sold total", shown_amount(money["sold_total"], currency) or "not known", money["method"] or "", "bold"
    for part in money["parts"]:
        amount = "" if part["reach"] == "time" else shown_amount(part["amount"], currency)
        yield f"  {explain.safe(part['text'])[:40]}", amount, _REACHES.get(part["reach"], ""), ""
    yield "Invoiced once", shown_amount(money["invoiced_once"], currency), "fee and product lines", ""
    if money["difference"] is not None:
        differs = not money["adds_up"] and money["difference"].strip("-") != "0.00"
        remark = "does not add up" if differs else "every amount is billed once"
        yield "Difference", shown_amount(money["difference"], currency), remark, "bold red" if differs else ""
    if money["payments"] is not None:
        rest = shown_amount(money["payments_difference"], currency)
        yield "Payments", shown_amount(money["payments"], currency), f"the fee less the payments: {rest}", ""


def _fields(brief: Mapping[str, Any]) -> Table:
    table = Table(show_edge=False, pad_edge=False, box=None, header_style="dim")
    for name in ("Field", "Value", "State", "Source"):
        table.add_column(name, overflow="fold", no_wrap=name == "State")
    currency = brief["money"]["currency"]
    for name, field in brief["fields"].items():
        is_open = field["state"] in ("conflict", "missing")
        if name in _IN_MONEY_BOX or (field["value"] in (None, "", []) and not is_open):
            continue
        state = Text(field["state"], style=_STATES.get(field["state"], ""))
        table.add_row(label(name), explain.safe(_shown(name, field["value"], currency)), state, _source(field))
    return table


def _source(field: Mapping[str, Any]) -> Text:
    if field["by"]:
        return Text(f"{explain.safe(field['by'])}, {field['at'][:16].replace('T', ' ')}")
    source = next(iter(field["sources"]), None)
    if source is None:
        return Text("")
    quote = explain.safe(source["value"])[:_LONGEST_SOURCE]
    return Text(f"{source['place']}: {quote}" if quote else source["place"], style="dim")


def _shown(name: str, value: Any, currency: str) -> str:
    if name in _AMOUNTS:
        return shown_amount(value, currency)
    if name == "project":
        return f"join project {value['join']} {value.get('name') or ''}".rstrip() if value.get("join") else "new"
    if isinstance(value, list):
        return "; ".join(_entry(item, currency) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _entry(one: Mapping[str, Any], currency: str) -> str:
    """One payment, phase, team member or contact on one line."""
    title = one.get("label") or one.get("name") or one.get("identifier") or ""
    parts = [shown_amount(one["amount"], currency) if one.get("amount") else ""]
    parts += [f"{one['hours']} h" if one.get("hours") else "", one.get("due") or "", one.get("part") or ""]
    parts += [" to ".join(filter(None, (one.get("start"), one.get("end")))), one.get("work_role") or ""]
    details = ", ".join(filter(None, parts))
    return f"{title} ({details})" if details else str(title)
