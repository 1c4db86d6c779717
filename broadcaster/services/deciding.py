"""A person's word about copies of which nobody knows whether they arrived."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.domain.deciding import Decision
from broadcaster.domain.states import State
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.outlets import Office
from broadcaster.services.resending import ALL, Which, queue_again
from broadcaster.store.queries import by_hand
from broadcaster.store.queries.by_hand import Choice


def decide(
    office: Office,
    announcement: UUID,
    decision: Decision,
    which: Which = ALL,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Settle the chosen unconfirmed copies; returns how many.

    A copy that is decided already stays as it is. Sending again is refused like any resending:
    raises CannotResend.
    """
    with transaction.atomic():
        count = _decide(office, announcement, decision, which, now)
        if count:
            about = {"kind": "announcement", "subject": str(announcement), "decision": decision}
            record(by, Action.COPY_DECIDED, now=now, **about, count=count, **which.facts())
    return count


def _decide(
    office: Office, announcement: UUID, decision: Decision, which: Which, now: datetime
) -> int:
    match decision:
        case Decision.AGAIN:
            return queue_again(office, announcement, State.UNCONFIRMED, which, now=now)
        case Decision.ARRIVED:
            target = State.SENT
        case Decision.LOST:
            target = State.FAILED
    choice = Choice(
        announcement, channels=which.channels, reasons=which.reasons, copies=which.copies
    )
    return by_hand.settle(choice, target, now=now)
