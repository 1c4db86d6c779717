"""Keeping a draft: from what its author wrote to rows and files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import Attachment, DataClass
from broadcaster.domain.policy import Importance
from broadcaster.services.announcing import UnknownGroup, forget_draft, save_draft
from broadcaster.services.contents import attachments_of, file_path, text_of
from broadcaster.services.drafting import Draft
from broadcaster.services.outlets import Office
from broadcaster.store.models import Announcement, AnnouncementFile, Revision
from tests import school
from tests.services.stage import MOSCOW, Platform, office

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(Platform(), files=tmp_path / "files")


def written(**also: Any) -> Draft:
    draft = Draft(
        title="Собрание",
        body="Приходите!",
        importance=Importance.IMPORTANT,
        groups=("1А",),
        channels=("alpha",),
        data_class=DataClass.CLOSED,
        attachments=(),
        author="Анна",
    )
    return replace(draft, **also)


def saved(desk: Office, **also: Any) -> UUID:
    school.group("1А")
    return save_draft(desk, written(**also), now=NOW)


def file(folder: Path, name: str, content: str) -> Attachment:
    (folder / name).write_text(content, "utf-8")
    return Attachment.of(folder / name, "text/plain")


def test_a_draft_is_kept_whole(desk: Office) -> None:
    row = Announcement.objects.get(pk=saved(desk))
    assert (row.importance, row.data_class, row.channels, row.author) == (
        Importance.IMPORTANT, DataClass.CLOSED, ["alpha"], "Анна",
    )  # fmt: skip
    assert (row.created_at, row.released_at, [one.name for one in row.groups.all()]) == (
        NOW, None, ["1А"],
    )  # fmt: skip


def test_its_text_is_the_first_revision(desk: Office) -> None:
    row = Revision.objects.get(announcement=saved(desk))
    assert (row.number, row.title, row.body) == (1, "Собрание", "Приходите!")


def test_its_times_are_kept(desk: Office) -> None:
    later, last = NOW + timedelta(hours=1), NOW + timedelta(days=1)
    row = Announcement.objects.get(pk=saved(desk, at=later, expires=last))
    assert (row.release_at, row.expires_at) == (later, last)


def test_groups_are_found_however_they_are_spelled(desk: Office) -> None:
    school.group("1А")
    made = save_draft(desk, written(groups=("1A", " 1а")), now=NOW)
    assert Announcement.objects.get(pk=made).groups.count() == 1


def test_groups_that_are_not_on_the_roll_are_told_and_nothing_is_kept(
    desk: Office, tmp_path: Path
) -> None:
    school.group("2Б")
    paper = file(tmp_path, "план.txt", "план")
    with pytest.raises(UnknownGroup) as unknown:
        saved(desk, groups=("1А", "9Я", "2Б", "9Ю"), attachments=(paper,))
    assert (unknown.value.names, unknown.value.known) == (("9Я", "9Ю"), ("1А", "2Б"))
    assert not Announcement.objects.exists()
    assert not desk.files.exists()


def test_files_are_kept_in_their_order_under_their_digests(desk: Office, tmp_path: Path) -> None:
    papers = tuple(file(tmp_path, name, name) for name in ("б.txt", "а.txt"))
    kept = attachments_of(desk.files, saved(desk, attachments=papers))
    assert [one.name for one in kept] == ["б.txt", "а.txt"]
    assert [one.content for one in kept] == [name.encode() for name in ("б.txt", "а.txt")]
    assert [one.path for one in kept] == [file_path(desk.files, one.digest) for one in papers]


def test_the_same_bytes_are_kept_once(desk: Office, tmp_path: Path) -> None:
    for name in ("а.txt", "б.txt"):
        saved(desk, attachments=(file(tmp_path, name, "одно и то же"),))
    assert AnnouncementFile.objects.count() == 2
    assert len([path for path in desk.files.rglob("*") if path.is_file()]) == 1


def test_a_kept_file_does_not_change_with_its_original(desk: Office, tmp_path: Path) -> None:
    made = saved(desk, attachments=(file(tmp_path, "план.txt", "план"),))
    (tmp_path / "план.txt").write_text("другой план", "utf-8")
    [kept] = attachments_of(desk.files, made)
    assert kept.content.decode() == "план"


def test_a_draft_that_was_only_tried_is_forgotten(desk: Office) -> None:
    forget_draft(saved(desk))
    assert not Announcement.objects.exists()


def test_what_was_released_is_not_forgotten(desk: Office) -> None:
    made = saved(desk)
    Announcement.objects.update(released_at=NOW)
    forget_draft(made)
    assert Announcement.objects.exists()


def test_the_text_tells_the_time_of_its_release_in_the_schools_zone(desk: Office) -> None:
    made = saved(desk, at=NOW + timedelta(hours=1))
    assert text_of(desk, made).published == NOW + timedelta(hours=1)
    assert text_of(desk, made).published.tzinfo is MOSCOW
    Announcement.objects.update(released_at=NOW)
    assert text_of(desk, made).published == NOW


def test_the_newest_revision_is_in_force(desk: Office) -> None:
    made = saved(desk)
    Revision.objects.create(
        announcement_id=made, number=2, title="Исправлено", body="Иначе", created_at=NOW
    )
    assert text_of(desk, made).title == "Исправлено"
