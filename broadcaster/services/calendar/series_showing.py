"""A series as its author looks at it: what has left, what is to come, and one date by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from broadcaster.domain.occasions import Item, Skipped, moment_of
from broadcaster.services import approvals
from broadcaster.services.audit import Action, record
from broadcaster.services.calendar.copying import copy_of
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.leaving_out import LeavingOutRefused, Refusal, to_come
from broadcaster.services.calendar.series import (
    PREFIX,
    item_of,
    name_of,
    repetition_of,
    running,
)
from broadcaster.services.calendar.series_ahead import ahead
from broadcaster.services.calendar.showing import Fate, Kind, Shown, fate_of
from broadcaster.services.drafts import NoSuchDraft, OutOfReach, actor, drafts_of
from broadcaster.services.drafts_leaving import take_back
from broadcaster.services.outlets import Office
from broadcaster.store.models import ApprovalRequest, Occasion, Revision, Series, Staff

PAST_SHOWN, COMING_SHOWN = 30, 12


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """The dates of a series: the last ones, the newest first, and the next ones, by time.

    `left` is how many are to come, those left out not counted.
    """

    past: tuple[Shown, ...]
    coming: tuple[Shown, ...]
    left: int


def series_of(by: Staff, key: UUID) -> Series:
    """The series of which this is the mould, going on or stopped; raises NoSuchDraft."""
    found = Series.objects.filter(mould=key, mould__in=drafts_of(by)).first()
    if found is None:
        raise NoSuchDraft(str(key))
    return found


def item_for(by: Staff, key: UUID) -> Item:
    """A series that goes on as an item of the calendar; raises NoSuchDraft."""
    rows = running().select_related("mould__written_by__staff")
    found = rows.filter(mould=key, mould__in=drafts_of(by)).first()
    if found is None:
        raise NoSuchDraft(str(key))
    text = Revision.objects.filter(announcement=key).order_by("-number").first()
    return item_of(found, text.title if text else "")


def series_dates(office: Office, series: Series, title: str, *, now: datetime) -> SeriesDates:
    """What has become of a series' dates, and which are to come."""
    zone, name = office.school.time_zone, name_of(series.pk)
    asked = ApprovalRequest.objects.filter(announcement=OuterRef("announcement"), decided_at=None)
    rows = Occasion.objects.filter(item=name).select_related("announcement")
    rows = rows.annotate(asked=Exists(asked))
    past = rows.filter(send_at__lte=now).order_by("-send_at")[:PAST_SHOWN]
    known = [_drafted(row, zone) for row in rows.filter(send_at__gt=now)]
    is_on = series.started_at is not None
    planned = list(_planned(office, series, title, known, now)) if is_on else []
    coming = sorted([*known, *planned], key=lambda one: one.at)
    return SeriesDates(
        past=tuple(_drafted(row, zone) for row in past),
        coming=tuple(coming[:COMING_SHOWN]),
        left=sum(one.fate is not Fate.SKIPPED for one in coming),
    )


def _drafted(row: Any, zone: Any) -> Shown:
    return Shown(
        at=row.send_at,
        on=row.send_at.astimezone(zone).date(),
        title=row.title,
        kind=Kind.SERIES,
        fate=Fate.SKIPPED if row.skipped else fate_of(row.announcement, asked=row.asked),
        item=row.item,
        day=row.day,
        why=Skipped(row.skipped) if row.skipped else None,
        occasion=row.pk,
        announcement=row.announcement_id,
    )


def _planned(
    office: Office, series: Series, title: str, known: list[Shown], now: datetime
) -> Iterator[Shown]:
    days = {one.day for one in known}
    for one in ahead(office, repetition_of(series), now=now):
        if one.day not in days:
            yield Shown(
                at=one.send_at,
                on=one.send_at.astimezone(office.school.time_zone).date(),
                title=title,
                kind=Kind.SERIES,
                fate=Fate.PLANNED,
                item=name_of(series.pk),
                day=one.day,
            )


def change_once(office: Office, by: Staff, key: UUID, day: date, *, now: datetime) -> UUID:
    """The draft of one date, which may be changed until it is scheduled; the rest stays as it is.

    A draft that is there already is taken back. Raises NoSuchDraft, LeavingOutRefused, OutOfReach.
    """
    item = item_for(by, key)
    row = Occasion.objects.filter(item=item.name, day=day).first()
    if row is None:
        return _drafted_now(office, by, item, day, now)
    if row.skipped or row.announcement_id is None or row.send_at <= now:
        raise LeavingOutRefused(Refusal.OVER)
    approvals.withdraw(by, row.announcement_id, now=now)
    take_back(by, row.announcement_id, now=now)
    return row.announcement_id


def _drafted_now(office: Office, by: Staff, item: Item, day: date, now: datetime) -> UUID:
    zone, days = office.school.time_zone, school_days(office.calendar.week).days
    at = to_come(moment_of(item.rhythm, day, zone=zone, days=days), now)
    about = {"item": item.name, "day": day}
    times = {"send_at": at, "decide_by": at, "made_at": now}
    try:
        with transaction.atomic():
            row = Occasion.objects.create(title=item.title, **about, **times)
            made = copy_of(int(item.name.removeprefix(PREFIX)), send_at=at, now=now)
            if made is None:
                raise OutOfReach
            row.announcement = made
            row.save(update_fields=["announcement"])
            record(
                actor(by),
                Action.OCCASION_DRAFTED,
                now=now,
                kind="announcement",
                subject=made.pk,
                item=item.name,
                day=day.isoformat(),
            )
    except IntegrityError as drafted_meanwhile:
        raise LeavingOutRefused(Refusal.OVER) from drafted_meanwhile
    return made.pk


@dataclass(frozen=True, slots=True)
class OneDate:
    """What the draft of a date belongs to; `mould` is None for a memo's."""

    at: datetime
    mould: UUID | None


def date_of(key: UUID) -> OneDate | None:
    """The date for which a draft was made; None for one that somebody wrote by herself."""
    row = Occasion.objects.filter(announcement=key, skipped="").first()
    if row is None:
        return None
    number = row.item.removeprefix(PREFIX) if row.item.startswith(PREFIX) else ""
    found = Series.objects.filter(pk=int(number)).first() if number else None
    return OneDate(row.send_at, found.mould_id if found else None)
