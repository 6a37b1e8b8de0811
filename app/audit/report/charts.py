"""The report's charts as inline SVG. Colours come from the page's style, so that they follow light, dark and paper."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup, escape

from app.audit.report import figures

Counts = Mapping[str, Mapping[str, Any]]
_MOVED = ("mini-project", "project", "review")
_WIDE, _HIGH = 720, 220
_LEFT, _FOOT = 46, 34
_LINE = 30
_MOST_LINES, _MOST_COLUMNS, _MOST_LABELS = 12, 36, 7
_HALF_LABEL = 36
"""Half as wide as the name of a month in the large letters of a phone."""
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")
_SIDES = ("service", "unknown", "open", "project")


def months(found: Counts) -> Markup:
    """Columns by month: tickets that would be mini-projects, projects, or ask a person."""
    return _columns(
        along_time(found, found),
        _MOVED,
        "Tickets by month of entry that would become mini-projects or projects, or ask a person",
        whole=True,
    )


def money(found: Counts, every: Counts) -> Markup:
    """Columns by month: hours of project work outside Professional Services, over `every` month of the audit."""
    title = "Hours of sold work outside Professional Services, by month of entry"
    hours = {name: {"hours": sums["hours"] or 0} for name, sums in found.items()}
    return _columns(along_time(hours, every), ("hours",), title, whole=False)


def along_time(found: Counts, every: Counts) -> list[tuple[str, Counter[str]]]:
    """Sums for each month from the first to the last of `every`, also where there is nothing; by quarters or years where months
    would be too many to draw. What has no month comes last, so that the columns add up to the whole."""
    dated = sorted(name for name in {*found, *every} if _MONTH.fullmatch(name))
    spans = next(
        (names for size in (1, 3, 12) if len({*(names := _spans(dated, size)).values()}) <= _MOST_COLUMNS),
        _spans(dated, 12),
    )
    sums = {name: Counter[str]() for name in dict.fromkeys(spans.values())}
    for name, counts in sorted(found.items()):
        sums.setdefault(spans.get(name, "no date"), Counter()).update(counts)
    return list(sums.items())


def _spans(dated: Sequence[str], size: int) -> dict[str, str]:
    """The name of the column for each month from the first to the last; `size`: months in a column."""
    if not dated:
        return {}
    first, last = (int(name[:4]) * 12 + int(name[5:]) - 1 for name in (dated[0], dated[-1]))
    named = {1: "{0}-{1:02}", 3: "{0} Q{2}", 12: "{0}"}[size]
    every = [divmod(number, 12) for number in range(first, last + 1)]
    return {f"{year}-{month + 1:02}": named.format(year, month + 1, month // 3 + 1) for year, month in every}


def boards(found: Counts) -> Markup:
    """Bars by board: what the chart says of its tickets. The smallest ones share a bar where there are many."""
    ranked = sorted(found.items(), key=lambda one: -one[1]["tickets"])
    says = ("service-ticket", *_MOVED, "left-alone", "not-readable")
    lines = [(name or "(no board)", [(label, counts[label]) for label in says]) for name, counts in ranked]
    if len(lines) > _MOST_LINES:
        rest = [counts for _, counts in ranked[_MOST_LINES - 1 :]]
        others = [(label, sum(counts[label] for counts in rest)) for label in says]
        lines = [*lines[: _MOST_LINES - 1], (f"{len(rest):,} other boards", others)]
    return _bars(lines, "Outcomes by board")


def rows(found: Counts) -> Markup:
    """Bars by row of the chart: what it says."""
    return _bars(
        [(name, [(side, counts[side]) for side in _SIDES]) for name, counts in found.items()],
        "What each row of the chart says",
    )


def confusion(found: Counts) -> Markup:
    """Squares: the chart's outcome against the outcome shown by records; the larger, the more tickets."""
    says, was = ("service-ticket", "mini-project", "project"), ("service-ticket", "mini-project", "project")
    most = max((found[label][other] for label in says for other in was), default=0) or 1
    parts = []
    for y, label in enumerate(says):
        parts.append(_text(118, 62 + 64 * y, label.replace("-", " "), "end"))
        for x, other in enumerate(was):
            kind = "agree" if label == other else "differ"
            parts.append(_square(158 + 92 * x, 58 + 64 * y, found[label][other], most=most, kind=kind))
    parts += [_text(158 + 92 * x, 16, other.replace("-", " "), "middle") for x, other in enumerate(was)]
    return _svg("".join(parts), 400, 226, "Outcome of the chart (down) against outcome shown by records (across)")


def _square(x: float, y: float, count: int, *, most: int, kind: str) -> str:
    """A square as large as a count, with the count inside where there is room, else next to it."""
    side = 8 + 48 * (count / most) ** 0.3 if count else 0
    drawn = _rect(kind, (x - side / 2, y - side / 2, side, side), f"{count:,}")
    if side > 34:
        return drawn + _text(x, y + 4, f"{count:,}", "middle", "on")
    return drawn + _text(x + side / 2 + 5 if side else x, y + 4, f"{count:,}", "start" if side else "middle", "value")


def _columns(shown: Sequence[tuple[str, Mapping[str, int]]], says: Sequence[str], title: str, *, whole: bool) -> Markup:
    most = max((sum(counts[label] for label in says) for _, counts in shown), default=0) or 1
    top, step = _round_up(most, whole=whole)
    room = _HIGH - _FOOT - 10
    parts = []
    for number in range(int(top / step) + 1):
        y = 10 + room * (1 - number * step / top)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDE}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"{number * step:,.12g}", "end"))
    width = (_WIDE - _LEFT) / max(1, len(shown))
    every = -(-len(shown) // _MOST_LABELS)
    for place, (name, counts) in enumerate(shown):
        x, y = _LEFT + width * place + width * 0.15, 10.0 + room
        for label in says:
            height = room * counts[label] / top
            y -= height
            parts.append(
                _rect(
                    label,
                    (x, y, width * 0.7, height),
                    f"{name}: {figures.shown(counts[label])} {label.replace('-', ' ')}",
                )
            )
        if place % every == 0:
            parts.append(_text(min(x + width * 0.35, _WIDE - _HALF_LABEL), _HIGH - 14, name, "middle"))
    return _svg("".join(parts), _WIDE, _HIGH, title)


def _bars(lines: Sequence[tuple[str, Sequence[tuple[str, int]]]], title: str) -> Markup:
    parts = []
    for place, (name, counts) in enumerate(lines):
        total, x, y = sum(count for _, count in counts) or 1, 150.0, _LINE * place + 4
        parts.append(_text(142, y + 15, name if len(name) <= 20 else f"{name[:19]}…", "end"))
        for one, count in counts:
            width = (_WIDE - 220) * count / total
            parts.append(_rect(one, (x, y, width, 20), f"{name}: {count:,} {one.replace('-', ' ')}"))
            x += width
        parts.append(_text(_WIDE - 60, y + 15, f"{sum(count for _, count in counts):,}", "start", "value"))
    return _svg("".join(parts), _WIDE, _LINE * len(lines) + 4, title)


def _round_up(most: float, *, whole: bool) -> tuple[float, float]:
    """An axis end and a step that people count in: 1, 2 or 5 times a power of ten, at most five steps."""
    sizes = (unit * 10.0**power for power in range(0 if whole else -2, 13) for unit in (1, 2, 5))
    step = next(size for size in sizes if most / size <= 5)
    return step * -(-most // step), step


def _rect(kind: str, place: tuple[float, float, float, float], label: str) -> str:
    """A rectangle with its words for the mouse; none where it would be flat."""
    x, y, wide, high = place
    if not wide or not high:
        return ""
    where = f'x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<rect class="{escape(kind)}" {where}><title>{escape(label)}</title></rect>'


def _text(x: float, y: float, words: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _svg(inner: str, wide: int, high: int, title: str) -> Markup:
    return Markup(  # noqa: S704 - every word inside has been escaped
        f'<svg role="img" viewBox="0 0 {wide} {high}" aria-label="{escape(title)}" preserveAspectRatio="xMinYMin meet">{inner}</svg>'
    )
