"""A draft leaves: as it was looked at, once, and not without the consent it needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.policy import Importance, QuietHours
from broadcaster.domain.states import State
from broadcaster.domain.writing import Shut
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    Written,
    make_draft,
    sheet_for,
    write_draft,
)
from broadcaster.services.drafts_leaving import (
    NeedsConsent,
    Outlook,
    outlook,
    send_off,
    take_back,
)
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.outlets import Office
from broadcaster.services.release import AlreadyReleased
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, AuditEntry, Delivery, Group, Staff
from tests import school
from tests.services.stage import MOSCOW, Platform, office, outlet
from tests.together import together
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LATER = school.LATER
NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=MOSCOW)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)


@pytest.fixture
def author() -> Staff:
    return member(Role.TEACHER, "1А")


@pytest.fixture
def desk() -> Office:
    return office(Platform())


def written(**also: Any) -> Written:
    """Everything that is needed; there is a parent to read it."""
    said = Written(title="Собрание", body="Приходите!", groups=frozenset({school.group("1А").pk}))
    return replace(said, **also)


def draft_of(author: Staff, **also: Any) -> UUID:
    """A draft in version 1."""
    draft = make_draft(author, now=NOW)
    write_draft(author, draft, written(**also), version=0)
    return draft


def looked(author: Staff, of: Office, now: datetime = NOW, **also: Any) -> Outlook:
    return outlook(of, author, draft_of(author, **also), now=now)


def lacking(seen: Outlook) -> list[str]:
    return [lack.field for lack in seen.lacks]


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[1:]


def test_a_draft_leaves_now(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    row = send_off(desk, author, draft_of(author), version=1, now=NOW)
    assert (row.released_at, school.states(), actions()) == (NOW, [State.QUEUED], ["released"])


def test_a_draft_with_a_wish_is_scheduled(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    row = send_off(desk, author, draft_of(author, wanted_at=LATER), version=1, now=NOW)
    assert (row.release_at, row.released_at, actions()) == (LATER, None, ["scheduled"])


def test_what_is_scheduled_leaves_at_its_time(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    send_off(desk, author, draft_of(author, wanted_at=LATER), version=1, now=NOW)
    sweep(desk, LATER)
    assert school.states() == [State.QUEUED]


def test_a_second_press_sends_nothing(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author)
    send_off(desk, author, draft, version=1, now=NOW)
    with pytest.raises(DraftShut) as told:
        send_off(desk, author, draft, version=1, now=NOW)
    assert (told.value.why, Delivery.objects.count()) == (Shut.RELEASED, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_sends() -> None:
    author, desk = member(Role.TEACHER, "1А"), office(Platform())
    school.guardian(alpha="here")
    draft = draft_of(author)

    def press() -> bool:
        try:
            send_off(desk, author, draft, version=1, now=NOW)
        except (AlreadyReleased, DraftShut):
            return False
        return True

    assert sorted(together(press, press, press)) == [False, False, True]
    assert (Delivery.objects.count(), actions()) == (1, ["released"])


def test_what_was_not_looked_at_does_not_leave(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author)
    with pytest.raises(DraftChanged):
        send_off(desk, author, draft, version=0, now=NOW)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("role", [Role.TEACHER, Role.ADMINISTRATOR])
def test_who_needs_consent_sends_nothing_whatever_her_role(role: Role, desk: Office) -> None:
    school.guardian(alpha="here")
    author = member(role, "1А", approval=Approval.ALWAYS)
    with pytest.raises(NeedsConsent):
        send_off(desk, author, draft_of(author), version=1, now=NOW)
    assert (Delivery.objects.count(), actions()) == (0, [])


def test_who_needs_consent_schedules_nothing(desk: Office) -> None:
    school.guardian(alpha="here")
    author = member(Role.TEACHER, "1А", approval=Approval.ALWAYS)
    with pytest.raises(NeedsConsent):
        send_off(desk, author, draft_of(author, wanted_at=LATER), version=1, now=NOW)
    assert Announcement.objects.get().release_at is None


def test_consent_for_what_is_urgent_leaves_the_rest_free(desk: Office) -> None:
    author = member(Role.TEACHER, "1А", approval=Approval.URGENT)
    seen = [looked(author, desk, importance=one).consent for one in Importance]
    assert seen == [False, False, True]


def test_an_administrator_sends_what_a_teacher_may_not(desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(member(Role.TEACHER, "1А", approval=Approval.ALWAYS))
    send_off(desk, member(Role.ADMINISTRATOR), draft, version=1, now=NOW)
    assert school.states() == [State.QUEUED]


def test_another_teachers_draft_is_not_sent(author: Staff, desk: Office) -> None:
    draft = draft_of(author)
    with pytest.raises(NoSuchDraft):
        send_off(desk, member(Role.TEACHER, "1А"), draft, version=1, now=NOW)


def test_who_lost_a_group_no_longer_writes_to_it(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author)
    author.groups.clear()
    with pytest.raises(NotReady):
        send_off(desk, author, draft, version=1, now=NOW)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("also", "fields"),
    [
        ({"title": ""}, ["title"]),
        ({"title": " \u200b "}, ["title"]),
        ({"title": "{{ имя }}"}, ["title"]),
        ({"body": " \n "}, ["body"]),
        ({"body": "{{ пароль }}"}, ["body"]),
        ({"body": "а" * 40_001}, ["body"]),
        ({"groups": frozenset()}, ["groups"]),
        ({"channels": frozenset({"gone"})}, ["channels"]),
        ({"wanted_at": NOW}, ["wanted_at"]),
        ({"expires_at": NOW}, ["expires_at"]),
        ({"wanted_at": LATER, "expires_at": LATER}, ["expires_at"]),
        (
            {"title": "", "groups": frozenset(), "expires_at": NOW},
            ["title", "groups", "expires_at"],
        ),
    ],
)
def test_everything_that_is_missing_is_told_at_once(
    author: Staff, desk: Office, also: dict[str, Any], fields: list[str]
) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author, **also)
    with pytest.raises(NotReady) as told:
        send_off(desk, author, draft, version=1, now=NOW)
    assert [lack.field for lack in told.value.lacks] == fields


def test_an_announcement_that_nobody_would_get_does_not_leave(author: Staff, desk: Office) -> None:
    school.guardian()
    assert lacking(looked(author, desk)) == ["groups"]


def test_an_empty_group_is_told(author: Staff, desk: Office) -> None:
    assert lacking(looked(author, desk)) == ["groups"]


def test_what_would_be_too_late_in_the_morning_does_not_leave(author: Staff) -> None:
    school.guardian(alpha="here")
    quiet = office(Platform(), quiet=QuietHours(time(21), time(7), MOSCOW))
    seen = looked(author, quiet, NIGHT, expires_at=NIGHT + timedelta(hours=1))
    assert lacking(seen) == ["expires_at"]


def test_what_waits_for_the_morning_is_told(author: Staff) -> None:
    school.guardian(alpha="here")
    quiet = office(Platform(), quiet=QuietHours(time(21), time(7), MOSCOW))
    seen = looked(author, quiet, NIGHT)
    assert seen.forecast is not None
    assert (seen.forecast.plan.state, seen.forecast.plan.due_at) == (State.HELD, MORNING)


def test_a_wish_is_looked_at_for_its_own_time(author: Staff) -> None:
    school.guardian(alpha="here")
    quiet = office(Platform(), quiet=QuietHours(time(21), time(7), MOSCOW))
    seen = looked(author, quiet, NOW, wanted_at=NIGHT)
    assert seen.forecast is not None
    assert seen.forecast.plan.due_at == MORNING


def test_people_and_copies_are_counted(author: Staff) -> None:
    school.guardian(alpha="both", beta="of hers")
    school.guardian(beta="his")
    school.guardian()
    two = office(outlet(Platform()), outlet(Platform(), "beta"))
    seen = looked(author, two, importance=Importance.IMPORTANT)
    assert seen.forecast is not None
    assert (seen.forecast.people, seen.copies, seen.forecast.unserved) == (3, 3, 1)


def test_who_shares_a_mailbox_is_not_left_out(author: Staff, desk: Office) -> None:
    school.guardian(alpha="shared")
    school.guardian(alpha="shared")
    seen = looked(author, desk)
    assert seen.forecast is not None
    assert (seen.forecast.people, seen.copies, seen.forecast.unserved) == (2, 1, 0)


def test_a_text_that_cannot_be_read_has_no_forecast(author: Staff, desk: Office) -> None:
    seen = looked(author, desk, body="{{ пароль }}")
    assert (seen.forecast, lacking(seen)) == (None, ["body"])


def test_the_same_text_to_the_same_people_is_told(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    first = draft_of(author)
    send_off(desk, author, first, version=1, now=NOW)
    twin = looked(author, desk).twin
    assert twin is not None
    assert twin.announcement == first


def test_looking_changes_nothing(author: Staff, desk: Office) -> None:
    school.guardian("Анна Сергеева", alpha="here")
    seen = looked(author, desk, body="Анна Сергеева!")
    assert seen.forecast is not None
    assert seen.forecast.data_class is DataClass.PERSONAL
    assert (Delivery.objects.count(), Announcement.objects.get().version) == (0, 1)


def test_what_is_scheduled_becomes_a_draft_again(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author, wanted_at=LATER)
    send_off(desk, author, draft, version=1, now=NOW)
    take_back(author, draft, now=NOW)
    sweep(desk, LATER)
    assert (school.states(), sheet_for(author, draft).shut) == ([], None)
    assert actions() == ["scheduled", "unscheduled"]


def test_a_wish_outlives_being_taken_back(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author, wanted_at=LATER)
    send_off(desk, author, draft, version=1, now=NOW)
    take_back(author, draft, now=NOW)
    assert sheet_for(author, draft).written.wanted_at == LATER


def test_what_has_left_cannot_be_taken_back(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author)
    send_off(desk, author, draft, version=1, now=NOW)
    with pytest.raises(DraftShut):
        take_back(author, draft, now=NOW)


def test_another_teachers_time_is_not_taken_back(author: Staff, desk: Office) -> None:
    school.guardian(alpha="here")
    draft = draft_of(author, wanted_at=LATER)
    send_off(desk, author, draft, version=1, now=NOW)
    with pytest.raises(NoSuchDraft):
        take_back(member(Role.TEACHER, "1А"), draft, now=NOW)


def test_people_chosen_by_name_get_it(author: Staff, desk: Office) -> None:
    chosen = school.guardian(alpha="chosen")
    school.guardian(alpha="another")
    draft = draft_of(author, groups=frozenset(), people=frozenset({chosen.pk}))
    send_off(desk, author, draft, version=1, now=NOW)
    assert [row.guardian for row in Delivery.objects.all()] == [chosen]


def test_a_group_that_is_gone_is_out_of_the_draft(author: Staff, desk: Office) -> None:
    draft = draft_of(author)
    Group.objects.all().delete()
    assert lacking(outlook(desk, author, draft, now=NOW)) == ["groups"]


def test_the_same_text_to_the_same_person_is_told(author: Staff, desk: Office) -> None:
    person = school.guardian(alpha="here")
    chosen: dict[str, Any] = {"groups": frozenset(), "people": frozenset({person.pk})}
    send_off(desk, author, draft_of(author, **chosen), version=1, now=NOW)
    assert looked(author, desk, **chosen).twin is not None
    assert looked(author, desk).twin is None
