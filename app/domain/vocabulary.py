"""Words that several packages read the same way: labour on product lines, won sales.

Records come first: a product's class and the flags of an opportunity's status decide where they are known.
"""

from __future__ import annotations

import re

from app.domain.sale_records import Opportunity, Product

_LONGEST = 300
LABOUR = re.compile(
    r"\b(?:labou?r\w*|\w*install(?:s|ed|ing|ation\w*)?|instal(?:s|lments?|ments?)|instala\w*|set-?ups?|config|\w*configur\w*|konfigur\w*"
    r"|implement(?:s|ed|ing|a\w*|ierung\w*)?|\w*migrat\w*|deploy(?:s|ed|ing|ments?)?|(?:re)?design(?:s|ed|ing)?|engineer\w*|consult\w*"
    r"|trainings?|projects?|day rates?|days?|hours?|fittings?|on-?site|\w*cabling|commission(?:s|ed|ing)?|stages?|milestones?|workshops?"
    r"|assessments?|audits?|fixed|\w*montage|\w*einricht(?:en|ung\w*)|inbetriebnahme\w*|arbeits\w*|\w*dienstleistung\w*|\w*verkabel\w*"
    r"|\w*schulung\w*|pauschal\w*|stunden|tage|forfaits?|prestations?|câblages?|main d.œuvre|pose|mise en|formation\w*|jours|mano de obra"
    r"|puestas?|montaje\w*|formación|precio cerrado|horas|installier\w*|main d.oeuvre|roll-?outs?|programming|integrations?|onboarding"
    r"|decommission\w*|relocations?|surveys?|einbau|umstellung\w*|umzug|beratung\w*|anbindung\w*|vernetzung\w*|planung\w*|projektleitung"
    r"|festpreis\w*|conseil|déploiement|migraci\w*|consultoría|traslado)\b",
    re.I,
)
"""A product line that names labour as a whole word: «Design of the network», not «HP DesignJet»."""
WON = re.compile(
    r"^(?!.*\b(?:lost|verloren|perd(?:u|id)\w*)\b)(?!.*\b(?:not|never|nicht|nie|kein\w*|no(?!\.)|nunca|non|pas|jamais)[\W_]+(?:\w+\W+){0,2}?"
    r"(?:won|gewonnen|gagn|ganad|accepted|ordered|sign|sold|beauftragt))"
    r".*\b(?:won(?!['’]t\b)|gewonnen|gagn\w*|ganad[oa]s?|accepted|ordered|sign(?:ed|é\w*|iert|ad[oa])?|sold|beauftragt)\b",
    re.I | re.S,
)
"""Names of an opportunity's stage after the customer has accepted; not «not won», not «lost»."""


def is_labour(line: Product) -> bool:
    """Whether a product line is labour: by its class, else by its words."""
    return line.product_class == "Service" or LABOUR.search(line.description[:_LONGEST]) is not None


def is_won(opportunity: Opportunity | None) -> bool:
    """Whether an opportunity is won: by the flags of its status, else by the name of its stage."""
    if opportunity is None:
        return False
    if opportunity.won is not None or opportunity.lost:
        return opportunity.won is True
    return WON.search(opportunity.stage[:_LONGEST]) is not None
