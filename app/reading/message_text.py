"""What the sender of a message wrote now: visible text without quoted threads, signature and disclaimer.

Message text is hostile: any script, broken HTML, NULs and bidi marks are read in bounded time and never raise.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html.parser import HTMLParser

LONGEST_TEXT = 12_000
"""Characters of one text that are read."""
_BLOCKS = {"p", "br", "div", "li", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "blockquote", "hr"}
_SILENT = {"style", "script", "head", "title"}


def plain(text: str) -> str:
    """Visible characters only: HTML as text, entities resolved, control and direction marks gone, letters unified."""
    text = text[:LONGEST_TEXT]
    if "<" in text and _TAG.search(text):
        text = _from_html(text)
    text = unicodedata.normalize("NFKC", text).replace("\r\n", "\n").translate(_UNIFIED)
    unseen = {char for char in set(text) if not char.isprintable() and unicodedata.category(char)[0] == "C"} - {
        "\n",
        "\t",
    }
    return text.translate(dict.fromkeys(map(ord, unseen))) if unseen else text


_TAG = re.compile(
    r"<(?:!|/?(?:a|abbr|address|article|b|big|blockquote|body|br|caption|center|code|col|dd|div|dl|dt|em|font|form|h[1-6]|head|hr|html|i|img|input"
    r"|label|li|link|main|mark|meta|nav|ol|option|p|pre|s|script|section|select|small|span|strike|strong|style|sub|sup|svg|table|tbody|td|textarea"
    r"|tfoot|th|thead|title|tr|tt|u|ul|o:p|font)(?=[\s/>]))",
    re.IGNORECASE,
)
"""What makes a text HTML: a tag that mails have. An address in angle brackets is none."""
_UNIFIED = str.maketrans({"\r": "\n", **dict.fromkeys("’‘`", "'"), **dict.fromkeys("“”„«»", '"')})


class _TextCollector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        self._silent += tag in _SILENT
        self._quoted += tag == "blockquote"
        if tag == "blockquote":
            self.pieces.append("> ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        self._silent = max(0, self._silent - (tag in _SILENT))
        self._quoted = max(0, self._quoted - (tag == "blockquote"))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            text = data.replace("\n", " ") if data.strip() else " "
            self.pieces.append(f"\n> {text}" if self._quoted else text)


def _from_html(text: str) -> str:
    collector = _TextCollector()
    try:
        collector.feed(text)
        collector.close()
    except (AssertionError, ValueError):
        return re.sub(r"<[^<>]{0,300}>", " ", text)
    return "".join(collector.pieces)


_QUOTE_LINE = re.compile(r"^\s*(?:>|\|)")
_THREAD = re.compile(
    r"^\s*(?:-{2,}\s*(?:original|forwarded|urspr|message d|mensaje|weitergeleitete)|_{10,}\s*$"
    r"|(?:on|am|le|el)\b.{5,120}\b(?:wrote|schrieb|a écrit|escribió)\s*:?\s*$"
    r"|(?:from|von|de)\s?:\s?.{1,80}@)",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*(?:from|to|cc|sent|date|subject|von|an|gesendet|betreff|de|à|objet|para|asunto)\s?:\s", re.I)
_CLOSING = re.compile(
    r"^\s*(?:--+|__+|(?:(?:kind|best|warm|many|with kind|warmest|kindest)\s+)?(?:regards|wishes)|best|rgds|brgds|cheers|sincerely|yours\b.{0,20}"
    r"|thanks(?:\s+(?:and|&)\s+regards|\s+in advance|\s+again)?|many thanks|thank you|thx|ta|mit (?:freundlichen|besten) gr.{2,5}en"
    r"|(?:viele|beste|liebe|schöne) gr.{2,5}e|mfg|vg|lg|gr.{2,3}e|danke.{0,15}|cordialement|bien cordialement|merci(?: d'avance)?"
    r"|(?:meilleures |sincères )?salutations.{0,20}|bonne (?:journée|réception)|un (?:cordial )?saludo|saludos.{0,15}|atentamente"
    r"|gracias.{0,15}|un abrazo|sent from my .{0,30}|gesendet von .{0,30}|envoyé de .{0,30})\s*[,.!]*\s*$",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"^\s*(?:p\.?\s?s\.?|nb|n\.b\.|one more thing)\b[\s:.\-]", re.I)
_DISCLAIMER = re.compile(
    r"(?:intended (?:only )?for|intended recipient|this e-?mail (?:and|is|may)|confidentiality notice|received this (?:e-?mail|message) in error"
    r"|before printing|diese e-?mail (?:enthält|ist)|vertrauliche informationen|ce (?:message|courriel) (?:est|et)|este (?:mensaje|correo)"
    r"|registered in england|company (?:number|no\.?)\s*\d|amtsgericht|handelsregister|vat (?:no|number)|siret)",
    re.IGNORECASE,
)
_IN_DISCLAIMERS = (
    "intended", "this email", "this e-mail", "confidentiality notice", "in error", "before printing", "diese e", "vertrauliche",
    "ce message", "ce courriel", "este mensaje", "este correo", "registered in", "company n", "amtsgericht", "handelsregister", "vat n",
    "siret",
)  # fmt: skip
"""Each disclaimer holds one of them: quickly looked for."""
_NO_COVER, _SHORT_COVER = 20, 80
_POINTS_DOWN = re.compile(
    r"\b(?:see below|as below|process|convert|set (?:this |it )?up|create|action|handle|see|attached|fyi|schedule|open|forward\w*"
    r"|yes to (?:all|everything|the lot|it all|both)|all of (?:it|them|that)|in that order|as you (?:wrote|write|propose|proposed|suggest|suggested)"
    r"|(?:agree|agreed|approved?|go ahead|fine) (?:to|with) (?:all|everything|the below|your plan)|all (?:agreed|approved)"
    r"|unten|anbei|anlegen|einplanen|einverstanden|so machen|d.accord avec tout|oui à tout|sí a todo|de acuerdo con todo"
    r"|umsetzen|bearbeiten|ci-dessous|suivre|traiter|planifier|abajo|adjunto|gestionar|planificar)\b",
    re.I,
)
_YES_BELOW = re.compile(
    r"(?<!\w)(?:yes|agreed?|go ahead|fine|accept\w*|approved?|okay|ja|einverstanden|oui|d.accord|sí|de acuerdo|conforme)\b[^.!?\n]{0,40}"
    r"\b(?:below|unten|ci-dessous|plus bas|abajo|más abajo)\b",
    re.I,
)
"""A cover that agrees to the text below orders what is quoted."""
_BLANK_LINES = re.compile(r"\n[\s]*\n")
_MOST_LINES = 800


@lru_cache(maxsize=1024)
def sender_text(text: str) -> str:
    """The sender's text: no quoted threads, signature or disclaimer. A forward with a short cover keeps its body."""
    new, quoted = _split_thread(_BLANK_LINES.sub("\n\n", plain(text)).split("\n")[:_MOST_LINES])
    text = "\n".join(_without_signature(new))
    introduced = any(line.rstrip().endswith(":") for line in new if line.strip()) and not _is_aside(new)
    cover = text.strip()
    if quoted and (
        len(cover) < _NO_COVER
        or introduced
        or _YES_BELOW.search(cover)
        or (len(cover) < _SHORT_COVER and _POINTS_DOWN.search(cover))
    ):
        text += "\n" + "\n".join(_without_signature([line for line in quoted if not _HEADER.match(line)]))
    return text


def _split_thread(lines: list[str]) -> tuple[list[str], list[str]]:
    new: list[str] = []
    quoted: list[str] = []
    in_thread = begun = False
    for number, line in enumerate(lines):
        starts = _THREAD.match(line) or (_HEADER.match(line) and _header_follows(lines, number))
        in_thread = in_thread or (bool(starts) and begun)
        if _QUOTE_LINE.match(line):
            quoted.append(line.lstrip().lstrip(">|").lstrip("> "))
        elif in_thread:
            quoted.append(line)
        elif not starts:
            new.append(line)
            begun = begun or bool(line.strip())
    return new, quoted


def _header_follows(lines: list[str], number: int) -> bool:
    """Two header lines in a row begin a forwarded mail; one alone may be a person's own `From:` line."""
    return any(_HEADER.match(line) for line in lines[number + 1 : number + 3])


_ASIDE = re.compile(
    r"\b(?:maybe it helps|for reference|fyi|found this|zur info|pour info|para info|in case it helps)\b", re.I
)


def _is_aside(new: list[str]) -> bool:
    return any(_ASIDE.search(line) for line in new)


def _without_signature(lines: list[str]) -> list[str]:
    """Cuts from the closing formula on, where only a short block follows; a postscript behind it is kept."""
    kept: list[str] = []
    closed = False
    joined = "\n".join(lines).lower()
    warned = any(word in joined for word in _IN_DISCLAIMERS)
    for number, line in enumerate(lines):
        if _POSTSCRIPT.match(line):
            closed = False
        elif not closed and _CLOSING.match(line) and sum(map(bool, map(str.strip, lines[number + 1 :]))) <= 10:
            closed = bool(kept)
        if not closed and not (warned and _DISCLAIMER.search(line[:400])):
            kept.append(line)
    return _without_name_lines(kept)


_NAME_LINE = re.compile(r"^[^.!?]{2,60}(?:\||/| - ).{2,60}$")
_JOB = re.compile(
    r"\b(?:manager|director|officer|head of|assistant|coordinator|ceo|cfo|coo|cto|cio|leiter(?:in)?|geschäftsführer(?:in)?"
    r"|responsable|directeur|directrice|gerente|administraci.n|accounts|finance|secretary|principal|lead|sr\.?|senior)\b",
    re.I,
)


def _without_name_lines(lines: list[str]) -> list[str]:
    """Drops a last line that is a name with a job title; job titles would read as roles."""
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    while len(lines) > 1 and _NAME_LINE.match(lines[-1].strip()) and _JOB.search(lines[-1]):
        lines = lines[:-1]
    gap = max((number for number, line in enumerate(lines) if not line.strip()), default=0)
    return lines[:gap] if gap and _is_sender([line.strip() for line in lines[gap + 1 :]]) else lines


_SENDER = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Herr|Frau|Hr|Fr|Mme|M|Sr|Sra)\.? )?[A-ZÄÖÜÉÁÍÓÚ][\w.'-]*(?: (?:[A-ZÄÖÜÉÁÍÓÚ][\w.'-]*|van|von|de|der)){0,3}(?:,? .{2,40})?"
)
_NO_SENDER = re.compile(
    r"\d|[.!?:]$|engineer|techni|invoice|bill|rechnung|factur|price|preis|prix|precio|order|auftrag|commande|pedido|phase|stage|week|month|visit"
    r"|termin|please|bitte|merci|gracias",
    re.I,
)


def _is_sender(block: list[str]) -> bool:
    """A last paragraph that is a name with a department or a firm: two to four short lines, or one with a comma."""
    several = 2 <= len(block) <= 4 or (len(block) == 1 and "," in block[0])
    short = all(2 < len(line) <= 60 and not _NO_SENDER.search(line) for line in block)
    return several and short and bool(_SENDER.fullmatch(block[0]))
