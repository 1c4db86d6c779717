"""Sending again what failed: only by a person's word, and never what a platform took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from broadcaster.contract import DataClass
from broadcaster.domain.deciding import Refusal, refusal
from broadcaster.domain.policy import Importance, Plan, plan
from broadcaster.domain.states import State
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement
from broadcaster.store.queries import by_hand
from broadcaster.store.queries.by_hand import Choice, Failures


class CannotResend(Exception):
    """Nothing of this announcement can be sent again; `refusal` tells why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.refusal = why


@dataclass(frozen=True, slots=True)
class Which:
    """Copies of some channels, of some reasons, or some by number; what is empty chooses all."""

    channels: Sequence[str] = ()
    reasons: Sequence[str] = ()
    copies: Sequence[int] = ()

    def facts(self) -> dict[str, Any]:
        """What was chosen, for the audit log."""
        chosen: dict[str, Sequence[Any]] = {
            "channels": self.channels,
            "reasons": self.reasons,
            "copies": self.copies,
        }
        return {name: list(values) for name, values in chosen.items() if values}


ALL = Which()


def resend(
    office: Office,
    announcement: UUID,
    which: Which = ALL,
    *,
    by: Actor,
    now: datetime,
    seen_at: datetime | None = None,
) -> int:
    """Let the chosen failed copies wait again, from the first try; returns how many.

    What failed again after `seen_at`, when the person looked, is left alone, so that a second press
    does nothing. Closed addresses stay closed, quiet hours are kept. Raises CannotResend.
    """
    with transaction.atomic():
        count = queue_again(office, announcement, State.FAILED, which, now=now, seen_at=seen_at)
        if count:
            about = {"kind": "announcement", "subject": str(announcement)}
            record(by, Action.RESENT, now=now, **about, count=count, **which.facts())
    return count


def queue_again(
    office: Office,
    announcement: UUID,
    source: State,
    which: Which,
    *,
    now: datetime,
    seen_at: datetime | None = None,
) -> int:
    """Let chosen copies of one state wait again; returns how many. Raises CannotResend."""
    row = Announcement.objects.get(pk=announcement)
    planned = _plan(office, row, now)
    if why := _refused(row, planned, now):
        raise CannotResend(why)
    choice = _choice(office, row, which, seen_at)
    return by_hand.queue_again(
        choice, source, target=planned.state, reason=planned.hold or "", due_at=planned.due_at
    )


def failures(office: Office, announcement: Announcement) -> list[Failures]:
    """What failed, by channel and reason, and how much of it may be sent again."""
    return by_hand.failures(_choice(office, announcement, ALL))


def refused(office: Office, announcement: Announcement, *, now: datetime) -> Refusal | None:
    """Why nothing of this announcement can be sent again at `now`; None when it can."""
    return _refused(announcement, _plan(office, announcement, now), now)


def _plan(office: Office, row: Announcement, now: datetime) -> Plan:
    importance = Importance(row.importance)
    return plan(importance, now=now, quiet=office.quiet, expires_at=row.expires_at)


def _refused(row: Announcement, planned: Plan, now: datetime) -> Refusal | None:
    return refusal(
        planned,
        now=now,
        released_at=row.released_at,
        paused_at=row.paused_at,
        cancelled_at=row.cancelled_at,
    )


def _choice(
    office: Office, row: Announcement, which: Which, seen_at: datetime | None = None
) -> Choice:
    carriers = [name for name, most in office.carries().items() if most >= row.data_class]
    return Choice(
        announcement=row.pk,
        carriers=carriers,
        data_class=DataClass(row.data_class),
        channels=which.channels,
        reasons=which.reasons,
        copies=which.copies,
        seen_at=seen_at,
    )
