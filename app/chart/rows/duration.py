"""The duration row: is the work done within one billing period, or does it stretch over several?"""

from __future__ import annotations

import re
from datetime import timedelta

from app.chart.rows.row_score import SMALL_NUMBER, RowScore, Thresholds, add_mentions
from app.reading.evidence import Evidence
from app.reading.segments import Sentence
from app.reading.values.dates import SEASON, TimePoint
from app.reading.values.recurrence import courses
from app.reading.values.shares import one_by_one


def score_duration(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    """One billing period by one resource, or several of either?"""
    _booked_periods(evidence, limits, score)
    _named_periods(evidence, limits, score)
    _open_until(evidence, score)
    _long_spans(evidence, score)
    _one_after_the_other(evidence, limits, score)
    add_mentions(evidence, score, "A long stretch of time", "long_span")
    add_mentions(evidence, score, "Work in stages over time", "waves")
    add_mentions(evidence, score, "Several sites or parts", "many_parts")
    for sentence in evidence.planned:
        if match := one_by_one(sentence.words):
            score.add_project("one_by_one", "Work in stages over time", sentence.source, match[0])
    if limits.size.beyond_capacity:
        score.exceed_capacity(limits.size.beyond_capacity)
    if visit := evidence.mentions("one_visit"):
        score.add_service("one_visit", "One visit", visit[0].source, visit[0].words)
    score.undecided = _is_end_open(evidence, limits)


def _booked_periods(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    days = sorted({booking.start for booking in evidence.bookings if booking.start})
    if not days:
        return
    indexes = {evidence.periods.index(day) for day in days}
    shown = f"{days[0]} to {days[-1]}"
    if len(indexes) >= limits.periods and days[-1] - days[0] > timedelta(days=limits.crossing_days):
        if len(days) <= SMALL_NUMBER and limits.size.small:
            score.stay_small("small_job_booked", limits.size.small)
            return
        text = f"Scheduled in {len(indexes)} billing periods"
        score.add_project("periods_booked", text, "scheduleEntries", shown, f"duration.periods = {limits.periods}")
    else:
        score.add_service("one_period_booked", "Scheduled within one billing period", "scheduleEntries", shown)


def _named_periods(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    """Planned dates of the text; dates joined by «or» are alternatives."""
    planned = [
        (point, sentence)
        for point, sentence in evidence.upcoming_dates()
        if not _CHOICE.search(sentence.words[: point.at])
    ]
    if any(point.days == 1 for point, _ in planned):
        planned = [(point, sentence) for point, sentence in planned if point.days != SEASON]
        if evidence.mentions("one_visit") and len({point.day for point, _ in planned}) == 2:
            planned = [(point, sentence) for point, sentence in planned if point.days == 1]
    if not planned or _all_booked(evidence, planned):
        return
    first, last = min(planned, key=lambda item: item[0].day), max(planned, key=lambda item: item[0].day)
    indexes = {evidence.periods.index(point.day) for point, _ in planned}
    written = ", ".join(dict.fromkeys(point.written for point, _ in planned))
    if len(indexes) < limits.periods or last[0].day - first[0].day <= timedelta(days=limits.crossing_days):
        score.add_service("dates_in_one_period", "The dates are within one billing period", first[1].source, written)
        return
    if _two_days(planned) and limits.size.small:
        score.stay_small("small_job_dated", limits.size.small)
        return
    distant = evidence.periods.index(last[0].day) - evidence.periods.index(first[0].day) >= 2
    sign = "dates_in_many_periods" if len(indexes) > 2 or (distant and first[1] == last[1]) else "dates_in_periods"
    text = f"Dates in {len(indexes)} billing periods"
    score.add_project(sign, text, last[1].source, written, f"duration.periods = {limits.periods}")


def _two_days(planned: list[tuple[TimePoint, Sentence]]) -> bool:
    """Whether the dates are two exact days at most."""
    return all(point.days == 1 for point, _ in planned) and len({point.day for point, _ in planned}) <= SMALL_NUMBER


def _all_booked(evidence: Evidence, planned: list[tuple[TimePoint, Sentence]]) -> bool:
    """Whether the schedule contains every date of the text, and more than one; then the schedule decides."""
    booked = {booking.start for booking in evidence.bookings if booking.start}
    exact = {point.day for point, _ in planned if point.days == 1}
    return len(exact) > 1 and exact <= booked


_CHOICE = re.compile(
    r"\b(?:or|oder|ou|o|latest|spätestens|au plus tard|a más tardar)\s+(?:the\s|in\s|im\s|en\s|on\s|am\s|by\s)?\W*$"
)


_UNTIL = re.compile(
    r"(?<!\w)(?:until|till|through to|up to|between now and|from now to|over to|bis|bis zum|bis zu|bis ende|jusqu'à|jusqu'en|jusqu'au|d'ici|d'ici à"
    r"|hasta|hasta finales de|hasta el)"
    r"\s+(?:the |end of |late |mid |early |ende |mitte |anfang |fin |finales de |mediados de |la |el |\d{1,2}\.? ?(?:de )?)*$"
)


def _open_until(evidence: Evidence, score: RowScore) -> None:
    """Work until a date at least two periods ahead begins now."""
    for point, sentence in evidence.dates:
        periods = evidence.periods.index(point.day) - evidence.periods.index(evidence.today)
        if periods >= 2 and _UNTIL.search(sentence.words[: point.at]):
            score.add_project("open_until", "A long stretch of time", sentence.source, point.written)
            return


def _is_end_open(evidence: Evidence, limits: Thresholds) -> bool:
    """Whether an undecided date would extend the work into a further billing period."""
    days = [point.day for point, _ in [*evidence.upcoming_dates(), *evidence.undecided_dates]]
    opened = [point.day for point, _ in evidence.undecided_dates if point.day >= evidence.today]
    if not opened or max(opened) - min(days) <= timedelta(days=limits.crossing_days):
        return False
    return len({evidence.periods.index(day) for day in days}) >= limits.periods


def _long_spans(evidence: Evidence, score: RowScore) -> None:
    """Stated lengths of time, compared with the customer's billing period."""
    begin, end = evidence.periods.bounds(evidence.today)
    period = (end - begin).days + 1
    for span, sentence in sorted(evidence.spans, key=lambda item: -item[0].days)[:1]:
        if span.days > period:
            sign = "span_of_periods" if span.days >= 2 * period else "span_over_period"
            score.add_project(sign, "Longer than a billing period", sentence.source, span.written, f"{period} days")


def _one_after_the_other(evidence: Evidence, limits: Thresholds, score: RowScore) -> None:
    """Work in turns: from its first day to the day that follows from the number of places and the pace."""
    if evidence.bookings or not (found := list(courses(evidence.planned))):
        return
    others = {mention.sentence for mention in evidence.mentions("fault", "request", "covered", "billing_cycle", "term")}
    found = [course for course in found if course.sentence not in others]
    if not found:
        return
    course = max(found, key=lambda entry: entry.days)
    start = min((point.day for point, _ in evidence.upcoming_dates() if point.days != SEASON), default=evidence.today)
    end = start + timedelta(days=course.days)
    periods = evidence.periods.index(end) - evidence.periods.index(start) + 1
    if periods < limits.periods or course.days <= limits.crossing_days:
        return
    text = f"In sequence it takes {periods} billing periods"
    shown, threshold = f"{course.written}: {start} to {end}", f"duration.periods = {limits.periods}"
    begin, last = evidence.periods.bounds(start)
    score.worked_out = periods > limits.periods or timedelta(days=course.days) > last - begin
    sign = "turns_in_many_periods" if score.worked_out else "turns_in_periods"
    score.add_project(sign, text, course.sentence.source, shown, threshold)
