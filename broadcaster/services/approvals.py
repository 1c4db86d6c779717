"""Four eyes: an author asks, somebody else says yes or gives it back with words.

A request speaks of one version of a draft, which nobody may change while it is open. Who is asked
is told by `services.circles`; whoever has the right may decide without being asked.

ApprovalTrouble
├── NoSuchRequest    there is none that this person may see, or it was decided already
├── NotYours         nobody consents to her own
└── WordsMissing     a draft is returned with a reason or not at all
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, When

from broadcaster.domain.permissions import Right, Role, may
from broadcaster.domain.writing import Shut
from broadcaster.rendering.characters import clean, visible
from broadcaster.services.audit import Action, record
from broadcaster.services.circles import (
    Asked,
    asked_about,
    open_requests,
    team,
)
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
from broadcaster.services.outlets import Office, local_day
from broadcaster.services.release import AlreadyReleased, NotThisOne, release
from broadcaster.store.models import Announcement, ApprovalRequest, Staff

MOST_WORDS = 2000
"""Characters of a reason."""


class Decision(StrEnum):
    """How a request ended."""

    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    """Nobody answered in time; the calendar's rule has decided."""


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
    return open_requests()


def queue_for(office: Office, by: Staff, *, now: datetime) -> QuerySet[ApprovalRequest]:
    """The open requests that this person may read, those about which she is asked first.

    They carry `mine`, which says so. Raises NoSuchRequest for a person who decides about none.
    """
    mine = _asking(office, by, now)
    is_mine = Case(When(pk__in=mine, then=1), default=0, output_field=IntegerField())
    rows = open_requests().annotate(mine=is_mine).order_by("-mine", "asked_at", "pk")
    if may(Role(by.role), Right.APPROVE):
        return rows
    if not mine and not has_business(office, by, now=now):
        raise NoSuchRequest
    return rows.filter(pk__in=mine)


def count_for(office: Office, by: Staff, *, now: datetime) -> int:
    """About how many open requests this person is asked; two queries, or one."""
    return len(_asking(office, by, now))


def _asking(office: Office, by: Staff, now: datetime) -> list[int]:
    """The open requests about which this person is asked."""
    if not may(Role(by.role), Right.WRITE):
        return []
    rows = list(open_requests())
    people = team() if rows else {}
    return [one.pk for one in rows if asked_about(office, one, people, now=now).is_asked(by)]


def has_business(office: Office, by: Staff, *, now: datetime) -> bool:
    """Whether consent is this person's business at all: by her role, or while she stands in."""
    if may(Role(by.role), Right.APPROVE):
        return True
    away = Staff.objects.filter(deputy=by, away_from__lte=(today := local_day(office, now)))
    return away.filter(away_until__gte=today).exists()


def is_asked_to_read(office: Office, by: Staff, key: UUID, *, now: datetime) -> bool:
    """Whether this person is asked for consent to an announcement, and may read it therefore."""
    found = open_requests().filter(announcement=key).first()
    return found is not None and asked_about(office, found, team(), now=now).is_asked(by)


def request_for(
    office: Office, by: Staff, number: int, *, now: datetime
) -> tuple[ApprovalRequest, Asked]:
    """An open request that this person may read, and who is asked; raises NoSuchRequest."""
    found = open_requests().filter(pk=number).first()
    if found is not None:
        asked = asked_about(office, found, team(), now=now)
        if may(Role(by.role), Right.APPROVE) or asked.is_asked(by):
            return found, asked
    raise NoSuchRequest(str(number))


def approve(office: Office, by: Staff, number: int, words: str = "", *, now: datetime) -> UUID:
    """Consent, and let the announcement leave as its author wants; returns its id.

    `words` are kept with the decision. What was wanted for a time that has passed leaves now.
    Raises an ApprovalTrouble, DraftChanged, DraftShut, NotReady or a RenderingMistake; then nothing
    is decided.
    """
    ruling = _ruling(office, by, number, words, now)
    row = ruling.request.announcement
    _refuse_late(office, row, now)
    if row.wanted_at is not None and row.wanted_at > now:
        _schedule(ruling, now)
        return row.pk
    consent = partial(_consent, ruling, now, Action.RELEASED)
    try:
        release(office, row.pk, now=now, version=ruling.request.version, also=consent)
    except NotThisOne as other:
        raise DraftChanged(sheet_of(Announcement.objects.get(pk=row.pk))) from other
    except AlreadyReleased as other:
        raise DraftShut(Shut.RELEASED) from other
    return row.pk


def send_back(office: Office, by: Staff, number: int, words: str, *, now: datetime) -> UUID:
    """Give a draft back to its author with a reason; raises an ApprovalTrouble."""
    ruling = _ruling(office, by, number, words, now)
    if not ruling.words:
        raise WordsMissing
    with transaction.atomic():
        _rule(ruling, Decision.RETURNED, now)
        _note(by, Action.RETURNED, ruling.request.announcement_id, now, **ruling.facts)
    return ruling.request.announcement_id


def returned_words(key: UUID) -> str:
    """Why a draft came back the last time; empty when nobody has to be told."""
    last = ApprovalRequest.objects.filter(announcement=key).order_by("-asked_at", "-pk").first()
    return last.words if last is not None and last.decision == Decision.RETURNED else ""


@dataclass(frozen=True, slots=True)
class _Ruling:
    """Somebody decides about a request; `facts` tell the log in whose place."""

    by: Staff
    request: ApprovalRequest
    words: str
    facts: dict[str, list[int]]


def _ruling(office: Office, by: Staff, number: int, words: str, now: datetime) -> _Ruling:
    request, asked = request_for(office, by, number, now=now)
    if not asked.may_answer(by):
        raise NotYours
    places = [one.pk for one in asked.in_place_of(by)]
    return _Ruling(by, request, _told(words), {"in_place_of": places} if places else {})


def _told(words: str) -> str:
    """A reason as it is kept; empty when nothing of it can be seen."""
    told = clean(words).strip()[:MOST_WORDS]
    return told if visible(told) else ""


def _refuse_late(office: Office, row: Announcement, now: datetime) -> None:
    """Raise NotReady when the draft has become impossible since its author asked."""
    written = sheet_of(row).written
    missing = tuple(lack for lack in lacks(office, written, now=now) if lack.field != "wanted_at")
    if missing:
        raise NotReady(missing)


def _schedule(ruling: _Ruling, now: datetime) -> None:
    request = ruling.request
    with transaction.atomic():
        rows = Announcement.objects.select_for_update().filter(pk=request.announcement_id)
        row = rows.get()
        if row.version != request.version:
            raise DraftChanged(sheet_of(row))
        schedule(row)
        _consent(ruling, now, Action.SCHEDULED)


def _consent(ruling: _Ruling, now: datetime, then: Action) -> None:
    """Close the request and note both, last in the transaction; raises NoSuchRequest."""
    _rule(ruling, Decision.APPROVED, now)
    key = ruling.request.announcement_id
    _note(ruling.by, Action.APPROVED, key, now, **ruling.facts)
    _note(ruling.by, then, key, now)


def _rule(ruling: _Ruling, decision: Decision, now: datetime) -> None:
    """Close a request; raises NoSuchRequest when somebody was quicker."""
    mine = ApprovalRequest.objects.filter(pk=ruling.request.pk, decided_at=None)
    if not _decide(mine, ruling.by, decision, now, words=ruling.words):
        raise NoSuchRequest(str(ruling.request.pk))


def _decide(
    requests: QuerySet[ApprovalRequest],
    by: Staff,
    decision: Decision,
    now: datetime,
    *,
    words: str = "",
) -> int:
    return requests.update(decision=decision, decided_by_id=by.user_id, decided_at=now, words=words)


def _note(by: Staff, action: Action, key: UUID, now: datetime, **facts: list[int]) -> None:
    record(actor(by), action, now=now, kind="announcement", subject=key, **facts)
