"""Copies that a lane is sending, and the answers that its scribe is to write."""

from __future__ import annotations

from typing import Any

from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.store.models import Delivery
from broadcaster.store.queries.recording import Answer
from tests import school


def under_way(number: int = 1) -> tuple[Any, list[Delivery]]:
    """A lane and so many copies that it is sending."""
    rows, lane = school.waiting(number), school.lane()
    Delivery.objects.update(state=State.SENDING, lane=lane)
    return lane, rows


def sent(row: Delivery, outcome: str | None = "accepted") -> Answer:
    """A platform's yes to a copy."""
    verdict = Verdict(State.SENT)
    return Answer(row.pk, 1, school.NOON, outcome, "", "", [], verdict)  # type: ignore[arg-type]
