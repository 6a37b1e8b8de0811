"""Checks a valid chart file for contradictions, rules that can never apply, and keys without effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from app.chart.schema.chart_file import Chart
from app.chart.schema.manager_rules import LISTS, ManagerRule
from app.chart.schema.remarks import Pen, Remark
from app.chart.schema.size_lint import size_remarks
from app.chart.schema.table_lint import table_remarks
from app.chart.schema.table_sections import FinancePoints
from app.domain.billing_periods import MONTHS_OF_CYCLE
from app.reading.phrases.grammar import compile_phrases

OPPOSITES = (
    ("covered", "chargeable"),
    ("covered", "accepted"),
    ("single_billing", "progress_billing"),
    ("one_person", "many_people"),
    ("wish", "accepted"),
    ("wish", "fixed_price"),
    ("history", "accepted"),
    ("fault", "accepted"),
    ("fault", "fixed_price"),
    ("request", "accepted"),
)
"""Meanings that exclude each other in one phrase."""


def check(chart: Chart) -> list[Remark]:
    """All errors and warnings, in the order of the file."""
    rules = (
        _renamed,
        _watching,
        _mini_project,
        _rules_of_managers,
        _thresholds,
        _combination,
        size_remarks,
        table_remarks,
        _phases,
        _maps,
        _phrases,
    )
    return sorted({remark for rule in rules for remark in rule(Pen(chart))})


_Rule = Callable[[Pen], Iterator[Remark]]


def _renamed(pen: Pen) -> Iterator[Remark]:
    for key in pen.chart.renamed_keys:
        yield Remark(key.line, key.column, "warning", key.path, str(key))


def _watching(pen: Pen) -> Iterator[Remark]:
    watch, board = pen.chart.watch, pen.chart.mini_project.board
    boards = [] if isinstance(watch.boards, str) else watch.boards
    left_alone = {_fold(name) for name in watch.ignore_boards}
    if not isinstance(watch.boards, str) and not boards:
        yield pen.error(
            "no board is watched, so no ticket is ever decided; write `all` or name boards", "watch", "boards"
        )
    for number, name in enumerate(boards):
        if _fold(name) in left_alone:
            yield pen.error(f"“{name}” is also among ignore_boards; it cannot be both", "watch", "boards", number)
        if _fold(name) == _fold(board):
            text = f"“{name}” is the Mini-Project board; its tickets are never decided again"
            yield pen.error(text, "watch", "boards", number)
        if _fold(name) == _fold(pen.chart.project.board):
            yield pen.error(f"“{name}” is the project board; it holds no service tickets", "watch", "boards", number)
    for member in ("boards", "ignore_boards", "ignore_types", "ignore_statuses", "protected_agreements"):
        listed = getattr(watch, member)
        yield from _twice(pen, [] if isinstance(listed, str) else listed, "watch", member)


def _mini_project(pen: Pen) -> Iterator[Remark]:
    chosen = pen.chart.mini_project
    if chosen.method == "board" and _fold(chosen.board) == _fold(pen.chart.project.board):
        text = "the Mini-Project board and the project board are the same; a mini-project stays on a service board"
        yield pen.error(text, "mini_project", "board")
    used = "mini-project" in (pen.chart.combination.project_row_says_project,
                              pen.chart.combination.only_finance_says_project, pen.chart.combination.otherwise)  # fmt: skip
    if not used and not any(rule.outcome == "mini-project" for rule in pen.chart.rules):
        yield pen.warning(
            "neither the combination nor a rule leads to a mini-project, so this section does nothing", "mini_project"
        )
    if chosen.method == "type":
        idle = [name for name in ("status", "statuses", "types", "subtypes", "items", "teams") if getattr(chosen, name)]
        for name in idle:
            yield pen.warning("does nothing: with `method: type` a ticket stays on its board", "mini_project", name)
    for old in chosen.statuses:
        if _fold(old) in {_fold(name) for name in pen.chart.watch.ignore_statuses}:
            text = f"does nothing: tickets in “{old}” are left alone"
            yield pen.warning(text, "mini_project", "statuses", old)
    for old in chosen.types:
        if _fold(old) in {_fold(name) for name in pen.chart.watch.ignore_types}:
            yield pen.warning(f"does nothing: tickets of “{old}” are left alone", "mini_project", "types", old)


def _rules_of_managers(pen: Pen) -> Iterator[Remark]:
    rules = pen.chart.rules
    names: dict[str, int] = {}
    conditions = [_conditions(rule) for rule in rules]
    for number, rule in enumerate(rules):
        first = names.setdefault(_fold(rule.name), number)
        if first != number:
            yield pen.error(f"another rule is called “{rule.name}” already", "rules", number, "name")
        wider = next((item for item in range(number) if _holds_whenever(conditions[item], conditions[number])), None)
        if wider is not None:
            earlier = rules[wider]
            same = " and has the same outcome" if earlier.outcome is rule.outcome else ", with another outcome"
            text = f"is never reached: “{earlier.name}” above holds for all its tickets{same}"
            contradicts = earlier.outcome is not rule.outcome
            yield (pen.error if contradicts else pen.warning)(text, "rules", number)
        yield from _never_watched(pen, rule, number)
        for member in LISTS:
            yield from _twice(pen, getattr(rule, member), "rules", number, member)


def _never_watched(pen: Pen, rule: ManagerRule, number: int) -> Iterator[Remark]:
    """Rules for boards and types that the chart ignores."""
    watch = pen.chart.watch
    alone = {_fold(name) for name in watch.ignore_boards} | {_fold(pen.chart.mini_project.board)}
    watched = None if isinstance(watch.boards, str) else {_fold(name) for name in watch.boards}
    for place, board in enumerate(rule.boards):
        if _fold(board) in alone or (watched is not None and _fold(board) not in watched):
            text = f"the board “{board}” is not watched; this holds only when a person has a ticket decided"
            yield pen.warning(text, "rules", number, "boards", place)
    types = {_fold(name) for name in watch.ignore_types}
    for place, kind in enumerate(rule.types):
        if _fold(kind) in types:
            text = f"tickets of “{kind}” are left alone; this holds only when a person has one decided"
            yield pen.warning(text, "rules", number, "types", place)


_OTHERS = ("words", "custom_fields", "hours_from", "hours_below", "amount_from", "amount_below")


def _conditions(rule: ManagerRule) -> tuple[frozenset[str], ...]:
    """The names of each list; a condition of another kind counts only where both rules have the same one."""
    others = [frozenset({f"{name}: {value}"}) if (value := getattr(rule, name)) else frozenset() for name in _OTHERS]
    return (*(frozenset(map(_fold, getattr(rule, member))) for member in LISTS), *others)


def _holds_whenever(item: tuple[frozenset[str], ...], other: tuple[frozenset[str], ...]) -> bool:
    """Whether every ticket that meets the conditions `other` meets `one` as well."""
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in zip(item, other, strict=True))


def _thresholds(pen: Pen) -> Iterator[Remark]:
    finance, duration, periods = pen.chart.finance, pen.chart.duration, pen.chart.periods
    most = sum(_most(entry) for entry in pen.chart.facts.finance if "support_points" in entry.to)
    if finance.support > most:
        yield pen.error(f"can never be met: all points for support come to {most:g}", "finance", "support")
    if finance.clear_support > most:
        text = f"can never be met: all points for support come to {most:g}"
        yield pen.warning(text, "finance", "clear_support")
    if finance.sold == 0:
        yield pen.error("0 is always met: every ticket would count as sold", "finance", "sold")
    if finance.support == 0:
        yield pen.error("0 is always met: every ticket would count as support", "finance", "support")
    if finance.clear_support < finance.support:
        yield pen.warning("does nothing: it is below `support`", "finance", "clear_support")
    if finance.sold_over_fault < finance.sold:
        yield pen.warning("does nothing: it is below `sold`", "finance", "sold_over_fault")
    months = MONTHS_OF_CYCLE.get(periods.cycle.lower(), 1)
    if (duration.periods - 1) * months > 24:
        years = (duration.periods - 1) * months // 12
        text = f"hardly ever met: {duration.periods} periods of {periods.cycle} take more than {years} years"
        yield pen.warning(text, "duration", "periods")
    if periods.cycle in ("Weekly", "BiWeekly") and periods.first_day != 1:
        yield pen.warning(f"does nothing with {periods.cycle} periods", "periods", "first_day")


def _most(entry: FinancePoints) -> float:
    """The most points of an entry; many mentions of one without a limit have no end."""
    if entry.most is not None:
        return entry.most
    return float("inf") if entry.each else entry.points + entry.in_summary


def _combination(pen: Pen) -> Iterator[Remark]:
    rule = pen.chart.combination
    rows = set(rule.project_rows)
    if not rows:
        yield pen.warning("no row alone makes a project, so only rules do", "combination", "project_rows")
    if len(rows) < len(rule.project_rows):
        yield pen.warning("a row stands here twice", "combination", "project_rows")
    if "finance" in rows:
        text = "finance alone makes a project, so `only_finance_says_project` does nothing"
        yield pen.warning(text, "combination", "project_rows")
    hinting = 5
    for member in ("rows_needed", "rows_needed_against_support"):
        if getattr(rule, member) > hinting:
            text = f"can never be met: only {hinting} rows can hint at a project"
            yield pen.error(text, "combination", member)
    if rule.rows_needed_against_support < rule.rows_needed:
        text = "fewer rows are needed against break/fix than without it; turn `rows_needed` and this round"
        yield pen.error(text, "combination", "rows_needed_against_support")
    endings = {rule.project_row_says_project, rule.only_finance_says_project, rule.otherwise}
    if len(endings) == 1:
        text = f"all three outcomes are {rule.otherwise}, so every ticket is"
        yield pen.error(text, "combination")
    elif rule.otherwise == "project" or (rule.otherwise, rule.project_row_says_project) == (
        "mini-project",
        "service-ticket",
    ):
        text = f"a ticket without any hint becomes a {rule.otherwise}"
        yield pen.error(text, "combination", "otherwise")


def _phases(pen: Pen) -> Iterator[Remark]:
    phases = pen.chart.project.phases
    total = sum((phase.share for phase in phases), Decimal(0))
    if abs(total - 1) > Decimal("0.001"):
        yield pen.error(f"the shares add up to {total.normalize():f}, not to 1", "project", "phases")
    names = [phase.name for phase in phases]
    yield from _twice(pen, names, "project", "phases")
    billing = pen.chart.project.billing
    if billing.stages_become_phases and billing.fixed_price != "FixedFee":
        text = "does nothing: instalments become phases only where a fixed price is billed as FixedFee"
        yield pen.warning(text, "project", "billing", "stages_become_phases")


def _maps(pen: Pen) -> Iterator[Remark]:
    """Names that occur twice in a map, regardless of capitals and spaces."""
    for member in ("statuses", "types", "subtypes", "items", "teams"):
        seen: dict[str, str] = {}
        for old, new in getattr(pen.chart.mini_project, member).items():
            first = seen.setdefault(_fold(old), old)
            if first != old:
                text = f"“{old}” and “{first}” are the same name, mapped twice"
                yield pen.error(text, "mini_project", member, old)
            if _fold(old) == _fold(new):
                yield pen.warning(f"does nothing: “{old}” keeps its name anyway", "mini_project", member, old)


def _phrases(pen: Pen) -> Iterator[Remark]:
    """Phrases under two opposite meanings, or found by phrases of the opposite meaning."""
    for meaning, languages in pen.chart.words.items():
        for language, phrases in languages.items():
            yield from _twice(pen, phrases, "words", meaning, language)
            for opposite in (pair[pair[0] == meaning] for pair in OPPOSITES if meaning in pair):
                yield from _opposed(pen, opposite, "words", meaning, language)


def _opposed(pen: Pen, opposite: str, *path: str) -> Iterator[Remark]:
    _, meaning, language = path
    lists = pen.chart.all_words[opposite]
    same = {_fold(item) for listed in lists.values() for item in listed}
    finds = compile_phrases(lists.get(language, []))
    for number, phrase in enumerate(pen.chart.words[meaning][language]):
        if _fold(phrase) in same:
            text = f"“{phrase}” also stands under the opposite meaning “{opposite}”"
            yield pen.error(text, *path, number)
        elif _is_plain(phrase) and finds.search(phrase):
            text = f"a phrase of the opposite meaning “{opposite}” finds “{phrase}” as well"
            yield pen.warning(text, *path, number)


def _twice(pen: Pen, names: list[str], *path: str | int) -> Iterator[Remark]:
    seen: set[str] = set()
    for number, name in enumerate(names):
        if _fold(name) in seen:
            yield pen.warning(f"“{name}” stands here twice", *path, number)
        seen.add(_fold(name))


def _is_plain(phrase: str) -> bool:
    return not set(phrase) & set("()|*#${}") and ".." not in phrase


def _fold(name: str) -> str:
    return " ".join(name.split()).casefold()
