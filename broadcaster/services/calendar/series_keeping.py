"""An announcement begins to repeat itself, is changed meanwhile, and is stopped.

NotASeries   the announcement does not repeat itself, or not any more
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.domain.occasions import Skipped
from broadcaster.domain.repeating import bounded
from broadcaster.services.audit import COMMAND_LINE, Action, Actor, record
from broadcaster.services.calendar.going import open_occasions, skip
from broadcaster.services.calendar.series import author_of, item_of, name_of, repetition_of, running
from broadcaster.services.drafts import (
    NoSuchDraft,
    Sheet,
    Written,
    actor,
    drafts_of,
    open_draft,
    refuse_out_of_reach,
    write_draft,
)
from broadcaster.services.drafts_leaving import refuse_unready
from broadcaster.services.drafts_ready import NotReady, lacks
from broadcaster.services.outlets import Office, local_day
from broadcaster.store.models import Announcement, Occasion, Series, Staff, Watch


class NotASeries(Exception):
    """There is nothing to be changed or stopped."""


def start_series(office: Office, by: Staff, key: UUID, *, version: int, now: datetime) -> None:
    """Let a draft be copied and sent on each of its dates from `now` on.

    The draft says itself how it `repeats`; without an end it gets one. Raises a DraftTrouble or
    NotReady, and nothing begins: a second call finds it going on. The draft of one date of another
    item is NotASeries.
    """
    refuse_unready(office, by, key, version=version, now=now, repeats=True)
    if Occasion.objects.filter(announcement=key).exists():
        raise NotASeries(str(key))
    with transaction.atomic():
        row, sheet = open_draft(by, key, version=version)
        _refuse_beyond_author(row, sheet.written)
        _begin(office, row, by=actor(by), now=now)


def start_by_command(office: Office, key: UUID, *, now: datetime) -> None:
    """The same for a draft that was made on the server, where nobody need consent."""
    with transaction.atomic():
        row = Announcement.objects.select_for_update().get(pk=key)
        Series.objects.filter(mould=row).update(by_command=True)
        _begin(office, row, by=COMMAND_LINE, now=now)


def change_series(
    office: Office, by: Staff, key: UUID, written: Written, *, version: int, now: datetime
) -> Sheet:
    """Save the text, the audience or the dates of what goes on; the next copy is made of it.

    Raises NotReady, nothing saved, for what could not be sent; a DraftTrouble; NotASeries.
    """
    if written.repeats is None:
        raise NotASeries(str(key))
    if missing := lacks(office, written, now=now):
        raise NotReady(missing)
    with transaction.atomic():
        row, before = open_draft(by, key)
        if not before.going_on:
            raise NotASeries(str(key))
        refuse_out_of_reach(by, written)
        _refuse_beyond_author(row, written)
        saved = write_draft(by, key, written, version=version, going_on=True)
        if saved.version != before.version:
            _changed(office, row, before, by=actor(by), now=now)
    return saved


def stop_series(by: Staff, key: UUID, *, now: datetime) -> None:
    """Send no more copies; the mould is an ordinary draft again.

    Drafts of dates to come are dropped. Raises NoSuchDraft or NotASeries.
    """
    with transaction.atomic():
        row = drafts_of(by).select_for_update().filter(pk=key).first()
        if row is None:
            raise NoSuchDraft(str(key))
        series = Series.objects.filter(mould=row, started_at__isnull=False).first()
        if series is None:
            raise NotASeries(str(key))
        _stop(series, row, by=actor(by), now=now)


def stop_every_series(*, by: Actor, now: datetime) -> list[str]:
    """The same for each that goes on, whoever wrote it; returns their titles."""
    stopped = []
    for series in running().order_by("pk"):
        with transaction.atomic():
            row = Announcement.objects.select_for_update().get(pk=series.mould_id)
            _stop(series, row, by=by, now=now)
        stopped.append(row.revisions.latest("number").title)
    return stopped


def _refuse_beyond_author(row: Announcement, written: Written) -> None:
    """Raise OutOfReach for whom the author may not write to, whoever asks: no copy would go."""
    if author := author_of(row):
        refuse_out_of_reach(author, written)


def _begin(office: Office, row: Announcement, *, by: Actor, now: datetime) -> None:
    """Set a series going whose mould this transaction holds."""
    series = Series.objects.get(mould=row)
    kept = bounded(repetition_of(series), local_day(office, now))
    series.rule, series.started_at = kept.rule, now
    series.save(update_fields=["rule", "started_at"])
    row.version += 1
    row.save(update_fields=["version"])
    _follow(series, now)
    _note(row, Action.SERIES_STARTED, by=by, now=now, rule=series.rule, at=f"{series.time:%H:%M}")


def _stop(series: Series, row: Announcement, *, by: Actor, now: datetime) -> None:
    """Stop a series whose mould this transaction holds."""
    series.started_at = None
    series.save(update_fields=["started_at"])
    row.version += 1
    row.save(update_fields=["version"])
    for date in open_occasions().filter(item=name_of(series.pk)):
        skip(date, Skipped.CHANGED, by=by, now=now)
    _note(row, Action.SERIES_STOPPED, by=by, now=now)


def _changed(office: Office, row: Announcement, before: Sheet, *, by: Actor, now: datetime) -> None:
    series = Series.objects.get(mould=row)
    facts = {}
    if repetition_of(series) != before.written.repeats:
        series.rule = bounded(repetition_of(series), local_day(office, now)).rule
        series.save(update_fields=["rule"])
        _follow(series, now)
        facts = {"rule": series.rule, "at": f"{series.time:%H:%M}"}
    _note(row, Action.SERIES_CHANGED, by=by, now=now, **facts)


def _follow(series: Series, now: datetime) -> None:
    """The dates after `now` are the series' to keep, also those that a stop had dropped."""
    name = name_of(series.pk)
    series.refresh_from_db()
    shape = item_of(series, "").rhythm.shape
    Watch.objects.update_or_create(
        item=name, defaults={"shape": shape, "since": now, "seen_at": now}
    )
    Occasion.objects.filter(item=name, skipped=Skipped.CHANGED, send_at__gt=now).delete()


def _note(row: Announcement, action: Action, *, by: Actor, now: datetime, **facts: str) -> None:
    record(by, action, now=now, kind="announcement", subject=row.pk, **facts)
