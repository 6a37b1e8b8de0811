"""One sale, one project: running projects of the customer that the work may belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from app.domain.sale_records import OpenProject
from app.planning.amounts import words
from app.planning.brief.inputs import BriefInputs, plain_name
from app.planning.brief.model import BriefField, ProjectChoice, Source, conflict, settled

_RUNNING = re.compile(
    r"(?<!\w)(?:change (?:order|request)s?|variation order|(?:contract|signed|agreed|approved) variation"
    r"|variation (?:signed|agreed|approved|no\.? ?\d|\d)|(?:running|ongoing|existing|current"
    r"|open) project|project (?:that is |which is )?(?:under way|underway|in progress|already running)"
    r"|(?:next|second|third|following|last|final) (?:phase|stage|part|step) of (?:the |our |this )?(?:running |ongoing "
    r"|existing )?(?:project)?|phase \w+ of (?:the |our )(?:running |ongoing |existing )?project|extension (?:of"
    r"|to) (?:the |our )?project|add(?:ed)? (?:(?:this|it|these|them) )?to (?:the |our )?project"
    r"|laufende[sn]? projekt\w*|bestehende[sn]? projekt\w*|nächste[rn]? (?:abschnitt|phase|bauabschnitt|stufe|schritt)"
    r"|zweite[rn]? (?:abschnitt|phase|bauabschnitt)|nachtrag\w*|änderungsauftrag|erweiterung des projekts"
    r"|projet en cours|projet existant|(?:prochaine|deuxième|seconde) (?:phase|étape|tranche)|avenant|suite du projet"
    r"|proyecto en (?:curso|marcha)|proyecto existente|(?:siguiente|segunda|próxima) (?:fase|etapa)|orden de cambio|ampliación del proyecto)(?!\w)"
)
_PROJECT = r"(?:project|projekt|projet|proyecto)"
_STEM = 4
_WORD = re.compile(r"[^\W_]+")
_GENERAL = frozenset(
    [
        "project",
        "projekt",
        "projet",
        "proyecto",
        "phase",
        "stage",
        "order",
        "change",
        "next",
        "with",
        "from",
        "that",
        "this",
        "sind",
        "eine",
        "einen",
        "under",
    ]
)


def project_of(inputs: BriefInputs) -> BriefField[ProjectChoice]:
    """A new project, or the running one that the sale or the text points to; then a person chooses."""
    open_projects = _open_projects(inputs)
    if (own := _of_opportunity(inputs)) is not None:
        return _joins(own, _same_sale(own), Source("opportunity", _sale_name(inputs)))
    if not open_projects:
        return settled(ProjectChoice())
    text = " ".join(one.written for one in inputs.sentences).lower()
    mention = _RUNNING.search(text)
    named = _named(open_projects, text, inputs.ticket.summary)
    pointed = named is not None and (_is_title(named, inputs.ticket.summary) or _called_project(named, text))
    if mention is None and not pointed:
        return settled(ProjectChoice())
    found = named or (open_projects[0] if len(open_projects) == 1 else None)
    source = Source("text", mention[0]) if mention else Source("summary", inputs.ticket.summary)
    if found is None:
        names = ", ".join(f"{one.id} “{one.name}”" for one in open_projects[:5])
        return conflict(f"The text mentions a running project; the customer has several: {names}.", source)
    return _joins(found, f"The text points to the running project {found.id} “{found.name}”.", source)


def not_billed_there(inputs: BriefInputs, total: BriefField[Decimal]) -> BriefField[Decimal]:
    """The sold total; a conflict where an open project of the same opportunity bills its forecast already."""
    own = _of_opportunity(inputs)
    by_forecast = any(source.place.startswith("opportunity.") for source in total.sources)
    if own is None or total.value is None or total.is_open or not by_forecast or inputs.has("fee"):
        return total
    message = f"{_same_sale(own)} It may bill the {words(total.value)} already. Enter what this ticket adds."
    return conflict(message, *total.sources, Source("openProjects", own.name))


def _open_projects(inputs: BriefInputs) -> list[OpenProject]:
    return [one for one in inputs.ticket.open_projects if one.id and not one.closed_flag]


def _of_opportunity(inputs: BriefInputs) -> OpenProject | None:
    """The open project of the ticket's sale: made from the opportunity, or linked by it."""
    opportunity = inputs.ticket.opportunity
    if opportunity is None:
        return None
    linked = opportunity.project.id if opportunity.project else None

    def is_own(one: OpenProject) -> bool:
        made_from = one.opportunity.id if one.opportunity else None
        return (made_from is not None and made_from == opportunity.id) or (linked is not None and one.id == linked)

    return next(filter(is_own, _open_projects(inputs)), None)


def _same_sale(project: OpenProject) -> str:
    return f"Project {project.id} “{project.name}” was made from the same opportunity."


def _sale_name(inputs: BriefInputs) -> str:
    return inputs.ticket.opportunity.name if inputs.ticket.opportunity else ""


def _joins(project: OpenProject, why: str, source: Source) -> BriefField[ProjectChoice]:
    choice = ProjectChoice(project.id, project.name)
    return conflict(
        f"{why} Join it as a phase, or make a new project.", source, Source("openProjects", project.name), value=choice
    )


def _named(projects: Sequence[OpenProject], text: str, summary: str) -> OpenProject | None:
    """The project whose whole name, or most of whose words, the text has."""
    whole = [
        project
        for project in projects
        if len(project.name) > 3 and plain_name(project.name) in plain_name(f"{summary} {text}")
    ]
    if whole:
        return max(whole, key=lambda project: len(project.name))
    stems = _stems(f"{summary} {text}")
    scored = [
        (len(name_stems & stems) / len(name_stems), project)
        for project in projects
        if (name_stems := _stems(project.name))
    ]
    best = max(scored, key=lambda item: item[0], default=(0.0, None))
    return best[1] if best[0] >= 0.6 else None


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower()) if len(word) >= _STEM and word not in _GENERAL}


def _called_project(project: OpenProject, text: str) -> bool:
    """Whether the text has the whole name next to the word for a project: work that belongs to it, or comes after it."""
    name = re.escape(plain_name(project.name))
    next_to_word = rf"(?<!\w)(?:{name} {_PROJECT}|{_PROJECT} {name})(?!\w)"
    return len(project.name) > 3 and bool(re.search(next_to_word, plain_name(text)))


def _is_title(project: OpenProject, summary: str) -> bool:
    """Whether the ticket is called like the project."""
    name, title = plain_name(project.name), plain_name(summary)
    return title == name or title.startswith(f"{name} ") or title.startswith(f"{name}:")
