"""The report as tables for a spreadsheet: people, and copies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache, lru_cache, partial
from uuid import UUID
from zoneinfo import ZoneInfo

from broadcaster.i18n import _
from broadcaster.report_words import platform_ids, reason_on, why_nothing
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.person_lines import PersonLine, person_lines
from broadcaster.services.tables import Column, Sheet, Value
from broadcaster.store.queries import reports_copies
from broadcaster.store.queries.dialect import loaded, when
from broadcaster.store.queries.reports_people import People
from broadcaster.words import STATES, WHY, channel_word, whom

AT_ONCE = 2000
"""People fetched at once."""

KEPT = 10_000
"""Times kept in the school's spelling."""

PEOPLE = (
    Column(_("Родитель"), 30),
    Column(_("Дети"), 30),
    Column(_("Сообщение отправлено"), 14),
    Column(_("Каналов"), 10),
    Column(_("Каналы"), 26),
    Column(_("Когда"), 17),
    Column(_("Почему не отправлено"), 60),
    Column(_("Сообщили лично"), 24),
    Column(_("Когда сообщили"), 17),
    Column(_("Заметка"), 30),
    Column(_("Когда ознакомились"), 17),
)
COPIES = (
    Column(_("№"), 10),
    Column(_("Канал"), 14),
    Column(_("Кому"), 30),
    Column(_("Вид"), 12),
    Column(_("Состояние"), 20),
    Column(_("Причина"), 34),
    Column(_("Почему есть эта копия"), 40),
    Column(_("Попыток"), 10),
    Column(_("Отправлено"), 17),
    Column(_("Номера у платформы"), 30),
)


def people_sheet(announcement: UUID, zone: ZoneInfo) -> Sheet:
    """Everybody whom the announcement was for, and what became of them."""
    return Sheet(_("Родители"), PEOPLE, partial(_people, announcement, zone))


def copies_sheet(announcement: UUID, zone: ZoneInfo) -> Sheet:
    """Every copy and what became of it."""
    return Sheet(_("Копии"), COPIES, partial(_copies, announcement, zone))


def note_export(announcement: UUID, *, by: Actor, now: datetime, form: str, table: str) -> None:
    """Write down that somebody has taken a report away: it names families."""
    record(
        by,
        Action.REPORT_EXPORTED,
        now=now,
        kind="announcement",
        subject=announcement,
        form=form,
        table=table,
    )


def _people(announcement: UUID, zone: ZoneInfo) -> Iterator[Sequence[Value]]:
    what, start = People(announcement), 0
    while some := person_lines(what, limit=AT_ONCE, offset=start):
        for line in some:
            yield _person(line, zone)
        start += len(some)


def _person(line: PersonLine, zone: ZoneInfo) -> Sequence[Value]:
    one = line.fate
    return (
        one.name,
        ", ".join(line.children),
        _("да") if one.channels else _("нет"),
        one.channels,
        ", ".join(channel_word(channel) for channel, _at in line.ways),
        _local(one.since, zone),
        "; ".join(why_nothing(line.tries, zone)),
        one.told_by,
        _local(one.told_at, zone),
        one.note,
        _local(one.acknowledged_at, zone),
    )


def _copies(announcement: UUID, zone: ZoneInfo) -> Iterator[Sequence[Value]]:
    """Words and times are many times the same: each is found once."""
    words = cache(_words)
    local = lru_cache(KEPT)(lambda at: _local(when(at), zone))
    for (
        number,
        channel,
        place,
        personal,
        state,
        reason,
        why,
        tries,
        at,
        parts,
    ) in reports_copies.every(announcement):
        receiver = whom(bool(personal))
        on, to, become, because, reason_why = words(channel, receiver, state, reason, why)
        ids = "; ".join(platform_ids(loaded(parts)))
        yield number, on, place, to, become, because, reason_why, tries, local(at), ids


def _words(channel: str, receiver: str, state: str, reason: str, why: str) -> Sequence[str]:
    """Channel, receiver, state, reason and policy as one reads them."""
    return (
        channel_word(channel),
        receiver,
        STATES.get(state, state),
        reason_on(channel, reason),
        WHY.get(why, why),
    )


def _local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The school's time without its zone: spreadsheets know none."""
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at else None
