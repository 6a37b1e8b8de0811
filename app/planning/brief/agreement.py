"""Whether charged work stays on the ticket's agreement, and agreements restricted to another place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.domain.customer_records import Agreement
from app.planning.board_mapping import DEPARTMENTS
from app.planning.brief.billing import place_of
from app.planning.brief.inputs import BriefInputs
from app.planning.brief.model import AgreementUse, BriefField, FieldState, Method, Source, conflict, proposed, settled
from app.planning.brief.sale import Sold

_COVERS = re.compile(
    r"all[- ]?in\b|all inclusive|unlimited|full|managed serv|gold|platinum|premium|complete|flat|rundum|tout compris|total",
    re.I,
)
_COVERS_NOT = re.compile(
    r"retainer|block|remote support only|essential|hours|time\b|money|basic|co-managed|stunden|kontingent|heures|horas|bolsa",
    re.I,
)


def agreement_of(inputs: BriefInputs, sold: Sold, method: BriefField[Method]) -> BriefField[AgreementUse]:
    """Charged work leaves an agreement that covers time; a restricted agreement is a conflict on a move."""
    agreement = inputs.ticket.agreement
    if agreement is None or not (agreement.id or agreement.name):
        return settled("none")
    source = Source("agreement", agreement.name)
    if restriction := _restriction(inputs, agreement):
        return conflict(restriction, source)
    rule = inputs.chart.project.billing.agreement
    if rule != "remove-when-priced":
        return settled(rule, Source("chart: project.billing.agreement", rule))
    return _when_priced(inputs, sold, method, agreement)


def _when_priced(
    inputs: BriefInputs, sold: Sold, method: BriefField[Method], agreement: Agreement
) -> BriefField[AgreementUse]:
    source = Source("agreement", agreement.name)
    priced = method.value in ("FixedFee", "NotToExceed", "OverrideRate") or sold.has_price
    stated = (*map(place_of, inputs.text.not_covered), *map(place_of, inputs.text.by_time))
    if method.value == "NoCharge":
        return BriefField("keep", FieldState.SETTLED, (source,))
    if priced or stated:
        use: BriefField[AgreementUse] = (
            settled("remove", source, *method.sources)
            if method.state is FieldState.SETTLED
            else proposed("remove", source, *stated)
        )
        return use
    return proposed("keep", source) if covers_time(agreement) else settled("keep", source)


def covers_time(agreement: Agreement) -> bool:
    """Whether time under the agreement costs nothing: by its own setting, else by its name and type."""
    if agreement.cover_agreement_time is not None:
        return agreement.cover_agreement_time
    return bool(_COVERS.search(f"{agreement.name} {agreement.type}")) and not _COVERS_NOT.search(agreement.name)


def agreement_lists(inputs: BriefInputs) -> Iterator[str]:
    """The departments, where the agreement is restricted to one and the work may move."""
    agreement = inputs.ticket.agreement
    if agreement is not None and _must_fit_department(inputs, agreement):
        yield DEPARTMENTS


def _must_fit_department(inputs: BriefInputs, agreement: Agreement) -> bool:
    moved = inputs.is_project or inputs.chart.mini_project.method == "board"
    return agreement.restrict_department_flag and moved


def _restriction(inputs: BriefInputs, agreement: Agreement) -> str:
    chart = inputs.chart
    target = chart.project.department if inputs.is_project else chart.revenue.department
    if _must_fit_department(inputs, agreement):
        department = inputs.lists.find(DEPARTMENTS, target)
        restricted_to = agreement.department
        same = restricted_to is not None and (
            (department is not None and restricted_to.id == department.get("id"))
            or restricted_to.name.casefold() == target.casefold()
        )
        if not same:
            name = restricted_to.name if restricted_to else "unknown"
            return f"The agreement “{agreement.name}” is restricted to the department “{name}”; the work would move to “{target}”."
    location = inputs.ticket.location
    if (
        agreement.restrict_location_flag
        and agreement.location is not None
        and location is not None
        and agreement.location.id != location.id
    ):
        return f"The agreement “{agreement.name}” is restricted to the location “{agreement.location.name}”; the ticket is at “{location.name}”."
    return ""
