"""Statements that know the ids of their copies go by these, whatever looks rare to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.store.queries.claiming import hand_over
from broadcaster.store.queries.recording import Answer, record
from tests import school
from tests.store.plans import steps, told_by_statistics

pytestmark = [pytest.mark.database, pytest.mark.django_db]

OTHERS = (
    "delivery_by_announcement",
    "delivery_sending",
    "delivery_waiting",
    "one_copy_per_address",
)


def handed(row: int, lane: UUID) -> set[int]:
    return hand_over([row], lane=lane, now=school.NOON)


def answered(row: int, lane: UUID) -> int:
    sent = Answer(row, 1, school.NOON, "accepted", "", "", [], Verdict(State.SENT))
    return record([sent], lane=lane)


@pytest.mark.parametrize("work", [handed, answered])
def test_copies_are_found_by_no_index_of_states(work: Callable[[int, UUID], Any]) -> None:
    lane = uuid4()
    row = school.copy(school.address(school.guardian(), "alpha"), state=State.SENDING, lane=lane)
    told_by_statistics()
    plans = steps(lambda: work(row.pk, lane))
    told = "\n".join(step for plan in plans for step in plan)
    assert not [name for name in OTHERS if name in told]
