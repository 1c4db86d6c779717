"""What became of an announcement: progress while it runs, the report afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.reasons import Skip, Why
from broadcaster.domain.states import State
from broadcaster.services.follow import (
    NoSuchAnnouncement,
    NoSuchCopy,
    Progress,
    SeveralAnnouncements,
    find,
    history,
    latest,
    progress,
    report,
)
from broadcaster.store.models import Announcement, Delivery, Receipt, Revision
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


def copy(news: UUID, state: State, channel: str = "alpha", **also: Any) -> Delivery:
    return school.copy(school.address(school.guardian(), channel), news, state=state, **also)


def test_progress_counts_copies_decided_and_taken(news: UUID) -> None:
    for state in (State.QUEUED, State.SENDING, State.SENT, State.READ, State.FAILED):
        copy(news, state)
    copy(news, State.SENT, "beta")
    assert progress(news) == [Progress("alpha", 5, 3, 2), Progress("beta", 1, 1, 1)]


def test_skipped_copies_are_no_progress(news: UUID) -> None:
    copy(news, State.SKIPPED)
    assert progress(news) == []


def test_a_channel_is_done_when_nothing_more_happens_by_itself(news: UUID) -> None:
    copy(news, State.UNCONFIRMED)
    copy(news, State.QUEUED, "beta")
    assert [line.done for line in progress(news)] == [True, False]


def test_a_report_counts_what_waits_and_what_nobody_knows(news: UUID) -> None:
    for state in (State.QUEUED, State.HELD, State.DEFERRED, State.SENDING, State.UNCONFIRMED):
        copy(news, state)
    seen = report(news)
    assert (seen.waiting, seen.unconfirmed, len(seen.unreached)) == (4, 1, 5)


def test_a_report_tells_on_how_many_channels_people_were_reached(news: UUID) -> None:
    person = school.guardian()
    for channel in ("alpha", "beta", "gamma"):
        school.copy(school.address(person, channel), news, state=State.SENT)
    copy(news, State.SENT)
    copy(news, State.FAILED)
    assert report(news).people == {3: 1, 1: 1, 0: 1}


@pytest.mark.parametrize(
    ("state", "complete"),
    [(State.SENT, True), (State.QUEUED, False), (State.FAILED, False), (State.UNCONFIRMED, False)],
)
def test_a_report_is_complete_when_everybody_was_reached(
    news: UUID, state: State, *, complete: bool
) -> None:
    copy(news, State.SENT)
    copy(news, state)
    assert report(news).complete is complete


def test_a_person_without_addresses_makes_a_report_incomplete(news: UUID) -> None:
    Delivery.objects.create(
        announcement_id=news, guardian=school.guardian("Анна"), state=State.SKIPPED,
        reason=Skip.NO_ADDRESS, why=Why.PREFERRED, priority=2, due_at=NOW,
    )  # fmt: skip
    seen = report(news)
    assert (seen.complete, [one.name for one in seen.unreached]) == (False, ["Анна"])


def test_what_is_not_released_is_not_complete() -> None:
    assert not report(school.announcement()).complete


def test_a_report_lists_copies_when_asked(news: UUID) -> None:
    copy(news, State.SENT)
    assert (len(report(news).copies), len(report(news, with_copies=True).copies)) == (0, 1)


def test_the_title_in_force_is_the_newest() -> None:
    made = school.announcement(title="Экскурия")
    Revision.objects.create(
        announcement_id=made, number=2, title="Экскурсия", body="…", created_at=NOW
    )
    assert report(made).standing.title == "Экскурсия"


def test_what_does_not_exist_has_no_report() -> None:
    with pytest.raises(NoSuchAnnouncement):
        report(UUID(int=0))


def test_the_newest_announcements_come_first() -> None:
    made = [school.announcement(title=f"№ {n}") for n in range(3)]
    for place, one in enumerate(made):
        Announcement.objects.filter(pk=one).update(created_at=NOW + timedelta(hours=place))
    assert [one.title for one in latest(2)] == ["№ 2", "№ 1"]


def test_a_copys_history_tells_what_the_platform_answered(news: UUID) -> None:
    row = copy(news, State.SENT)
    Receipt.objects.create(delivery=row, attempt=1, at=NOW, outcome="accepted")
    line, steps = history(news, row.pk)
    assert (line.id, [step.outcome for step in steps]) == (row.pk, ["accepted"])


def test_a_copy_of_another_announcement_has_no_history_here(news: UUID) -> None:
    row = school.waiting(1)[0]
    with pytest.raises(NoSuchCopy):
        history(news, row.pk)


def test_an_announcement_is_found_by_the_beginning_of_its_id(news: UUID) -> None:
    assert find(str(news)[:8]) == find(str(news)) == find(news.hex.upper()) == news


@pytest.mark.parametrize("number", ["", "0", "zzzzzzzz", "00000000", "00" * 40])
def test_what_does_not_exist_is_not_found(news: UUID, number: str) -> None:
    with pytest.raises(NoSuchAnnouncement):
        find(number)


def test_a_beginning_that_fits_several_is_told() -> None:
    for last in range(2):
        Announcement.objects.create(id=UUID(int=0xABCD << 112 | last), created_at=NOW)
    with pytest.raises(SeveralAnnouncements) as several:
        find("abcd")
    assert len(several.value.ids) == 2
