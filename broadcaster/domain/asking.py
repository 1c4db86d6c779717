"""Who is asked for consent now, and when those who do not answer are reminded.

    of the asked role ─ here ───────────────► asked
                      └ away ─ her deputy, or the deputy's deputy: whoever is here is asked
    nobody of them, or no answer in time ───► the administrators too, in the same way
    still nobody ───────────────────────────► whoever may consent and is here; then whoever may

Nobody is asked about what she wrote or asked for herself, and those who only read about nothing.
Accounts are numbers, and `now` and `today` are always arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from broadcaster.domain.permissions import Right, Role, may
from broadcaster.domain.policy import QuietHours
from broadcaster.domain.writing import may_consent


class Widened(StrEnum):
    """Why others are asked than those of the role that was asked."""

    NOBODY = "nobody"
    """None of them is here, and nobody stands in."""
    SILENCE = "silence"
    """They have not answered."""


class AbsenceMistake(StrEnum):
    """Why an absence is refused."""

    BACKWARDS = "backwards"
    """It ends before it begins."""
    OVER = "over"
    HERSELF = "herself"
    """Nobody stands in for herself."""
    CANNOT = "cannot"
    """The deputy only reads, or her account is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """An account that is open; `deputy` stands in from `away_from` to `away_until`, both included.

    Without an end somebody is away until she says otherwise.
    """

    key: int
    role: Role
    deputy: int | None = None
    away_from: date | None = None
    away_until: date | None = None

    def is_away(self, today: date) -> bool:
        """Whether she cannot be asked today."""
        if self.away_from is None or today < self.away_from:
            return False
        return self.away_until is None or today <= self.away_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request for consent as far as asking goes; `decide_by` is when an answer comes too late.

    `reminded_at` is when those asked were written to last.
    """

    role: Role
    asked_at: datetime
    asked_by: int | None = None
    written_by: int | None = None
    decide_by: datetime | None = None
    reminded_at: datetime | None = None

    def is_anothers(self, who: int) -> bool:
        """Whether this account may answer: four eyes are those of two people."""
        return may_consent(who, asked_by=self.asked_by, written_by=self.written_by)

    @property
    def last_quarter(self) -> datetime | None:
        """When the last quarter of the time for an answer begins; None when there is no end."""
        if self.decide_by is None or self.decide_by <= self.asked_at:
            return None
        return self.asked_at + (self.decide_by - self.asked_at) * 3 / 4


@dataclass(frozen=True, slots=True)
class Circle:
    """Those who are asked, each with the accounts in whose place; herself among them."""

    places: Mapping[int, frozenset[int]]
    widened: Widened | None = None

    def is_asked(self, who: int) -> bool:
        """Whether this account is asked."""
        return who in self.places

    def stands_in_for(self, who: int) -> frozenset[int]:
        """In whose places this account is asked; empty when it is in her own right."""
        mine = self.places.get(who, frozenset())
        return frozenset() if who in mine else mine


def circle(
    question: Question, colleagues: Iterable[Colleague], *, today: date, overdue: bool
) -> Circle:
    """Who is asked today; nobody only when no colleague at all may consent.

    Where nobody has the role, the administrators are those who are always asked.
    """
    known = {one.key: one for one in colleagues}
    able = [
        one
        for one in known.values()
        if may(one.role, Right.APPROVE) and question.is_anothers(one.key)
    ]
    first = _present([one for one in able if one.role is question.role], known, question, today)
    if first and not overdue:
        return Circle(first)
    chiefs = [one for one in able if one.role in {question.role, Role.ADMINISTRATOR}]
    wider = (
        _present(chiefs, known, question, today)
        or _present(able, known, question, today)
        or {one.key: frozenset({one.key}) for one in able}
    )
    if first:
        return Circle(wider, Widened.SILENCE if wider.keys() != first.keys() else None)
    has_role = any(one.role is question.role for one in known.values())
    return Circle(wider, Widened.NOBODY if has_role else None)


def _present(
    principals: Iterable[Colleague],
    known: Mapping[int, Colleague],
    question: Question,
    today: date,
) -> dict[int, frozenset[int]]:
    """These, or whoever stands in for them."""
    places: dict[int, frozenset[int]] = {}
    for one in principals:
        there = _stand_in(one, known, question, today)
        if there is not None:
            places[there] = places.get(there, frozenset()) | {one.key}
    return places


def _stand_in(
    principal: Colleague, known: Mapping[int, Colleague], question: Question, today: date
) -> int | None:
    """Who is here in somebody's place; None when the chain of deputies ends or turns round."""
    one, seen = principal, {principal.key}
    while one.is_away(today):
        deputy = known.get(one.deputy) if one.deputy is not None else None
        if deputy is None or deputy.key in seen or not _may_stand_in(deputy, question):
            return None
        seen.add(deputy.key)
        one = deputy
    return one.key


def _may_stand_in(deputy: Colleague, question: Question) -> bool:
    return may(deputy.role, Right.WRITE) and question.is_anothers(deputy.key)


def may_answer(question: Question, who: Colleague, asked: Circle) -> bool:
    """Whether somebody may decide: by her role, or because she is asked in somebody's place."""
    entitled = may(who.role, Right.APPROVE) or asked.is_asked(who.key)
    return entitled and question.is_anothers(who.key)


def is_overdue(question: Question, *, after: timedelta, now: datetime) -> bool:
    """Whether those asked first have been silent for so long that others are asked.

    That is after `after`, and in the last quarter of the time for an answer at the latest.
    """
    quarter = question.last_quarter
    limit = question.asked_at + after
    return now >= (limit if quarter is None else min(limit, quarter))


def is_night(quiet: QuietHours | None, now: datetime) -> bool:
    """Whether nobody is written to now."""
    return quiet is not None and quiet.until(now) is not None


def reminder_due(
    question: Question,
    *,
    every: timedelta,
    quiet: QuietHours | None,
    now: datetime,
    widens: bool = False,
) -> bool:
    """Whether those asked are to be written to now: at once, then every so often, never at night.

    Once more in the last quarter of the time for an answer, and when others are asked as well
    (`widens`); never twice within half of `every`.
    """
    if is_night(quiet, now):
        return False
    before = question.reminded_at
    if before is None:
        return True
    rest = abs(now - before)
    if rest < every / 2:
        return False
    return rest >= every or widens or _last_call(question, before, now)


def _last_call(question: Question, before: datetime, now: datetime) -> bool:
    quarter, end = question.last_quarter, question.decide_by
    return quarter is not None and end is not None and before < quarter <= now < end


def absence_mistake(
    who: int, deputy: Colleague | None, *, first: date, last: date, today: date
) -> AbsenceMistake | None:
    """Why somebody cannot be away like this; None when she can."""
    if last < first:
        return AbsenceMistake.BACKWARDS
    if last < today:
        return AbsenceMistake.OVER
    if deputy is None:
        return None
    if deputy.key == who:
        return AbsenceMistake.HERSELF
    return None if may(deputy.role, Right.WRITE) else AbsenceMistake.CANNOT
