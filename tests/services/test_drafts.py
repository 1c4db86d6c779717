"""Writing an announcement bit by bit."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.domain.permissions import Role
from broadcaster.domain.policy import Importance
from broadcaster.domain.writing import Shut
from broadcaster.services.drafts import (
    DraftChanged,
    DraftShut,
    NoSuchDraft,
    OutOfReach,
    Written,
    drop_draft,
    make_draft,
    repeat,
    sheet_for,
    write_draft,
)
from broadcaster.store.models import (
    Announcement,
    AnnouncementFile,
    ApprovalRequest,
    AuditEntry,
    Group,
    Series,
    Staff,
)
from tests import school
from tests.together import together
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def author() -> Staff:
    return member(Role.TEACHER, "1А")


@pytest.fixture
def draft(author: Staff) -> UUID:
    return make_draft(author, now=NOW)


def written(*groups: str, **also: Any) -> Written:
    ids = frozenset(Group.objects.filter(name__in=groups).values_list("pk", flat=True))
    return replace(Written(title="Собрание", body="Приходите!", groups=ids), **also)


def shut(draft: UUID, why: Shut) -> None:
    """Make a draft one that may not be changed."""
    if why is Shut.WAITING:
        ApprovalRequest.objects.create(announcement_id=draft, version=0, asked_at=NOW)
    elif why is Shut.REPEATS:
        daily = {"rule": "FREQ=DAILY", "time": time(16), "shift": "stay", "started_at": NOW}
        Series.objects.create(mould_id=draft, **daily)
    else:
        field = {"released": "released_at", "cancelled": "cancelled_at", "scheduled": "release_at"}
        Announcement.objects.filter(pk=draft).update(**{field[why]: NOW})


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_a_new_draft_is_empty_and_its_authors(author: Staff, draft: UUID) -> None:
    sheet = sheet_for(author, draft)
    assert (sheet.written, sheet.version, sheet.author) == (Written(), 0, author.name)


def test_a_new_draft_is_noted(draft: UUID) -> None:
    assert actions() == ["draft_made"]


def test_a_second_press_finds_the_draft_that_nobody_has_touched(author: Staff, draft: UUID) -> None:
    assert make_draft(author, now=NOW) == draft


def test_a_draft_that_was_written_on_is_not_taken_for_a_new_one(author: Staff, draft: UUID) -> None:
    write_draft(author, draft, written(), version=0)
    assert make_draft(author, now=NOW) != draft


def test_what_is_written_is_kept_whole(author: Staff, draft: UUID) -> None:
    person = school.guardian()
    said = written(
        "1А",
        importance=Importance.URGENT,
        people=frozenset({person.pk}),
        channels=frozenset({"alpha", "beta"}),
        wanted_at=school.LATER,
        expires_at=school.LATER,
    )
    write_draft(author, draft, said, version=0)
    assert sheet_for(author, draft).written == said


def test_a_draft_may_lack_everything(author: Staff, draft: UUID) -> None:
    write_draft(author, draft, written(title="Собрание"), version=0)
    assert write_draft(author, draft, Written(), version=1).version == 2


def test_every_change_makes_the_version_grow(author: Staff, draft: UUID) -> None:
    saved = write_draft(author, draft, written(), version=0)
    assert (saved.version, sheet_for(author, draft).version) == (1, 1)


def test_a_wish_for_a_time_lets_nothing_leave(author: Staff, draft: UUID) -> None:
    write_draft(author, draft, written(wanted_at=NOW), version=0)
    assert Announcement.objects.get().release_at is None


def test_a_stale_version_overwrites_nothing(author: Staff, draft: UUID) -> None:
    write_draft(author, draft, written(body="Первый"), version=0)
    with pytest.raises(DraftChanged):
        write_draft(author, draft, written(body="Второй"), version=0)
    assert sheet_for(author, draft).written.body == "Первый"


def test_a_stale_version_is_told_what_is_stored(author: Staff, draft: UUID) -> None:
    write_draft(author, draft, written(body="Первый"), version=0)
    with pytest.raises(DraftChanged) as told:
        write_draft(author, draft, written(body="Второй"), version=0)
    sheet = told.value.sheet
    assert (sheet.version, sheet.written.body) == (1, "Первый")


def test_saving_the_same_again_is_no_change_whatever_the_version(
    author: Staff, draft: UUID
) -> None:
    write_draft(author, draft, written(), version=0)
    assert write_draft(author, draft, written(), version=0).version == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told() -> None:
    author = member(Role.TEACHER)
    draft = make_draft(author, now=NOW)

    def attempt(body: str) -> str:
        try:
            return write_draft(author, draft, written(body=body), version=0).written.body
        except DraftChanged as other:
            return other.sheet.written.body

    said = together(lambda: attempt("Первый"), lambda: attempt("Второй"))
    assert said[0] == said[1] == sheet_for(author, draft).written.body


def test_characters_that_no_platform_takes_are_taken_out(author: Staff, draft: UUID) -> None:
    said = written(title="Собра\u202eние\n в  пять", body="При\0ходите\r\nвсе")
    kept = write_draft(author, draft, said, version=0).written
    assert (kept.title, kept.body) == ("Собрание в пять", "Приходите\nвсе")


def test_hostile_markup_is_kept_as_it_was_written(author: Staff, draft: UUID) -> None:
    body = "<script>alert(1)</script> {{ config }} {% raw %}"
    assert write_draft(author, draft, written(body=body), version=0).written.body == body


def test_a_teacher_cannot_choose_anothers_group(author: Staff, draft: UUID) -> None:
    school.group("2Б")
    with pytest.raises(OutOfReach):
        write_draft(author, draft, written("1А", "2Б"), version=0)
    assert sheet_for(author, draft).version == 0


def test_a_teacher_cannot_choose_a_parent_of_anothers_group(author: Staff, draft: UUID) -> None:
    person = school.guardian(groups=["2Б"])
    with pytest.raises(OutOfReach):
        write_draft(author, draft, written(people=frozenset({person.pk})), version=0)


def test_a_group_that_does_not_exist_cannot_be_chosen() -> None:
    boss = member(Role.ADMINISTRATOR)
    with pytest.raises(OutOfReach):
        write_draft(boss, make_draft(boss, now=NOW), written(groups=frozenset({10**9})), version=0)


def test_an_administrator_writes_to_everybody() -> None:
    boss = member(Role.ADMINISTRATOR)
    school.group("2Б")
    saved = write_draft(boss, make_draft(boss, now=NOW), written("2Б"), version=0)
    assert len(saved.written.groups) == 1


def test_another_teachers_draft_is_not_there(draft: UUID) -> None:
    other = member(Role.TEACHER, "1А")
    for work in (
        lambda: sheet_for(other, draft),
        lambda: write_draft(other, draft, written(), version=0),
        lambda: drop_draft(other, draft, now=NOW),
    ):
        with pytest.raises(NoSuchDraft):
            work()


def test_an_administrator_may_mend_a_teachers_draft(draft: UUID) -> None:
    boss = member(Role.ADMINISTRATOR)
    assert write_draft(boss, draft, written(), version=0).version == 1


def test_an_auditor_writes_nothing(author: Staff, draft: UUID) -> None:
    reader = member(Role.AUDITOR)
    for work in (
        lambda: make_draft(reader, now=NOW),
        lambda: sheet_for(reader, draft),
        lambda: repeat(reader, draft, now=NOW),
    ):
        with pytest.raises(NoSuchDraft):
            work()


@pytest.mark.parametrize("why", list(Shut))
def test_what_is_shut_is_not_changed(author: Staff, draft: UUID, why: Shut) -> None:
    shut(draft, why)
    with pytest.raises(DraftShut) as told:
        write_draft(author, draft, written(), version=0)
    assert (told.value.why, sheet_for(author, draft).written.body) == (why, "")


@pytest.mark.parametrize("why", list(Shut))
def test_what_is_shut_is_not_deleted(author: Staff, draft: UUID, why: Shut) -> None:
    shut(draft, why)
    with pytest.raises(DraftShut):
        drop_draft(author, draft, now=NOW)
    assert Announcement.objects.filter(pk=draft).exists()


def test_a_dropped_draft_is_gone_and_noted(author: Staff, draft: UUID) -> None:
    drop_draft(author, draft, now=NOW)
    assert not Announcement.objects.exists()
    assert actions() == ["draft_made", "draft_dropped"]


def test_a_draft_that_is_not_there_cannot_be_dropped(author: Staff) -> None:
    with pytest.raises(NoSuchDraft):
        drop_draft(author, uuid4(), now=NOW)


def test_an_old_announcement_is_begun_anew_with_its_files(author: Staff, draft: UUID) -> None:
    said = written("1А", importance=Importance.IMPORTANT, expires_at=school.LATER)
    write_draft(author, draft, said, version=0)
    AnnouncementFile.objects.create(
        announcement_id=draft, position=0, name="план.pdf", media_type="application/pdf", size=1,
        digest="0",
    )  # fmt: skip
    shut(draft, Shut.RELEASED)
    made = repeat(author, draft, now=NOW)
    assert sheet_for(author, made).written == replace(said, expires_at=None)
    assert (
        list(AnnouncementFile.objects.order_by("announcement__created_at").values_list("name"))
        == [("план.pdf",)] * 2
    )


def test_a_copy_leaves_out_those_one_may_not_write_to(author: Staff) -> None:
    boss = member(Role.ADMINISTRATOR)
    old = make_draft(boss, now=NOW)
    person = school.guardian(groups=["2Б"])
    write_draft(boss, old, written("1А", "2Б", people=frozenset({person.pk})), version=0)
    Announcement.objects.filter(pk=old).update(written_by=author.user)
    kept = sheet_for(author, repeat(author, old, now=NOW)).written
    assert (kept.groups, kept.people) == (written("1А").groups, frozenset())


def test_what_one_may_not_see_cannot_be_begun_anew(author: Staff) -> None:
    boss = member(Role.ADMINISTRATOR)
    with pytest.raises(NoSuchDraft):
        repeat(author, make_draft(boss, now=NOW), now=NOW)
