"""Copies that wait for consent, and authors who may no longer write to somebody."""

from __future__ import annotations

from uuid import UUID

import pytest

from broadcaster.domain.permissions import Approval, Role
from broadcaster.services import approvals
from broadcaster.services.calendar.series_keeping import start_series, stop_series
from broadcaster.services.drafts import sheet_for
from broadcaster.services.outlets import Office
from broadcaster.store.models import ApprovalRequest, Group, Staff
from tests.auditing import audited
from tests.services.calendar_stage import dates, moscow
from tests.services.series_stage import FIRST, START, beat, begun, copies
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = moscow(START)


@pytest.fixture
def novice(desk: Office) -> Staff:
    """A teacher whose words somebody else reads first."""
    return member(Role.TEACHER, "1А", approval=Approval.ALWAYS)


def test_each_copy_of_an_author_who_needs_consent_waits_two_days_for_it(
    desk: Office, novice: Staff
) -> None:
    key = begun(desk, novice)
    beat(desk, "2026-11-25 15:59")
    assert dates() == []
    beat(desk, "2026-11-25 16:00")
    assert dates() == [("2026-11-27", "27.11 16:00", "asked")]
    request = ApprovalRequest.objects.get(announcement=copies(key)[0])
    approvals.approve(desk, member(Role.APPROVER), request.pk, now=moscow("2026-11-26 10:00"))
    assert beat(desk, FIRST) == 1


def test_a_copy_that_nobody_agrees_to_does_not_leave(desk: Office, novice: Staff) -> None:
    begun(desk, novice)
    beat(desk, "2026-11-26 10:00")
    assert beat(desk, FIRST) == 0
    assert dates() == [("2026-11-27", "27.11 16:00", "unanswered")]


def test_she_does_not_agree_to_her_own(desk: Office, novice: Staff) -> None:
    begun(desk, novice)
    beat(desk, "2026-11-26 10:00")
    Staff.objects.filter(pk=novice.pk).update(role=Role.APPROVER)
    novice.refresh_from_db()
    with pytest.raises(approvals.NotYours):
        approvals.approve(desk, novice, ApprovalRequest.objects.get().pk, now=NOW)


def test_stopping_drops_the_copy_that_waits_for_consent(desk: Office, novice: Staff) -> None:
    key = begun(desk, novice)
    beat(desk, "2026-11-26 10:00")
    stop_series(novice, key, now=moscow("2026-11-26 11:00"))
    assert dates() == [("2026-11-27", "27.11 16:00", "changed")]
    assert not ApprovalRequest.objects.filter(decided_at=None).exists()


def test_what_a_stop_has_dropped_comes_back_with_a_new_beginning(
    desk: Office, novice: Staff
) -> None:
    key = begun(desk, novice)
    now = moscow("2026-11-26 10:00")
    beat(desk, "2026-11-26 10:00")
    stop_series(novice, key, now=now)
    start_series(desk, novice, key, version=sheet_for(novice, key).version, now=now)
    beat(desk, "2026-11-26 10:01")
    assert dates() == [("2026-11-27", "27.11 16:00", "asked")]


def test_a_copy_leaves_out_the_group_that_its_author_has_lost(desk: Office) -> None:
    author = member(Role.TEACHER, "1А", "2Б")
    key = begun(desk, author, "1А", "2Б")
    author.groups.remove(Group.objects.get(name="2Б"))
    assert beat(desk, FIRST) == 1
    assert [group.name for group in copies(key)[0].groups.all()] == ["1А"]


def test_without_any_group_left_the_date_is_skipped_and_told(
    desk: Office, author: Staff, mould: UUID
) -> None:
    author.groups.clear()
    assert beat(desk, FIRST) == 0
    assert dates() == [("2026-11-27", "27.11 16:00", "out_of_reach")]
    assert audited()[-1] == "occasion_skipped"
    assert len(copies(mould)) == 0


def test_copies_of_an_author_whose_account_is_closed_wait_for_consent(
    desk: Office, author: Staff, mould: UUID
) -> None:
    author.user.is_active = False
    author.user.save()
    beat(desk, "2026-11-26 10:00")
    assert dates() == [("2026-11-27", "27.11 16:00", "asked")]


def test_copies_of_an_author_who_is_gone_wait_for_consent(
    desk: Office, author: Staff, mould: UUID
) -> None:
    author.user.delete()
    beat(desk, "2026-11-26 10:00")
    assert dates() == [("2026-11-27", "27.11 16:00", "asked")]
