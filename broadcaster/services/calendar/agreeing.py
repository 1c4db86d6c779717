"""One date's draft is agreed to by whoever may do everything: the command line.

The staff answer in `services.approvals`, each with her own right.

AgreeingRefused   nothing was changed; `why` is an Objection
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from broadcaster.domain.occasions import Stage
from broadcaster.services.approvals import Decision
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.calendar.going import open_occasions, stage_of
from broadcaster.services.drafts import sheet_of
from broadcaster.services.drafts_leaving import schedule
from broadcaster.services.drafts_ready import NotReady, lacks
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, ApprovalRequest, Occasion


class Objection(StrEnum):
    """Why a date cannot be agreed to."""

    NO_DRAFT = "no_draft"
    """It is not on record yet."""
    OVER = "over"
    """It has left, or is left out."""
    READY = "ready"
    """It has been agreed to before, or nobody need agree."""
    OPEN = "open"
    """Its draft was given back, and somebody is changing it."""


class AgreeingRefused(Exception):
    """Nothing was changed."""

    def __init__(self, why: Objection) -> None:
        super().__init__(why)
        self.why = why


def agree_to(office: Office, item: str, day: date, *, by: Actor, now: datetime) -> Occasion:
    """Let the draft of a date leave at its time; raises AgreeingRefused or NotReady.

    What was wanted for a time that has passed leaves with the next beat.
    """
    with transaction.atomic():
        row = _asked(item, day)
        draft = Announcement.objects.select_for_update().get(occasion=row.pk)
        mine = ApprovalRequest.objects.filter(
            announcement=draft, version=draft.version, decided_at=None
        )
        if draft.released_at is not None or not mine.exists():
            raise AgreeingRefused(Objection.OVER)
        _refuse_unready(office, draft, now)
        schedule(draft)
        mine.update(decision=Decision.APPROVED, decided_at=now)
        for action in (Action.APPROVED, Action.SCHEDULED):
            record(by, action, now=now, kind="announcement", subject=draft.pk)
    return row


def _asked(item: str, day: date) -> Occasion:
    """The date, when somebody is asked for consent to it."""
    row = open_occasions().filter(item=item, day=day).first()
    if row is None:
        known = Occasion.objects.filter(item=item, day=day).exists()
        raise AgreeingRefused(Objection.OVER if known else Objection.NO_DRAFT)
    match stage_of(row):
        case Stage.ASKED:
            return row
        case Stage.READY:
            raise AgreeingRefused(Objection.READY)
        case Stage.OPEN:
            raise AgreeingRefused(Objection.OPEN)


def _refuse_unready(office: Office, draft: Announcement, now: datetime) -> None:
    """Raise NotReady when the draft has become impossible since it was made."""
    missing = lacks(office, sheet_of(draft).written, now=now)
    if late := tuple(lack for lack in missing if lack.field != "wanted_at"):
        raise NotReady(late)
