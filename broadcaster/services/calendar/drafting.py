"""A date of the calendar becomes a draft, once, as if somebody had written it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from broadcaster.domain.audience import audience
from broadcaster.domain.memos import Memo
from broadcaster.domain.occasions import Birth, Item, Skipped
from broadcaster.services.audit import SYSTEM, Action, Actor, record
from broadcaster.services.calendar.copying import copy_of
from broadcaster.services.calendar.series import PREFIX
from broadcaster.services.drafts_leaving import schedule
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    Group,
    Occasion,
    Revision,
)
from broadcaster.store.queries.heartbeats import CALENDAR_SKIPPED, beat


def draft(item: Item, birth: Birth, memos: Mapping[str, Memo], *, now: datetime) -> bool:
    """Make the draft of a date and ask for consent where it is needed, or note why there is none.

    Returns False, and nothing is changed, when somebody else has done it before.
    """
    try:
        with transaction.atomic():
            row = _occasion(item, birth, now)
            if birth.skipped is None:
                _fill(row, item, memos, now)
            _note(row, now)
    except IntegrityError:
        return False
    return True


def _occasion(item: Item, birth: Birth, now: datetime) -> Occasion:
    return Occasion.objects.create(
        item=item.name,
        day=birth.occasion.day,
        title=item.title,
        send_at=birth.occasion.send_at,
        decide_by=birth.decide_by,
        made_at=now,
        skipped=birth.skipped or "",
        skipped_at=now if birth.skipped else None,
    )


def _fill(row: Occasion, item: Item, memos: Mapping[str, Memo], now: datetime) -> None:
    """Write the announcement of a date, and let it wait for consent or for its time."""
    if item.name.startswith(PREFIX):
        made = copy_of(int(item.name.removeprefix(PREFIX)), send_at=row.send_at, now=now)
    else:
        made = _memo(row, item, memos, now)
    if made is None:
        row.skipped, row.skipped_at = Skipped.OUT_OF_REACH, now
        row.save(update_fields=["skipped", "skipped_at"])
        return
    row.announcement = made
    row.save(update_fields=["announcement"])
    if item.rhythm.consent is None:
        schedule(made)
    else:
        ApprovalRequest.objects.create(
            announcement=made, version=made.version, asked_at=now, asked_role=item.rhythm.consent
        )


def _memo(row: Occasion, item: Item, memos: Mapping[str, Memo], now: datetime) -> Announcement:
    memo = memos[item.memo]
    made = Announcement.objects.create(
        importance=item.importance,
        channels=sorted(item.channels),
        created_at=now,
        wanted_at=row.send_at,
        version=1,
    )
    groups = dict(Group.objects.values_list("name", "pk"))
    meant = audience(item.to, groups)
    made.groups.set(sorted(groups[name] for name in meant.groups))
    Revision.objects.create(
        announcement=made, title=item.title, body=memo.body, more=memo.more, created_at=now
    )
    return made


def note_skipped(row: Occasion, why: Skipped, *, by: Actor, now: datetime) -> None:
    """Write down that nothing leaves for a date.

    The administrators are told of what was left out that nobody wanted to be.
    """
    if why in {Skipped.MISSED, Skipped.UNANSWERED, Skipped.OUT_OF_REACH}:
        beat(CALENDAR_SKIPPED, now=now)
    record(
        by,
        Action.OCCASION_SKIPPED,
        now=now,
        kind="occasion",
        subject=row.pk,
        item=row.item,
        day=row.day.isoformat(),
        why=why,
    )


def _note(row: Occasion, now: datetime) -> None:
    if row.skipped:
        note_skipped(row, Skipped(row.skipped), by=SYSTEM, now=now)
        return
    record(
        SYSTEM,
        Action.OCCASION_DRAFTED,
        now=now,
        kind="announcement",
        subject=row.announcement_id,
        item=row.item,
        day=row.day.isoformat(),
    )
