"""Who is asked for consent, as pages tell it: to those who decide, and to the author who waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broadcaster.approval_words import WIDENED, asked_words, deadline_words, reminded_words
from broadcaster.bootstrap import office
from broadcaster.domain.occasions import Unanswered
from broadcaster.services.asking import deadline_of
from broadcaster.services.circles import Asked
from broadcaster.store.models import ApprovalRequest


@dataclass(frozen=True, slots=True)
class Said:
    """Until when an answer counts, who was asked, how often, and why others were asked too."""

    deadline: str
    asked: str
    reminded: str
    widened: str


def said(
    request: ApprovalRequest, who: Asked, silence: Mapping[str, Unanswered], *, now: datetime
) -> Said:
    """A request in words; `silence` is that of `services.asking.silences`."""
    zone = office().school.time_zone
    deadline = deadline_of(office(), request, silence, now=now)
    members = [(one.name, [other.name for other in others]) for one, others in who.members]
    widened = who.circle.widened
    return Said(
        deadline=deadline_words(deadline, now=now, zone=zone),
        asked=asked_words(members),
        reminded=reminded_words(request.reminders, request.reminded_at, now=now, zone=zone),
        widened=WIDENED[widened] if widened and members else "",
    )
