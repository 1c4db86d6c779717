"""Files that come through a browser, onto a draft and off it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from PIL import Image

from broadcaster.domain.permissions import Role
from broadcaster.services.contents import attachments_of, file_path
from broadcaster.services.drafts import DraftShut, NoSuchDraft, make_draft
from broadcaster.services.outlets import Office
from broadcaster.services.uploads import Incoming, Taken, attach, describe, drop, small_file
from broadcaster.store.models import Announcement, AnnouncementFile, ApprovalRequest, Staff
from tests.files import MP3, PDF, from_a_telephone, picture
from tests.school import NOON
from tests.services.stage import Platform, office, outlet
from tests.web.staff import member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

Send = Callable[..., Taken]


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    alpha = outlet(Platform(), "alpha")
    beta = outlet(Platform(), "beta", max_attachment=50_000)
    return replace(office(alpha, beta, files=tmp_path / "files"), largest_file=100_000)


@pytest.fixture
def anna() -> Staff:
    return member(Role.TEACHER, "1А")


@pytest.fixture
def draft(anna: Staff) -> UUID:
    return make_draft(anna, now=NOON)


@pytest.fixture
def send(desk: Office, anna: Staff, draft: UUID) -> Send:
    """Sends files by name and content, as Anna."""

    def sending(*files: tuple[str, bytes]) -> Taken:
        came = [Incoming(name, BytesIO(content), len(content)) for name, content in files]
        return attach(desk, anna, draft, came, now=datetime.now(UTC))

    return sending


def names(draft: UUID) -> list[str]:
    return list(AnnouncementFile.objects.filter(announcement=draft).values_list("name", flat=True))


def test_files_are_attached_in_the_order_they_came(send: Send, draft: UUID) -> None:
    send(("план.pdf", PDF), ("песня.mp3", MP3))
    send(("фото.jpg", picture()))
    assert names(draft) == ["план.pdf", "песня.mp3", "фото.jpg"]


def test_a_document_is_kept_byte_for_byte(send: Send, desk: Office, draft: UUID) -> None:
    send(("план.pdf", PDF))
    [kept] = attachments_of(desk.files, draft)
    assert (kept.content, kept.media_type, kept.size) == (PDF, "application/pdf", len(PDF))


def test_a_photo_is_kept_without_the_place_it_was_taken(
    send: Send, desk: Office, draft: UUID
) -> None:
    send(("IMG_1.JPG", from_a_telephone()))
    [kept] = attachments_of(desk.files, draft)
    image = Image.open(BytesIO(kept.content))
    assert not image.getexif()
    assert kept.size == kept.path.stat().st_size == len(kept.content)


def test_a_picture_gets_the_extension_it_deserves(send: Send, draft: UUID) -> None:
    send(("снимок.jpg", picture("PNG")), ("лес.jpeg", picture(size=(50, 50))))
    assert names(draft) == ["снимок.png", "лес.jpeg"]


def test_one_bad_file_hinders_no_other(send: Send, draft: UUID) -> None:
    taken = send(("план.pdf", PDF), ("игра.exe", b"MZ"), ("битая.jpg", b"\xff\xd8"))
    assert names(draft) == ["план.pdf"]
    assert [one.words[:12] for one in taken.refused] == ["«игра.exe» —", "«битая.jpg»:"]


def test_a_nasty_name_is_cleaned_also_in_what_is_said(send: Send) -> None:
    [refusal] = send(("../\u202eгра.exe", b"MZ")).refused
    assert "\u202e" not in refusal.words
    assert "/" not in refusal.words


def test_an_empty_file_is_told(send: Send, draft: UUID) -> None:
    [refusal] = send(("план.pdf", b"")).refused
    assert "пуст" in refusal.words
    assert names(draft) == []


def test_a_file_over_the_schools_limit_is_told_with_both_sizes(send: Send) -> None:
    [refusal] = send(("план.pdf", PDF + b" " * 200_000)).refused
    assert "0,2" in refusal.words


def test_a_file_too_large_for_a_chosen_channel_is_refused(send: Send, draft: UUID) -> None:
    Announcement.objects.filter(pk=draft).update(channels=["beta"])
    assert send(("план.pdf", PDF + b" " * 60_000)).refused


def test_a_channel_that_is_not_chosen_sets_no_limit(send: Send, draft: UUID) -> None:
    Announcement.objects.filter(pk=draft).update(channels=["alpha"])
    assert send(("план.pdf", PDF + b" " * 60_000)).kept


def test_files_over_the_number_are_told_by_name(send: Send, draft: UUID) -> None:
    taken = send(*[(f"{number}.pdf", PDF + bytes([number])) for number in range(1, 6)])
    assert names(draft) == ["1.pdf", "2.pdf", "3.pdf"]
    assert [one.words.split("»")[0] for one in taken.refused] == ["«4.pdf", "«5.pdf"]


def test_the_same_file_is_attached_once(send: Send, draft: UUID) -> None:
    send(("план.pdf", PDF))
    [refusal] = send(("план (1).pdf", PDF)).refused
    assert "уже приложен" in refusal.words
    assert names(draft) == ["план.pdf"]


def test_a_file_is_taken_off_and_makes_room(send: Send, anna: Staff, draft: UUID) -> None:
    send(*[(f"{number}.pdf", PDF + bytes([number])) for number in (1, 2, 3)])
    second = AnnouncementFile.objects.get(name="2.pdf")
    drop(anna, draft, second.pk)
    send(("4.pdf", PDF))
    assert names(draft) == ["1.pdf", "3.pdf", "4.pdf"]


def test_dropping_twice_is_no_trouble(send: Send, anna: Staff, draft: UUID) -> None:
    send(("план.pdf", PDF))
    file = AnnouncementFile.objects.get()
    drop(anna, draft, file.pk)
    drop(anna, draft, file.pk)
    assert names(draft) == []


def test_a_file_of_another_draft_is_not_dropped(send: Send, draft: UUID) -> None:
    send(("план.pdf", PDF))
    other = member(Role.TEACHER, "2Б")
    drop(other, make_draft(other, now=NOON), AnnouncementFile.objects.get().pk)
    assert names(draft) == ["план.pdf"]


def test_a_picture_is_described_on_one_line(send: Send, anna: Staff, draft: UUID) -> None:
    send(("ёлка.jpg", picture()))
    describe(anna, draft, AnnouncementFile.objects.get().pk, " Ёлка\nв зале " + "!" * 300)
    title = AnnouncementFile.objects.get().title
    assert title.startswith("Ёлка в зале !")
    assert len(title) == 200


def test_a_colleague_attaches_nothing_to_ones_draft(desk: Office, draft: UUID) -> None:
    other = member(Role.TEACHER, "1А")
    with pytest.raises(NoSuchDraft):
        attach(desk, other, draft, [Incoming("a.pdf", BytesIO(PDF), 9)], now=NOON)


def test_a_released_announcement_keeps_its_files(send: Send, anna: Staff, draft: UUID) -> None:
    send(("план.pdf", PDF))
    Announcement.objects.filter(pk=draft).update(released_at=datetime.now(UTC))
    with pytest.raises(DraftShut):
        drop(anna, draft, AnnouncementFile.objects.get().pk)
    with pytest.raises(DraftShut):
        send(("ещё.pdf", PDF))


def test_what_waits_for_consent_does_not_change_under_the_eyes(send: Send, draft: UUID) -> None:
    ApprovalRequest.objects.create(announcement_id=draft, version=0, asked_at=NOON)
    with pytest.raises(DraftShut):
        send(("план.pdf", PDF))


def test_a_small_picture_is_there_at_once(send: Send, desk: Office, draft: UUID) -> None:
    send(("фото.jpg", picture(size=(900, 900))))
    small = small_file(desk.files, AnnouncementFile.objects.get().digest)
    assert small is not None
    assert max(Image.open(BytesIO(small.read_bytes())).size) == 480


def test_a_small_picture_of_an_older_file_is_made_when_asked_for(desk: Office) -> None:
    digest = "ab" * 32
    file_path(desk.files, digest).parent.mkdir(parents=True)
    file_path(desk.files, digest).write_bytes(picture())
    assert small_file(desk.files, digest) is not None


def test_what_is_no_picture_has_no_small_one(send: Send, desk: Office) -> None:
    send(("план.pdf", PDF))
    assert small_file(desk.files, AnnouncementFile.objects.get().digest) is None
