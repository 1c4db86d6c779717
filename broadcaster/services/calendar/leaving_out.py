"""One date of an item is left out by a person, or given back to the calendar.

LeavingOutRefused   nothing was changed; `why` is a Refusal
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import IntegrityError, transaction

from broadcaster.domain.occasions import Item, Skipped, moment_of
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.days_off import school_days
from broadcaster.services.calendar.drafting import note_skipped
from broadcaster.services.calendar.going import skip
from broadcaster.services.drafts import actor, drop_draft
from broadcaster.services.outlets import Office
from broadcaster.store.models import Occasion, Staff


class Refusal(StrEnum):
    """Why a date cannot be left out or given back."""

    NO_SUCH_DATE = "no_such_date"
    OVER = "over"
    """Its time has come, or something has become of it."""


class LeavingOutRefused(Exception):
    """Nothing was changed."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def leave_out(office: Office, item: Item, day: date, *, by: Actor, now: datetime) -> None:
    """Let nothing go out for this date of an item, drafted or not; raises LeavingOutRefused."""
    zone, days = office.school.time_zone, school_days(office.calendar.week).days
    at = moment_of(item.rhythm, day, zone=zone, days=days)
    try:
        with transaction.atomic():
            row = Occasion.objects.filter(item=item.name, day=day).first()
            if row is None:
                _note(item, day, at, by=by, now=now)
            elif not skip(row, Skipped.BY_HAND, by=by, now=now):
                raise LeavingOutRefused(Refusal.OVER)
    except IntegrityError as drafted_meanwhile:
        raise LeavingOutRefused(Refusal.OVER) from drafted_meanwhile


def drop_date(by: Staff, key: UUID, *, now: datetime) -> None:
    """Delete a draft for ever; the date that it was for, if any, is left out.

    Raises NoSuchDraft or DraftShut.
    """
    with transaction.atomic():
        row = Occasion.objects.filter(announcement=key, skipped="").first()
        drop_draft(by, key, now=now)
        if row is not None:
            row.refresh_from_db()
            skip(row, Skipped.BY_HAND, by=actor(by), now=now)


def put_back(item: str, day: date, *, by: Actor, now: datetime) -> None:
    """Plan a date again that a person has left out; raises LeavingOutRefused.

    What was drafted for it stays cancelled: a new draft is made in its time.
    """
    with transaction.atomic():
        rows = Occasion.objects.select_for_update().filter(item=item, day=day)
        row = rows.filter(skipped=Skipped.BY_HAND).first()
        if row is None:
            raise LeavingOutRefused(Refusal.NO_SUCH_DATE)
        if row.send_at <= now:
            raise LeavingOutRefused(Refusal.OVER)
        number = row.pk
        row.delete()
        record(
            by,
            Action.OCCASION_PUT_BACK,
            now=now,
            kind="occasion",
            subject=number,
            item=item,
            day=day.isoformat(),
        )


def _note(item: Item, day: date, at: datetime | None, *, by: Actor, now: datetime) -> None:
    """Write down that a date will be left out that nobody has drafted yet."""
    coming = to_come(at, now)
    row = Occasion.objects.create(
        item=item.name,
        day=day,
        title=item.title,
        send_at=coming,
        decide_by=coming,
        made_at=now,
        skipped=Skipped.BY_HAND,
        skipped_at=now,
    )
    note_skipped(row, Skipped.BY_HAND, by=by, now=now)


def to_come(at: datetime | None, now: datetime) -> datetime:
    """The moment of a date that can still be changed; raises LeavingOutRefused for others."""
    if at is None:
        raise LeavingOutRefused(Refusal.NO_SUCH_DATE)
    if at <= now:
        raise LeavingOutRefused(Refusal.OVER)
    return at
