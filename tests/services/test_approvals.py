"""Four eyes: an author asks, somebody else says yes or gives it back with words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.permissions import Approval, Role
from broadcaster.domain.states import State
from broadcaster.domain.writing import Shut
from broadcaster.services.approvals import (
    NoSuchRequest,
    NotYours,
    WordsMissing,
    approve,
    ask,
    queue,
    returned_words,
    send_back,
    withdraw,
)
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    Written,
    make_draft,
    sheet_for,
    write_draft,
)
from broadcaster.services.drafts_leaving import NeedsConsent, send_off, take_back
from broadcaster.services.drafts_ready import NotReady
from broadcaster.services.outlets import Office
from broadcaster.services.sweep import sweep
from broadcaster.store.models import (
    Announcement,
    ApprovalRequest,
    AuditEntry,
    Delivery,
    Revision,
    Staff,
)
from tests import school
from tests.services.stage import Platform, office
from tests.together import together
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW, LATER = school.NOON, school.LATER


@pytest.fixture
def author() -> Staff:
    return member(Role.TEACHER, "1А", approval=Approval.ALWAYS)


@pytest.fixture
def boss() -> Staff:
    return member(Role.ADMINISTRATOR)


@pytest.fixture
def desk() -> Office:
    return office(Platform())


def draft_of(author: Staff, **also: Any) -> UUID:
    """A draft in version 1 that one parent would get."""
    school.guardian(alpha="here")
    said = Written(title="Собрание", body="Приходите!", groups=frozenset({school.group("1А").pk}))
    draft = make_draft(author, now=NOW)
    write_draft(author, draft, replace(said, **also), version=0)
    return draft


def asked(desk: Office, author: Staff, **also: Any) -> int:
    """The number of a request for consent to a fresh draft."""
    draft = draft_of(author, **also)
    ask(desk, author, draft, version=1, now=NOW)
    return queue().get(announcement=draft).pk


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[1:]


def test_an_approved_announcement_leaves(author: Staff, boss: Staff, desk: Office) -> None:
    approve(desk, boss, asked(desk, author), now=NOW)
    assert school.states() == [State.QUEUED]
    assert actions() == ["approval_asked", "approved", "released"]


def test_asking_alone_sends_nothing(author: Staff, desk: Office) -> None:
    asked(desk, author)
    sweep(desk, LATER)
    assert not Delivery.objects.exists()


def test_what_is_wanted_later_is_scheduled_by_consent(
    author: Staff, boss: Staff, desk: Office
) -> None:
    approve(desk, boss, asked(desk, author, wanted_at=LATER), now=NOW)
    assert (school.states(), Announcement.objects.get().release_at) == ([], LATER)
    assert actions()[1:] == ["approved", "scheduled"]


def test_what_was_approved_leaves_at_its_time(author: Staff, boss: Staff, desk: Office) -> None:
    approve(desk, boss, asked(desk, author, wanted_at=LATER), now=NOW)
    sweep(desk, LATER)
    assert school.states() == [State.QUEUED]


def test_consent_that_comes_late_sends_at_once(author: Staff, boss: Staff, desk: Office) -> None:
    approve(desk, boss, asked(desk, author, wanted_at=LATER), now=LATER)
    assert Announcement.objects.get().released_at == LATER


def test_consent_that_comes_too_late_is_refused(author: Staff, boss: Staff, desk: Office) -> None:
    number = asked(desk, author, expires_at=LATER)
    with pytest.raises(NotReady):
        approve(desk, boss, number, now=LATER)
    assert queue().count() == 1


@pytest.mark.parametrize("approval", [Approval.NEVER, Approval.ALWAYS])
def test_nobody_approves_her_own(desk: Office, approval: Approval) -> None:
    author = member(Role.ADMINISTRATOR, approval=approval)
    with pytest.raises(NotYours):
        approve(desk, author, asked(desk, author), now=NOW)
    assert not Delivery.objects.exists()


def test_nobody_approves_what_she_wrote_and_another_asked_for(desk: Office) -> None:
    author = member(Role.ADMINISTRATOR, approval=Approval.ALWAYS)
    draft = draft_of(author)
    ask(desk, member(Role.ADMINISTRATOR), draft, version=1, now=NOW)
    with pytest.raises(NotYours):
        approve(desk, author, queue().get().pk, now=NOW)


def test_nobody_returns_her_own(desk: Office, boss: Staff) -> None:
    with pytest.raises(NotYours):
        send_back(desk, boss, asked(desk, boss), "Нет", now=NOW)


@pytest.mark.parametrize("role", [Role.TEACHER, Role.AUDITOR])
def test_who_has_not_the_right_approves_nothing(author: Staff, desk: Office, role: Role) -> None:
    number = asked(desk, author)
    other = member(role, "1А")
    with pytest.raises(NoSuchRequest):
        approve(desk, other, number, now=NOW)
    with pytest.raises(NoSuchRequest):
        send_back(desk, other, number, "Нет", now=NOW)


def test_a_draft_that_waits_is_not_changed_by_anybody(
    author: Staff, boss: Staff, desk: Office
) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    for who in (author, boss):
        with pytest.raises(DraftShut) as told:
            write_draft(who, draft, Written(body="Другой"), version=2)
        assert told.value.why is Shut.WAITING


def test_a_draft_that_waits_is_not_sent_past_the_request(
    author: Staff, boss: Staff, desk: Office
) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    for who in (author, boss):
        with pytest.raises(DraftShut):
            send_off(desk, who, draft, version=2, now=NOW)
    assert not Delivery.objects.exists()


def test_a_text_that_changed_behind_the_request_does_not_leave(
    author: Staff, boss: Staff, desk: Office
) -> None:
    number = asked(desk, author)
    Revision.objects.update(body="Другой текст")
    Announcement.objects.update(version=9)
    with pytest.raises(DraftChanged):
        approve(desk, boss, number, now=NOW)
    assert (Delivery.objects.count(), queue().count()) == (0, 1)


def test_a_time_that_changed_behind_the_request_is_not_scheduled(
    author: Staff, boss: Staff, desk: Office
) -> None:
    number = asked(desk, author, wanted_at=LATER)
    Announcement.objects.update(version=9)
    with pytest.raises(DraftChanged):
        approve(desk, boss, number, now=NOW)
    assert Announcement.objects.get().release_at is None


def test_what_is_asked_for_twice_waits_once(author: Staff, desk: Office) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    with pytest.raises(DraftShut):
        ask(desk, author, draft, version=2, now=NOW)
    assert queue().count() == 1


def test_an_unfinished_draft_is_not_asked_for(author: Staff, desk: Office) -> None:
    draft = draft_of(author, title="")
    with pytest.raises(NotReady):
        ask(desk, author, draft, version=1, now=NOW)


def test_another_teachers_draft_is_not_asked_for(author: Staff, desk: Office) -> None:
    draft = draft_of(author)
    with pytest.raises(NoSuchDraft):
        ask(desk, member(Role.TEACHER, "1А"), draft, version=1, now=NOW)


def test_a_request_taken_back_lets_the_draft_be_changed(author: Staff, desk: Office) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    withdraw(author, draft, now=NOW)
    assert write_draft(author, draft, Written(body="Другой"), version=2).version == 3
    assert actions() == ["approval_asked", "approval_withdrawn"]


def test_a_request_taken_back_cannot_be_approved(author: Staff, boss: Staff, desk: Office) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    number = queue().get().pk
    withdraw(author, draft, now=NOW)
    with pytest.raises(NoSuchRequest):
        approve(desk, boss, number, now=NOW)


def test_a_request_is_approved_once(author: Staff, boss: Staff, desk: Office) -> None:
    number = asked(desk, author)
    approve(desk, boss, number, now=NOW)
    with pytest.raises(NoSuchRequest):
        approve(desk, boss, number, now=NOW)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides() -> None:
    desk, author = office(Platform()), member(Role.TEACHER, "1А", approval=Approval.ALWAYS)
    number = asked(desk, author)

    def decide(by: Staff, *, yes: bool) -> bool:
        try:
            if yes:
                approve(desk, by, number, now=NOW)
            else:
                send_back(desk, by, number, "Нет", now=NOW)
        except (NoSuchRequest, DraftShut):
            return False
        return True

    one, other = member(Role.ADMINISTRATOR), member(Role.ADMINISTRATOR)
    done = together(lambda: decide(one, yes=True), lambda: decide(other, yes=False))
    assert sorted(done) == [False, True]
    assert Delivery.objects.count() == int(done[0])


def test_a_returned_draft_tells_its_author_why(author: Staff, boss: Staff, desk: Office) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    send_back(desk, boss, queue().get().pk, " Укажите кабинет.\0 ", now=NOW)
    assert (returned_words(draft), sheet_for(author, draft).shut) == ("Укажите кабинет.", None)
    assert actions() == ["approval_asked", "returned"]


@pytest.mark.parametrize("words", ["", " \n", "\u200b"])
def test_a_draft_is_not_returned_without_a_reason(
    author: Staff, boss: Staff, desk: Office, words: str
) -> None:
    number = asked(desk, author)
    with pytest.raises(WordsMissing):
        send_back(desk, boss, number, words, now=NOW)
    assert queue().count() == 1


def test_who_asks_again_is_no_longer_told_the_old_reason(
    author: Staff, boss: Staff, desk: Office
) -> None:
    draft = draft_of(author)
    ask(desk, author, draft, version=1, now=NOW)
    send_back(desk, boss, queue().get().pk, "Укажите кабинет.", now=NOW)
    ask(desk, author, draft, version=2, now=LATER)
    assert returned_words(draft) == ""


def test_what_was_approved_and_taken_back_needs_consent_anew(
    author: Staff, boss: Staff, desk: Office
) -> None:
    draft = draft_of(author, wanted_at=LATER)
    ask(desk, author, draft, version=1, now=NOW)
    approve(desk, boss, queue().get().pk, now=NOW)
    take_back(author, draft, now=NOW)
    with pytest.raises(NeedsConsent):
        send_off(desk, author, draft, version=sheet_for(author, draft).version, now=NOW)


def test_the_oldest_request_comes_first(author: Staff, desk: Office) -> None:
    first, second = asked(desk, author), asked(desk, author)
    ApprovalRequest.objects.filter(pk=first).update(asked_at=LATER)
    assert [one.pk for one in queue()] == [second, first]
