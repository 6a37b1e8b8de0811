"""What is left to a person, as sentences in the language of the chart's notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from app.domain.enums import BillingMethod
from app.planning.amounts import words
from app.planning.texts import cut, plain

Language = Literal["en", "de", "fr", "es"]
Value = BillingMethod | str | Decimal | tuple[str, ...]
_LONGEST_NAME = 100
_QUOTES: dict[Language, tuple[str, str]] = {"en": ("“", "”"), "de": ("„", "“"), "fr": ("« ", " »"), "es": ("«", "»")}
_POINTS: dict[Language, tuple[str, str]] = {"en": (",", "."), "de": (".", ","), "fr": (" ", ","), "es": (".", ",")}
"""What stands between thousands, and before the cents."""


@dataclass(frozen=True, slots=True)
class ManualAction:
    """One thing for a person. `key`: which sentence; `values`: amounts, and names as the ticket has them."""

    key: str
    values: Mapping[str, Value]


def todo(key: str, **values: Value) -> ManualAction:
    """A thing for a person, by the key of its sentence."""
    return ManualAction(key, values)


def said(todos: Iterable[ManualAction], language: Language) -> tuple[str, ...]:
    """The sentences; names lose what could act as markup."""
    return tuple(
        SENTENCES[one.key][language].format(**{name: _shown(value, language) for name, value in one.values.items()})
        for one in todos
    )


def under_heading(todos: Iterable[str], language: Language) -> str:
    """The sentences as a list under their heading."""
    return "\n".join([HEADING[language], *(f"- {one}" for one in todos)])


def _shown(value: Value, language: Language) -> str:
    if isinstance(value, Decimal):
        thousands, cents = _POINTS[language]
        return words(value).translate({ord(","): thousands, ord("."): cents})
    if isinstance(value, BillingMethod):
        return value.value
    names = (value,) if isinstance(value, str) else value
    before, after = _QUOTES[language]
    return ", ".join(f"{before}{cut(plain(name), _LONGEST_NAME)}{after}" for name in names)


HEADING: dict[Language, str] = {
    "en": "To do by hand:",
    "de": "Von Hand zu tun:",
    "fr": "À faire à la main :",
    "es": "A hacer a mano:",
}
TAKEN_BACK: dict[Language, str] = {
    "en": "This decision was taken back.",
    "de": "Diese Entscheidung wurde zurückgenommen.",
    "fr": "Cette décision a été annulée.",
    "es": "Esta decisión se ha deshecho.",
}
SENTENCES: dict[str, dict[Language, str]] = {
    "price-otherwise": {
        "en": "The agreed price is {price}; the chart bills it as {method}.",
        "de": "Vereinbart ist der Preis {price}; die Tabelle rechnet ihn als {method} ab.",
        "fr": "Le prix convenu est {price} ; la grille le facture en {method}.",
        "es": "El precio acordado es {price}; la tabla lo factura como {method}.",
    },
    "split": {
        "en": "The price of {price} is billed in parts, but the ticket does not say how it splits. Set the amounts on the phases, "
        "or create the progress invoices in ConnectWise; its API cannot create them.",
        "de": "Der Preis {price} wird in Teilen abgerechnet, das Ticket sagt aber nicht, in welchen. Die Beträge an den Phasen eintragen "
        "oder die Abschlagsrechnungen in ConnectWise anlegen; die API kann es nicht.",
        "fr": "Le prix de {price} se facture en plusieurs fois, mais le ticket ne dit pas comment. Saisir les montants sur les phases, "
        "ou créer les factures d'avancement dans ConnectWise ; l'API ne le peut pas.",
        "es": "El precio de {price} se factura por partes, pero el ticket no dice cómo. Poner los importes en las fases, "
        "o crear las facturas parciales en ConnectWise; la API no puede.",
    },
    "split-over": {
        "en": "The price of {price} is billed in parts, but the ticket does not say how it splits over {names}. Set the amounts on the "
        "phases, or create the progress invoices in ConnectWise; its API cannot create them.",
        "de": "Der Preis {price} wird in Teilen abgerechnet, das Ticket sagt aber nicht, wie er sich auf {names} verteilt. Die Beträge an den "
        "Phasen eintragen oder die Abschlagsrechnungen in ConnectWise anlegen; die API kann es nicht.",
        "fr": "Le prix de {price} se facture en plusieurs fois, mais le ticket ne dit pas comment il se répartit sur {names}. Saisir les "
        "montants sur les phases, ou créer les factures d'avancement dans ConnectWise ; l'API ne le peut pas.",
        "es": "El precio de {price} se factura por partes, pero el ticket no dice cómo se reparte entre {names}. Poner los importes en las "
        "fases, o crear las facturas parciales en ConnectWise; la API no puede.",
    },
    "price-open": {
        "en": "A fixed price is agreed, but the ticket does not say for certain how much it is. Set FixedFee and the amount by hand before "
        "anything is billed.",
        "de": "Ein Festpreis ist vereinbart, das Ticket sagt aber nicht sicher, welcher. FixedFee und den Betrag von Hand eintragen, bevor "
        "etwas abgerechnet wird.",
        "fr": "Un prix fixe est convenu, mais le ticket n'en dit pas le montant avec certitude. Saisir FixedFee et le montant à la main avant "
        "toute facturation.",
        "es": "Hay un precio cerrado acordado, pero el ticket no dice con seguridad cuál. Poner FixedFee y el importe a mano antes de "
        "facturar nada.",
    },
    "left-out": {
        "en": "This money in the ticket was not taken for the agreed price; check whether it has to be billed: {names}.",
        "de": "Dieses Geld im Ticket gilt nicht als vereinbarter Preis; prüfen, ob es abzurechnen ist: {names}.",
        "fr": "Cet argent dans le ticket n'a pas été pris pour le prix convenu ; vérifier s'il est à facturer : {names}.",
        "es": "Este dinero en el ticket no se tomó por el precio acordado; comprobar si hay que facturarlo: {names}.",
    },
    "mini-prices-differ": {
        "en": "The ticket names more than one price: {names}. Find out which is agreed, then set FixedFee and that amount on the ticket.",
        "de": "Das Ticket nennt mehr als einen Preis: {names}. Klären, welcher vereinbart ist, dann FixedFee und diesen Betrag am Ticket "
        "einstellen.",
        "fr": "Le ticket donne plusieurs prix : {names}. Établir lequel est convenu, puis régler FixedFee et ce montant sur le ticket.",
        "es": "El ticket da más de un precio: {names}. Aclarar cuál es el acordado y poner FixedFee y ese importe en el ticket.",
    },
    "rate-by-hand": {
        "en": "Set the agreed rate of {rate} an hour by hand; with the method {method} the API has no place for it.",
        "de": "Den vereinbarten Stundensatz {rate} von Hand eintragen; mit der Methode {method} hat die API keinen Platz dafür.",
        "fr": "Saisir à la main le taux horaire convenu de {rate} ; avec la méthode {method} l'API n'a pas de place pour lui.",
        "es": "Poner a mano la tarifa acordada de {rate} por hora; con el método {method} la API no tiene sitio para ella.",
    },
    "close-phases": {
        "en": "Close each phase when its stage is handed over; ConnectWise bills the instalment then.",
        "de": "Jede Phase schließen, sobald ihr Abschnitt übergeben ist; ConnectWise rechnet die Rate dann ab.",
        "fr": "Clore chaque phase à la remise de son étape ; ConnectWise facture alors l'acompte.",
        "es": "Cerrar cada fase al entregar su etapa; ConnectWise factura entonces el plazo.",
    },
    "fixed-in-parts": {
        "en": "Create the progress invoices in ConnectWise as the stages are reached; its API cannot create them.",
        "de": "Die Abschlagsrechnungen in ConnectWise anlegen, sobald die Abschnitte erreicht sind; die API kann es nicht.",
        "fr": "Créer les factures d'avancement dans ConnectWise au fil des étapes ; l'API ne le peut pas.",
        "es": "Crear las facturas parciales en ConnectWise al llegar a cada etapa; la API no puede.",
    },
    "rates-in-parts": {
        "en": "Bill the work so far as each stage is handed over; ConnectWise has progress invoices for fixed-fee projects only.",
        "de": "Die Arbeit bis dahin bei jeder Übergabe abrechnen; Abschlagsrechnungen hat ConnectWise nur für Festpreisprojekte.",
        "fr": "Facturer le travail fait à chaque remise d'étape ; ConnectWise n'a de factures d'avancement que pour un forfait.",
        "es": "Facturar lo hecho al entregar cada etapa; ConnectWise solo tiene facturas parciales para precio cerrado.",
    },
    "own-method": {
        "en": "The ticket follows the project's billing method; one of its own can only be set by hand on the ticket.",
        "de": "Das Ticket folgt der Abrechnung des Projekts; eine eigene lässt sich nur von Hand am Ticket einstellen.",
        "fr": "Le ticket suit la facturation du projet ; la sienne propre ne se règle qu'à la main sur le ticket.",
        "es": "El ticket sigue la facturación del proyecto; una propia solo se pone a mano en el ticket.",
    },
    "agreement-off": {
        "en": "Check the agreement: the ticket was taken off {name}, since this work is priced by itself.",
        "de": "Vertrag prüfen: Das Ticket wurde von {name} gelöst, weil diese Arbeit einen eigenen Preis hat.",
        "fr": "Vérifier le contrat : le ticket a été retiré de {name}, car ce travail a son propre prix.",
        "es": "Revisar el contrato: el ticket se quitó de {name}, porque este trabajo tiene su propio precio.",
    },
    "mini-price": {
        "en": "Agreed price {price}: set the billing method FixedFee and this amount on the ticket.",
        "de": "Vereinbarter Preis {price}: am Ticket die Abrechnung FixedFee und diesen Betrag einstellen.",
        "fr": "Prix convenu {price} : régler sur le ticket la facturation FixedFee et ce montant.",
        "es": "Precio acordado {price}: poner en el ticket la facturación FixedFee y este importe.",
    },
    "mini-cap": {
        "en": "Agreed limit {cap}: set the billing method NotToExceed and this amount on the ticket.",
        "de": "Vereinbarte Grenze {cap}: am Ticket die Abrechnung NotToExceed und diesen Betrag einstellen.",
        "fr": "Plafond convenu {cap} : régler sur le ticket la facturation NotToExceed et ce montant.",
        "es": "Límite acordado {cap}: poner en el ticket la facturación NotToExceed y este importe.",
    },
    "mini-rate": {
        "en": "Agreed rate {rate} an hour: set the billing method OverrideRate and this rate on the ticket.",
        "de": "Vereinbarter Stundensatz {rate}: am Ticket die Abrechnung OverrideRate und diesen Satz einstellen.",
        "fr": "Taux horaire convenu {rate} : régler sur le ticket la facturation OverrideRate et ce taux.",
        "es": "Tarifa acordada {rate} por hora: poner en el ticket la facturación OverrideRate y esta tarifa.",
    },
    "mini-agreement": {
        "en": "The ticket is on the agreement {name}; take it off if the agreement must not cover this work.",
        "de": "Das Ticket hängt am Vertrag {name}; lösen, wenn der Vertrag diese Arbeit nicht decken soll.",
        "fr": "Le ticket est sur le contrat {name} ; l'en retirer si le contrat ne doit pas couvrir ce travail.",
        "es": "El ticket está en el contrato {name}; quitarlo si el contrato no debe cubrir este trabajo.",
    },
    "restrict": {
        "en": "Restrict the project to its team; access to projects is set by security roles in ConnectWise.",
        "de": "Das Projekt auf sein Team beschränken; den Zugang regeln Sicherheitsrollen in ConnectWise.",
        "fr": "Limiter le projet à son équipe ; l'accès se règle par les rôles de sécurité dans ConnectWise.",
        "es": "Limitar el proyecto a su equipo; el acceso se regula con roles de seguridad en ConnectWise.",
    },
    "not-on-team": {
        "en": "Not an active member and not on the team: {names}.",
        "de": "Kein aktives Mitglied und nicht im Team: {names}.",
        "fr": "Pas membre actif, donc pas dans l'équipe : {names}.",
        "es": "No es miembro activo y no está en el equipo: {names}.",
    },
    "no-role": {
        "en": "Add {name} to the project's team; ConnectWise has no project role for it.",
        "de": "{name} ins Projektteam aufnehmen; ConnectWise hat keine Projektrolle dafür.",
        "fr": "Ajouter {name} à l'équipe du projet ; ConnectWise n'a pas de rôle de projet pour cela.",
        "es": "Añadir {name} al equipo del proyecto; ConnectWise no tiene rol de proyecto para ello.",
    },
    "contact-of-phase": {
        "en": "Contact of the phase {phase}: {contact}. A project contact carries no phase.",
        "de": "Kontakt der Phase {phase}: {contact}. Ein Projektkontakt trägt keine Phase.",
        "fr": "Contact de la phase {phase} : {contact}. Un contact de projet ne porte pas de phase.",
        "es": "Contacto de la fase {phase}: {contact}. Un contacto de proyecto no lleva fase.",
    },
    "add-contacts": {
        "en": "Add as contacts of the project: {names}.",
        "de": "Als Kontakte des Projekts aufnehmen: {names}.",
        "fr": "Ajouter comme contacts du projet : {names}.",
        "es": "Añadir como contactos del proyecto: {names}.",
    },
    "contacts-by-phase": {
        "en": "Say which contact stands for which phase; project contacts carry no phase.",
        "de": "Festhalten, welcher Kontakt für welche Phase steht; Projektkontakte tragen keine Phase.",
        "fr": "Dire quel contact vaut pour quelle phase ; les contacts de projet ne portent pas de phase.",
        "es": "Decir qué contacto es de qué fase; los contactos de proyecto no llevan fase.",
    },
    "unread": {
        "en": "Look at these on the ticket; they could not be read: {names}.",
        "de": "Am Ticket nachsehen, es ließ sich nicht lesen: {names}.",
        "fr": "À regarder sur le ticket, la lecture n'a pas été possible : {names}.",
        "es": "Mirar en el ticket, no se pudo leer: {names}.",
    },
    "gl-unread": {
        "en": "The GL mapping cannot be read, so where the revenue goes is not known.",
        "de": "Die Erlöskonten-Zuordnung ließ sich nicht lesen; wohin der Erlös geht, ist nicht bekannt.",
        "fr": "L'affectation comptable n'a pas pu être lue ; la destination du revenu n'est pas connue.",
        "es": "No se pudo leer la asignación de cuentas; no se sabe adónde va el ingreso.",
    },
}  # fmt: skip
