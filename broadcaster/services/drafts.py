"""Writing an announcement bit by bit: drafts may be incomplete, and nobody overwrites another.

DraftTrouble
├── NoSuchDraft    there is none, or none that this person may change
├── DraftShut      it waits for consent, is scheduled, released or cancelled
├── DraftChanged   somebody else was quicker; carries what is stored now
└── OutOfReach     groups or people to whom this person may not write
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.domain.permissions import Right, Role, may, sees_all
from broadcaster.domain.policy import Importance
from broadcaster.domain.repeating import Repetition
from broadcaster.domain.writing import Shut, shut
from broadcaster.rendering.characters import clean, one_line
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.series import repetition_of
from broadcaster.services.scope import announcements_of, groups_of, guardians_of
from broadcaster.store.models import (
    Announcement,
    AnnouncementFile,
    ApprovalRequest,
    Revision,
    Series,
    Staff,
)


class DraftTrouble(Exception):
    """A draft stays as it is; nothing that the person has written is lost by it."""


class NoSuchDraft(DraftTrouble):
    """There is no such announcement, or none that this person may write."""


class DraftShut(DraftTrouble):
    """The announcement may not be changed any more, or not now; `why` tells the reason."""

    def __init__(self, why: Shut) -> None:
        super().__init__(why)
        self.why = why


class OutOfReach(DraftTrouble):
    """Some of the chosen groups or people are not this person's to write to."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an author fills in; any of it may be missing. No `channels` stands for all of them.

    `more` is what only the site shows, below the body. What `repeats` leaves at no other time.
    """

    title: str = ""
    body: str = ""
    more: str = ""
    importance: Importance = Importance.ROUTINE
    groups: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    channels: frozenset[str] = frozenset()
    wanted_at: datetime | None = None
    expires_at: datetime | None = None
    repeats: Repetition | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft as it is stored; `version` must be shown again by whoever changes it.

    `problem` tells why a scheduled one could not leave when its time came. `going_on` says that it
    is copied for each of its dates.
    """

    key: UUID
    version: int
    written: Written
    author: str
    shut: Shut | None
    problem: str = ""
    going_on: bool = False


class DraftChanged(DraftTrouble):
    """What was to be saved rests on an older version; `sheet` is what is stored now."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(str(sheet.key))
        self.sheet = sheet


def drafts_of(staff: Staff) -> QuerySet[Announcement]:
    """The announcements that somebody may write: her own, or all of them for an administrator."""
    if not may(Role(staff.role), Right.WRITE):
        return Announcement.objects.none()
    if sees_all(Role(staff.role)):
        return Announcement.objects.all()
    return Announcement.objects.filter(written_by=staff.user_id)


def actor(staff: Staff) -> Actor:
    """A member of staff, for the audit log."""
    return Actor(staff.name, staff.user_id)


def make_draft(by: Staff, *, now: datetime) -> UUID:
    """An empty draft; the one this person has not touched yet, when there is one."""
    _refuse_readers(by)
    untouched = drafts_of(by).filter(written_by=by.user_id, version=0, files=None)
    with transaction.atomic():
        if found := untouched.filter(release_at=None, released_at=None, cancelled_at=None).first():
            return found.pk
        return _made(by, Written(), now)


def sheet_for(by: Staff, key: UUID) -> Sheet:
    """A draft, to be read; raises NoSuchDraft."""
    row = drafts_of(by).select_related("series").filter(pk=key).first()
    if row is None:
        raise NoSuchDraft(str(key))
    return sheet_of(row)


def write_draft(
    by: Staff, key: UUID, written: Written, *, version: int, going_on: bool = False
) -> Sheet:
    """Save what an author has written, and return it as it is stored now.

    Saving the same again changes nothing, whatever the version. What goes on repeating itself is
    written with `going_on` alone: see `calendar.series_keeping`. Raises a DraftTrouble.
    """
    written = _cleaned(written)
    with transaction.atomic():
        row, sheet = open_draft(by, key)
        if sheet.going_on is not going_on:
            raise DraftShut(Shut.REPEATS)
        if sheet.written == written:
            return sheet
        if sheet.version != version:
            raise DraftChanged(sheet)
        refuse_out_of_reach(by, written)
        _store(row, written)
    return replace(sheet, version=row.version, written=written)


def drop_draft(by: Staff, key: UUID, *, now: datetime) -> None:
    """Delete a draft for ever; raises NoSuchDraft or DraftShut."""
    with transaction.atomic():
        row, sheet = open_draft(by, key)
        if sheet.going_on:
            raise DraftShut(Shut.REPEATS)
        row.delete()
        record(actor(by), Action.DRAFT_DROPPED, now=now, kind="announcement", subject=key)


def repeat(by: Staff, key: UUID, *, now: datetime) -> UUID:
    """A new draft with the text, the files and the audience of an announcement one may see.

    Groups and people to whom this person may not write are left out; times are not copied. Raises
    NoSuchDraft.
    """
    _refuse_readers(by)
    row = announcements_of(by).filter(pk=key).first()
    if row is None:
        raise NoSuchDraft(str(key))
    written = _within_reach(by, sheet_of(row).written)
    with transaction.atomic():
        made = _made(by, replace(written, wanted_at=None, expires_at=None, repeats=None), now)
        files = AnnouncementFile.objects.filter(announcement=key)
        AnnouncementFile.objects.bulk_create(copies_of_files(files, made))
    return made


def open_draft(by: Staff, key: UUID, *, version: int | None = None) -> tuple[Announcement, Sheet]:
    """A draft that may be changed, held until the transaction ends; raises a DraftTrouble."""
    row = drafts_of(by).select_for_update().filter(pk=key).first()
    if row is None:
        raise NoSuchDraft(str(key))
    sheet = sheet_of(row)
    if sheet.shut is not None:
        raise DraftShut(sheet.shut)
    if version is not None and version != row.version:
        raise DraftChanged(sheet)
    return row, sheet


def sheet_of(row: Announcement) -> Sheet:
    """What is stored of a draft."""
    text = Revision.objects.filter(announcement=row).order_by("-number").first()
    series: Series | None = getattr(row, "series", None)
    written = Written(
        title=text.title if text else "",
        body=text.body if text else "",
        more=text.more if text else "",
        importance=Importance(row.importance),
        groups=frozenset(row.groups.values_list("pk", flat=True)),
        people=frozenset(row.people.values_list("pk", flat=True)),
        channels=frozenset(row.channels),
        wanted_at=row.wanted_at,
        expires_at=row.expires_at,
        repeats=repetition_of(series) if series else None,
    )
    going_on = series is not None and series.started_at is not None
    return Sheet(row.pk, row.version, written, row.author, shut_now(row), row.problem, going_on)


def shut_now(row: Announcement) -> Shut | None:
    """Why a row may not be changed; None when it may."""
    return shut(
        release_at=row.release_at,
        released_at=row.released_at,
        cancelled_at=row.cancelled_at,
        waits=ApprovalRequest.objects.filter(announcement=row, decided_at=None).exists(),
    )


def files_stamp(key: UUID) -> str:
    """What tells that a draft has other files than before; empty without any.

    Files do not raise the version: they come and go beside the text.
    """
    files = AnnouncementFile.objects.filter(announcement=key)
    rows = list(files.values_list("digest", "name", "title"))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16] if rows else ""


def refuse_out_of_reach(by: Staff, written: Written) -> None:
    """Raise OutOfReach when somebody is chosen to whom this person may not write."""
    if _within_reach(by, written) != written:
        raise OutOfReach


def _refuse_readers(by: Staff) -> None:
    if not may(Role(by.role), Right.WRITE):
        raise NoSuchDraft


def _within_reach(by: Staff, written: Written) -> Written:
    """What is left of the audience when those are taken out to whom this person may not write."""
    groups = groups_of(by).filter(pk__in=written.groups)
    people = guardians_of(by).filter(pk__in=written.people)
    return replace(
        written,
        groups=frozenset(groups.values_list("pk", flat=True)) if written.groups else frozenset(),
        people=frozenset(people.values_list("pk", flat=True)) if written.people else frozenset(),
    )


def _made(by: Staff, written: Written, now: datetime) -> UUID:
    row = Announcement.objects.create(author=by.name, written_by_id=by.user_id, created_at=now)
    Revision.objects.create(announcement=row, created_at=now, **_text_of(written))
    if written != Written():
        _store(row, written)
    record(actor(by), Action.DRAFT_MADE, now=now, kind="announcement", subject=row.pk)
    return row.pk


def _store(row: Announcement, written: Written) -> None:
    """Write what was filled in over a row that this transaction holds."""
    row.importance = written.importance
    row.channels = sorted(written.channels)
    row.wanted_at = written.wanted_at
    row.expires_at = written.expires_at
    row.version += 1
    row.save(update_fields=["importance", "channels", "wanted_at", "expires_at", "version"])
    row.groups.set(sorted(written.groups))
    row.people.set(sorted(written.people))
    Revision.objects.filter(announcement=row).update(**_text_of(written))
    wish(row, written.repeats)


def wish(row: Announcement, repeats: Repetition | None) -> None:
    """Keep how a draft is to repeat itself; what goes on is kept by `calendar.series_keeping`."""
    if repeats is None:
        Series.objects.filter(mould=row, started_at=None).delete()
        return
    chosen = {"rule": repeats.rule, "time": repeats.at, "begins": repeats.begins}
    Series.objects.update_or_create(mould=row, defaults={**chosen, "shift": repeats.shift})


def _text_of(written: Written) -> dict[str, str]:
    """The columns of a revision."""
    return {"title": written.title, "body": written.body, "more": written.more}


def _cleaned(written: Written) -> Written:
    """The text without what no platform takes; a title is one line."""
    return replace(
        written,
        title=one_line(clean(written.title)),
        body=clean(written.body),
        more=clean(written.more),
    )


def copies_of_files(
    files: QuerySet[AnnouncementFile], announcement: UUID
) -> list[AnnouncementFile]:
    """The same files once more, for another announcement; their bytes are shared."""
    copies = list(files)
    for file in copies:
        file.pk = None
        file.announcement_id = announcement
        file._state.adding = True  # noqa: SLF001 - the documented way to copy a row
    return copies
