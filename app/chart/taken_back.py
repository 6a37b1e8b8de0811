"""Sentences whose dates, lengths of time or failure words do not speak of the work."""

from __future__ import annotations

import re

TERM = re.compile(
    r"(?<!\w)(?:renew|licen[cs]e|subscription|warrant|guarantee\b|term\b|contract (?:term|period)|validity|verlänger|lizenz|abonnement|laufzeit"
    r"|garantie|gültig|renouvel|durée de validité|renovaci|licencia|suscripci|garantía|vigencia"
    r"|\d[ -]years? (?:plan|deal|licen|support|cover))"
)
"""A length of time in such a sentence is how long something is valid, not how long work takes."""
STAMP = re.compile(
    r"(?<!\w)(?:signer|signed|sent|viewed|completed|unterzeichn\w*|signé\w*|firmad\w*)\b[^!?]{0,80}\b\d{1,2}:\d{2}\b"
)
"""When somebody signed: no day of work."""
NO_FAULT = re.compile(
    r"(?<!\w)(?:wrong (?:form|box|queue|category|option|board|type|mailbox|department|button|drop-?down)|n'est pas une? (?:panne|incident|problème)"
    r"|pas de panne|no es una? (?:avería|incidencia|fallo)|keine? (?:störung|fehler|problem|defekt)\b|kein notfall"
    r"|(?:if|whether|in case) (?:that|this|it)(?:'s| is| was) wrong|not an? (?:fault|incident|issue|problem|outage)"
    r"|nothing (?:is )?(?:broken|wrong)|(?:ticket|case|incident) (?:may|can|could) (?:now )?be closed|falsche[sn]? (?:formular|kategorie|maske)"
    r"|pas trouvé d'autre case|mauvais(?:e)? (?:formulaire|case|catégorie)|formulario equivocado)"
)
"""The sentence says that nothing is broken, or only that the form does not fit."""
