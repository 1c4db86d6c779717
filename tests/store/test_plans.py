"""How SQLite goes about the statements of the hot path; a wrong turn made them twenty times slower.

PostgreSQL's planner decides by statistics, so that an empty table tells nothing about it.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.store.queries import former
from broadcaster.store.queries.claiming import children_of, hand_over
from broadcaster.store.queries.recording import Answer, record
from broadcaster.store.queries.reports_people import People, counts, people
from tests import school
from tests.store.plans import steps

pytestmark = pytest.mark.django_db

SHUT = Verdict(State.FAILED, Reason.BLOCKED, closes_address=True)
ANSWER = Answer(1, 1, school.NOON, "accepted", "", "", [], SHUT, moved_to="elsewhere")


def test_answers_find_their_copies_by_id() -> None:
    plans = steps(lambda: record([ANSWER], lane=uuid4()))
    found = [step for plan in plans for step in plan if " delivery " in step]
    assert set(found) == {"SEARCH delivery USING INTEGER PRIMARY KEY (rowid=?)"}
    assert len(found) == len(plans)


def test_copies_that_leave_are_found_by_id() -> None:
    plans = steps(lambda: hand_over([1], lane=uuid4(), now=school.NOON))
    assert len(plans) == 2, "what was not noted is looked up"
    assert all("rowid=?" in plan[0] for plan in plans)


def test_former_addresses_of_what_is_claimed_are_found_by_its_ids() -> None:
    [[first, *_others]] = steps(lambda: former.end([1], now=school.NOON))
    assert first.startswith("SEARCH store_formeraddress USING INDEX one_place_a_copy")


def test_children_are_looked_up_from_their_guardians() -> None:
    [plan] = steps(lambda: children_of([1], uuid4()))
    first, *others = [step for step in plan if step.startswith("SCAN")]
    assert first.startswith("SCAN json_each")
    assert set(others) <= {"SCAN child"}, "the answer itself is read whole"


def test_a_report_reads_one_announcement_and_joins_by_keys() -> None:
    news = uuid4()
    plans = steps(lambda: (counts(news), people(People(news), limit=9)))
    scanned = {step for plan in plans for step in plan if step.startswith("SCAN")}
    made = ("fates", "found", "homes", "marked", "marks", "pupils", "shared")
    assert scanned <= {f"SCAN {name}" for name in made}
