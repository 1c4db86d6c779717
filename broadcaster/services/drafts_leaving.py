"""A draft leaves: what it would do, then now, at its time, or back to its author.

Nothing leaves that has not been looked at in just this version, and nothing leaves twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from broadcaster.domain.occasions import Occasion
from broadcaster.domain.permissions import Approval, needs_approval
from broadcaster.domain.policy import Importance
from broadcaster.domain.states import State
from broadcaster.domain.writing import Shut
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.audit import Action, record
from broadcaster.services.calendar.series_ahead import ahead
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    OutOfReach,
    Sheet,
    actor,
    drafts_of,
    open_draft,
    refuse_out_of_reach,
    sheet_for,
    sheet_of,
)
from broadcaster.services.drafts_ready import Lack, NotReady, lacks
from broadcaster.services.outlets import Office
from broadcaster.services.release import Forecast, NotThisOne, forecast, release, render_all
from broadcaster.services.repeats import Twin, twin_of
from broadcaster.store.models import Announcement, ApprovalRequest, Staff
from broadcaster.words import REASONS


class NeedsConsent(Exception):
    """This author's announcements of this importance leave only with somebody else's consent."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What sending a draft would do, as far as can be told.

    `forecast` is None while the text cannot be read. `consent` says that somebody else must agree
    first. `twin` is the same text to the same people, sent or scheduled a short time ago. `dates`
    are those on which it would be repeated.
    """

    sheet: Sheet
    lacks: tuple[Lack, ...]
    forecast: Forecast | None
    consent: bool
    twin: Twin | None
    dates: tuple[Occasion, ...] = ()

    @property
    def copies(self) -> int:
        """How many copies would be sent."""
        return 0 if self.forecast is None else copies_of(self.forecast)


def consent_needed(by: Staff, importance: Importance) -> bool:
    """Whether what this person sends waits for somebody else, whatever her role is."""
    return needs_approval(Approval(by.approval), importance)


def held_until(office: Office, importance: Importance, at: datetime) -> datetime | None:
    """When what is given this time begins to leave, where quiet hours hold it; else None."""
    quiet = office.quiet if importance is not Importance.URGENT else None
    return quiet.until(at) if quiet else None


def copies_of(seen: Forecast) -> int:
    """How many copies would be sent."""
    return sum(line.count for line in seen.copies if line.state is not State.SKIPPED)


def outlook(office: Office, by: Staff, key: UUID, *, now: datetime) -> Outlook:
    """What sending this draft at `now`, or when its author wants, would do; raises NoSuchDraft."""
    sheet = sheet_for(by, key)
    missing = lacks(office, sheet.written, now=now)
    dates = _dates(office, sheet, missing, now)
    seen, refused = _looked_ahead(office, sheet, dates[0].send_at if dates else now)
    if not missing and seen is not None and sheet.shut is None:
        refused = refused or _rehearsed(office, key) or _nobody(seen) or _beyond(by, sheet)
    return Outlook(
        sheet=sheet,
        lacks=(*missing, *(() if missing else refused)),
        forecast=seen,
        consent=consent_needed(by, sheet.written.importance),
        twin=twin_of(key, now=now, going_on=sheet.written.repeats is not None),
        dates=dates,
    )


def send_off(office: Office, by: Staff, key: UUID, *, version: int, now: datetime) -> Announcement:
    """Release a draft, or schedule it when its author wants it later; returns it as it is then.

    Raises a DraftTrouble, NotReady, NeedsConsent or AlreadyReleased, and nothing is sent: a second
    call finds the draft shut.
    """
    sheet = refuse_unready(office, by, key, version=version, now=now)
    if consent_needed(by, sheet.written.importance):
        raise NeedsConsent
    if sheet.written.wanted_at is not None:
        with transaction.atomic():
            schedule(open_draft(by, key, version=version)[0])
            _note(by, Action.SCHEDULED, key, now, at=sheet.written.wanted_at.isoformat())
    else:
        send_now(office, by, key, version=version, now=now)
    return Announcement.objects.get(pk=key)


def refuse_unready(
    office: Office, by: Staff, key: UUID, *, version: int, now: datetime, repeats: bool = False
) -> Sheet:
    """The draft, when everything is there to send it; raises a DraftTrouble or NotReady.

    What is to leave once is not what `repeats`, nor the other way round.
    """
    seen = outlook(office, by, key, now=now)
    if seen.sheet.shut is not None or seen.sheet.going_on:
        raise DraftShut(seen.sheet.shut or Shut.REPEATS)
    if seen.sheet.version != version or repeats is (seen.sheet.written.repeats is None):
        raise DraftChanged(seen.sheet)
    if seen.lacks:
        raise NotReady(seen.lacks)
    refuse_out_of_reach(by, seen.sheet.written)
    return seen.sheet


def send_now(office: Office, by: Staff, key: UUID, *, version: int, now: datetime) -> None:
    """Release a draft in this version; raises DraftShut or DraftChanged when it is another one."""
    note = partial(_released, by, key, now)
    try:
        release(office, key, now=now, version=version, also=note)
    except NotThisOne as other:
        row = Announcement.objects.get(pk=key)
        raise DraftChanged(sheet_of(row)) from other


def schedule(row: Announcement) -> None:
    """Let a row that this transaction holds leave when its author wants."""
    row.release_at, row.paused_at, row.problem = row.wanted_at, None, ""
    row.version += 1
    row.save(update_fields=["release_at", "paused_at", "problem", "version"])


def take_back(by: Staff, key: UUID, *, now: datetime) -> None:
    """Make a scheduled announcement a draft again; raises NoSuchDraft, or DraftShut when it left.

    A draft stays one.
    """
    with transaction.atomic():
        row = drafts_of(by).select_for_update().filter(pk=key).first()
        if row is None:
            raise NoSuchDraft(str(key))
        if row.released_at is not None or row.cancelled_at is not None:
            raise DraftShut(Shut.RELEASED if row.released_at else Shut.CANCELLED)
        if row.release_at is None:
            return
        row.release_at, row.paused_at, row.problem = None, None, ""
        row.version += 1
        row.save(update_fields=["release_at", "paused_at", "problem", "version"])
        _note(by, Action.UNSCHEDULED, key, now)


def _released(by: Staff, key: UUID, now: datetime) -> None:
    """The last word in the transaction of a release."""
    if ApprovalRequest.objects.filter(announcement=key, decided_at=None).exists():
        raise DraftShut(Shut.WAITING)
    _note(by, Action.RELEASED, key, now)


def _note(by: Staff, action: Action, key: UUID, now: datetime, **facts: str) -> None:
    record(actor(by), action, now=now, kind="announcement", subject=key, **facts)


def _dates(
    office: Office, sheet: Sheet, missing: tuple[Lack, ...], now: datetime
) -> tuple[Occasion, ...]:
    """On which dates a draft would be repeated, when that can be told."""
    repeats = sheet.written.repeats
    if repeats is None or any(lack.field == "repeats" for lack in missing):
        return ()
    return tuple(ahead(office, repeats, now=now))


def _looked_ahead(
    office: Office, sheet: Sheet, now: datetime
) -> tuple[Forecast | None, tuple[Lack, ...]]:
    """The forecast for the time of sending, or what is wrong with the text."""
    wanted = sheet.written.wanted_at
    at = wanted if wanted is not None and wanted > now else now
    try:
        return forecast(office, sheet.key, now=at), ()
    except RenderingMistake as mistake:
        return None, (Lack("body", str(mistake)),)


def _rehearsed(office: Office, key: UUID) -> tuple[Lack, ...]:
    try:
        render_all(office, key)
    except RenderingMistake as mistake:
        return (Lack("body", str(mistake)),)
    return ()


def _nobody(seen: Forecast) -> tuple[Lack, ...]:
    """Why no copy would be sent at all; nothing when at least one would."""
    if seen.plan.state is State.EXPIRED:
        words = _("Срок объявления пройдёт раньше, чем его можно отправить. Укажите другой.")
        return (Lack("expires_at", words),)
    if copies_of(seen):
        return ()
    if not seen.people:
        return (Lack("groups", _("В выбранных группах пока нет ни одного родителя.")),)
    words = _("Ни одна копия не может уйти: {reasons}.")
    reasons = ", ".join(sorted({REASONS[line.reason] for line in seen.copies}))
    return (Lack("groups", words.format(reasons=reasons)),)


def _beyond(by: Staff, sheet: Sheet) -> tuple[Lack, ...]:
    try:
        refuse_out_of_reach(by, sheet.written)
    except OutOfReach:
        words = _("Кому-то из выбранных вы больше не пишете. Выберите получателей заново.")
        return (Lack("groups", words),)
    return ()
