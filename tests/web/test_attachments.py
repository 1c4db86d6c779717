"""Files of a draft on the page: added, described, taken off, shown only to who may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from broadcaster.bootstrap import office
from broadcaster.domain.permissions import Role
from broadcaster.services.drafts import make_draft
from broadcaster.store.models import Announcement, AnnouncementFile, Staff
from tests.files import PDF, from_a_telephone, picture
from tests.school import NOON
from tests.web.staff import administrator, auditor, browser, member

pytestmark = [pytest.mark.database, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def school(
    settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    settings.FILE_FOLDER = tmp_path / "files"
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))
    office.cache_clear()
    yield
    office.cache_clear()


@pytest.fixture
def anna() -> Staff:
    return member(Role.TEACHER, "1А")


@pytest.fixture
def client(anna: Staff) -> Client:
    return browser(anna)


@pytest.fixture
def draft(anna: Staff) -> UUID:
    return make_draft(anna, now=NOON)


def add(client: Client, draft: UUID, *files: tuple[str, bytes], by_hand: bool = False) -> str:
    """The piece of the page with the files as they are afterwards."""
    came = [SimpleUploadedFile(name, content) for name, content in files]
    answer = client.post(
        reverse("attachment-add", args=[draft]),
        {"files": came},
        headers={} if by_hand else HTMX,
        follow=by_hand,
    )
    assert answer.status_code == 200
    return answer.content.decode()


def url(name: str, draft: UUID) -> str:
    return reverse(name, args=[draft, AnnouncementFile.objects.get().pk])


def test_several_files_come_at_once(client: Client, draft: UUID) -> None:
    page = add(client, draft, ("план.pdf", PDF), ("ёлка.jpg", picture()))
    assert "план.pdf" in page
    assert "ёлка.jpg" in page
    assert "<html" not in page


def test_the_samples_hear_of_it(client: Client, draft: UUID) -> None:
    files = {"files": [SimpleUploadedFile("a.pdf", PDF)]}
    answer = client.post(reverse("attachment-add", args=[draft]), files, headers=HTMX)
    assert answer["HX-Trigger"] == "saved"


def test_it_works_without_a_script(client: Client, draft: UUID) -> None:
    page = add(client, draft, ("план.pdf", PDF), ("игра.exe", b"MZ"), by_hand=True)
    assert "<h1>" in page
    assert "план.pdf" in page
    assert "программа или веб-страница" in page


def test_what_is_refused_is_told_and_the_rest_stays(client: Client, draft: UUID) -> None:
    page = add(client, draft, ("план.pdf", PDF), ("вирус.svg", b"<svg onload=alert(1)>"))
    assert "«вирус.svg» — программа или веб-страница" in page
    assert 'role="alert"' in page
    assert AnnouncementFile.objects.get().name == "план.pdf"


def test_a_hostile_name_is_only_words(client: Client, draft: UUID) -> None:
    page = add(client, draft, ("<img src=x onerror=alert(1)>.pdf", PDF))
    assert "<img src=x" not in page
    assert "onerror=alert(1).pdf" in page


def test_nothing_chosen_changes_nothing(client: Client, draft: UUID) -> None:
    add(client, draft)
    assert not AnnouncementFile.objects.exists()


def test_the_limits_of_the_channels_are_told(client: Client, draft: UUID) -> None:
    page = client.get(reverse("attachments", args=[draft]), headers=HTMX).content.decode()
    assert "сайт — 100,0\N{NO-BREAK SPACE}МБ" in page
    assert "Ещё 10\N{NO-BREAK SPACE}файлов, каждый до 20,0" in page


def test_a_file_is_taken_off(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    answer = client.post(url("attachment-drop", draft), headers=HTMX)
    assert "план.pdf" not in answer.content.decode()
    assert answer["HX-Trigger"] == "saved"
    assert not AnnouncementFile.objects.exists()


def test_a_picture_is_described_and_the_cursor_stays(client: Client, draft: UUID) -> None:
    add(client, draft, ("ёлка.jpg", picture()))
    answer = client.post(url("attachment-describe", draft), {"title": "Ёлка"}, headers=HTMX)
    assert answer["HX-Reswap"] == "none"
    assert AnnouncementFile.objects.get().title == "Ёлка"


def test_looking_takes_nothing_off(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    assert client.get(url("attachment-drop", draft)).status_code == 405


def test_a_released_announcement_keeps_its_files(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    Announcement.objects.filter(pk=draft).update(released_at=datetime.now(UTC))
    answer = client.post(url("attachment-drop", draft), headers=HTMX)
    page = answer.content.decode()
    assert "уже нельзя менять" in page
    assert "Убрать" not in page
    assert "HX-Trigger" not in answer
    assert AnnouncementFile.objects.exists()


def test_a_document_is_downloaded_under_its_own_name(client: Client, draft: UUID) -> None:
    add(client, draft, ("план недели.pdf", PDF))
    answer = client.get(url("attachment-file", draft))
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    said = answer["Content-Disposition"]
    assert said.startswith("attachment")
    assert "filename*=utf-8''%D0%BF%D0%BB%D0%B0%D0%BD" in said


def test_a_file_can_do_nothing_in_a_browser(client: Client, draft: UUID) -> None:
    add(client, draft, ("ёлка.jpg", picture()))
    answer = client.get(url("attachment-file", draft))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    answer.close()


def test_a_strange_type_is_only_bytes(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    AnnouncementFile.objects.update(media_type="text/html")
    answer = client.get(url("attachment-file", draft))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    answer.close()


def test_a_small_picture_is_shown_in_the_list(client: Client, draft: UUID) -> None:
    page = add(client, draft, ("ёлка.jpg", from_a_telephone(size=(900, 600))))
    small = f"{url('attachment-file', draft)}?small"
    assert small in page
    answer = client.get(small)
    image = Image.open(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert max(image.size) == 480
    assert not image.getexif()


def test_bytes_that_are_lost_are_not_there(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    AnnouncementFile.objects.update(digest="00" * 32)
    assert client.get(url("attachment-file", draft)).status_code == 404


@pytest.mark.parametrize("name", ["attachment-file", "attachment-drop", "attachment-describe"])
def test_a_colleague_reaches_no_file_of_mine(client: Client, draft: UUID, name: str) -> None:
    add(client, draft, ("план.pdf", PDF))
    other = browser(member(Role.TEACHER, "2Б"))
    ask = other.get if name == "attachment-file" else other.post
    assert ask(url(name, draft)).status_code == 404
    assert other.get(reverse("attachments", args=[draft])).status_code == 404
    assert other.post(reverse("attachment-add", args=[draft])).status_code == 404
    assert AnnouncementFile.objects.exists()


def test_a_file_is_not_reached_through_another_announcement(anna: Staff, draft: UUID) -> None:
    client = browser(anna)
    add(client, draft, ("план.pdf", PDF))
    other = make_draft(anna, now=NOON)
    assert other != draft
    assert client.get(url("attachment-file", other)).status_code == 404


def test_an_auditor_looks_and_changes_nothing(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    watcher = auditor()
    page = watcher.get(reverse("attachments", args=[draft]), headers=HTMX).content.decode()
    assert "план.pdf" in page
    assert "<form" not in page
    assert watcher.post(url("attachment-drop", draft)).status_code == 403


def test_an_administrator_may_help(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    administrator().post(url("attachment-drop", draft), headers=HTMX)
    assert not AnnouncementFile.objects.exists()


def test_a_stranger_is_asked_to_come_in(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    assert Client().get(url("attachment-file", draft)).status_code == 302
    assert Client().post(url("attachment-drop", draft)).status_code == 302


def test_a_request_far_too_large_is_not_read(
    client: Client, draft: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broadcaster.web.uploading.LARGEST_REQUEST", 1000)
    files = {"files": [SimpleUploadedFile("a.pdf", PDF + b" " * 5000)]}
    answer = client.post(reverse("attachment-add", args=[draft]), files, headers=HTMX)
    assert answer.status_code == 400
    assert not AnnouncementFile.objects.exists()


def test_the_sheet_shows_the_files(client: Client, draft: UUID) -> None:
    add(client, draft, ("план.pdf", PDF))
    page = client.get(reverse("edit", args=[draft])).content.decode()
    assert "план.pdf" in page
    assert "attachments.js" in page
    assert "previews.css" in page
