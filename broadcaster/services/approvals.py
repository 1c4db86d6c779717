"""Four eyes: an author asks, somebody else says yes or gives it back with words.

A request speaks of one version of a draft, which nobody may change while it is open.

ApprovalTrouble
├── NoSuchRequest    there is none that this person may see, or it was decided already
├── NotYours         nobody consents to her own
└── WordsMissing     a draft is returned with a reason or not at all
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from broadcaster.domain.permissions import Right, Role, may
from broadcaster.domain.writing import Shut, may_consent
from broadcaster.rendering.characters import clean, visible
from broadcaster.services.audit import Action, record
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    actor,
    drafts_of,
    open_draft,
    sheet_of,
)
from broadcaster.services.drafts_leaving import refuse_unready, schedule
from broadcaster.services.drafts_ready import NotReady, lacks
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased, NotThisOne, release
from broadcaster.store.models import Announcement, ApprovalRequest, Staff

MOST_WORDS = 2000
"""Characters of a reason."""


class Decision(StrEnum):
    """How a request ended."""

    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class ApprovalTrouble(Exception):
    """Nothing was decided and nothing was sent."""


class NoSuchRequest(ApprovalTrouble):
    """There is no open request of this number, or this person decides about none."""


class NotYours(ApprovalTrouble):
    """The person who would consent has written or asked herself."""


class WordsMissing(ApprovalTrouble):
    """Nobody can mend what she is not told."""


def ask(office: Office, by: Staff, key: UUID, *, version: int, now: datetime) -> Announcement:
    """Ask for consent to send this version, and return it; raises a DraftTrouble or NotReady."""
    refuse_unready(office, by, key, version=version, now=now)
    with transaction.atomic():
        row, _ = open_draft(by, key, version=version)
        row.version += 1
        row.save(update_fields=["version"])
        ApprovalRequest.objects.create(
            announcement=row, version=row.version, asked_by_id=by.user_id, asked_at=now
        )
        _note(by, Action.APPROVAL_ASKED, key, now)
    return row


def withdraw(by: Staff, key: UUID, *, now: datetime) -> None:
    """Take a request back, so that the draft can be changed again; raises NoSuchDraft.

    Nothing happens when there is none.
    """
    with transaction.atomic():
        row = drafts_of(by).select_for_update().filter(pk=key).first()
        if row is None:
            raise NoSuchDraft(str(key))
        open_ones = ApprovalRequest.objects.filter(announcement=row, decided_at=None)
        if _decide(open_ones, by, Decision.WITHDRAWN, now):
            _note(by, Action.APPROVAL_WITHDRAWN, key, now)


def queue() -> QuerySet[ApprovalRequest]:
    """The open requests, the oldest first."""
    waiting = ApprovalRequest.objects.filter(decided_at=None).order_by("asked_at", "pk")
    return waiting.select_related("announcement", "asked_by__staff")


def count_for(by: Staff) -> int:
    """How many open requests this person may decide about."""
    others = queue().exclude(asked_by=by.user_id).exclude(announcement__written_by=by.user_id)
    return others.count() if may(Role(by.role), Right.APPROVE) else 0


def request_for(by: Staff, number: int) -> ApprovalRequest:
    """An open request that this person may read; raises NoSuchRequest."""
    found = queue().filter(pk=number).first() if may(Role(by.role), Right.APPROVE) else None
    if found is None:
        raise NoSuchRequest(str(number))
    return found


def may_decide(by: Staff, request: ApprovalRequest) -> bool:
    """Whether this person may decide about this request."""
    return may(Role(by.role), Right.APPROVE) and may_consent(
        by.user_id, asked_by=request.asked_by_id, written_by=request.announcement.written_by_id
    )


def approve(office: Office, by: Staff, number: int, *, now: datetime) -> UUID:
    """Consent, and let the announcement leave as its author wants; returns its id.

    What was wanted for a time that has passed leaves now. Raises an ApprovalTrouble, DraftChanged,
    DraftShut, NotReady or a RenderingMistake; then nothing is decided.
    """
    request = _to_decide(by, number)
    row = request.announcement
    _refuse_late(office, row, now)
    if row.wanted_at is not None and row.wanted_at > now:
        _schedule(by, request, now)
        return row.pk
    consent = partial(_consent, by, request, now, Action.RELEASED)
    try:
        release(office, row.pk, now=now, version=request.version, also=consent)
    except NotThisOne as other:
        raise DraftChanged(sheet_of(Announcement.objects.get(pk=row.pk))) from other
    except AlreadyReleased as other:
        raise DraftShut(Shut.RELEASED) from other
    return row.pk


def send_back(by: Staff, number: int, words: str, *, now: datetime) -> UUID:
    """Give a draft back to its author with a reason; raises an ApprovalTrouble."""
    request = _to_decide(by, number)
    told = clean(words).strip()[:MOST_WORDS]
    if not visible(told):
        raise WordsMissing
    with transaction.atomic():
        mine = ApprovalRequest.objects.filter(pk=number, decided_at=None)
        if not _decide(mine, by, Decision.RETURNED, now, words=told):
            raise NoSuchRequest(str(number))
        _note(by, Action.RETURNED, request.announcement_id, now)
    return request.announcement_id


def returned_words(key: UUID) -> str:
    """Why a draft came back the last time; empty when nobody has to be told."""
    last = ApprovalRequest.objects.filter(announcement=key).order_by("-asked_at", "-pk").first()
    return last.words if last is not None and last.decision == Decision.RETURNED else ""


def _to_decide(by: Staff, number: int) -> ApprovalRequest:
    request = request_for(by, number)
    if not may_decide(by, request):
        raise NotYours
    return request


def _refuse_late(office: Office, row: Announcement, now: datetime) -> None:
    """Raise NotReady when the draft has become impossible since its author asked."""
    written = sheet_of(row).written
    missing = tuple(lack for lack in lacks(office, written, now=now) if lack.field != "wanted_at")
    if missing:
        raise NotReady(missing)


def _schedule(by: Staff, request: ApprovalRequest, now: datetime) -> None:
    with transaction.atomic():
        rows = Announcement.objects.select_for_update().filter(pk=request.announcement_id)
        row = rows.get()
        if row.version != request.version:
            raise DraftChanged(sheet_of(row))
        schedule(row)
        _consent(by, request, now, Action.SCHEDULED)


def _consent(by: Staff, request: ApprovalRequest, now: datetime, then: Action) -> None:
    """Close the request and note both, last in the transaction; raises NoSuchRequest."""
    mine = ApprovalRequest.objects.filter(pk=request.pk, decided_at=None)
    if not _decide(mine, by, Decision.APPROVED, now):
        raise NoSuchRequest(str(request.pk))
    for action in (Action.APPROVED, then):
        _note(by, action, request.announcement_id, now)


def _decide(
    requests: QuerySet[ApprovalRequest],
    by: Staff,
    decision: Decision,
    now: datetime,
    *,
    words: str = "",
) -> int:
    return requests.update(decision=decision, decided_by_id=by.user_id, decided_at=now, words=words)


def _note(by: Staff, action: Action, key: UUID, now: datetime) -> None:
    record(actor(by), action, now=now, kind="announcement", subject=key)
