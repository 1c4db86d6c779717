"""Programs attach files to their drafts, looked into like anybody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from broadcaster.store.models import AnnouncementFile
from tests import school
from tests.web.api.desk import EXCURSION, PREFIX, Answer, Diary, answer_of, diary

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("school_1a"),
]

MEMO = Path(__file__).resolve().parents[3] / "examples" / "memo.pdf"
PHOTO = MEMO.with_name("photo.jpg")


@pytest.fixture
def program() -> Diary:
    return diary()


@pytest.fixture
def draft(program: Diary) -> str:
    return str(program.post("/announcements", EXCURSION).json["id"])


def attached(
    program: Diary, draft: object, file: Path = MEMO, name: str = "", key: str = ""
) -> Answer:
    upload = SimpleUploadedFile(name or file.name, file.read_bytes())
    headers: dict[str, Any] = program.headers() | ({"Idempotency-Key": key} if key else {})
    path = f"{PREFIX}/announcements/{draft}/files"
    return answer_of(program.client.post(path, {"file": upload}, headers=headers))


def test_a_file_is_attached(program: Diary, draft: str) -> None:
    said = attached(program, draft)
    assert (said.status, said.json["name"], said.json["media_type"]) == (
        201,
        "memo.pdf",
        "application/pdf",
    )


def test_files_keep_their_order(program: Diary, draft: str) -> None:
    places = [attached(program, draft, file).json["position"] for file in (MEMO, PHOTO)]
    assert places == [0, 1]


def test_the_same_file_is_attached_once(program: Diary, draft: str) -> None:
    for _ in range(2):
        assert attached(program, draft).status == 201
    assert AnnouncementFile.objects.count() == 1


def test_a_repeated_request_gets_the_first_answer(program: Diary, draft: str) -> None:
    first, second = (attached(program, draft, key="file") for _ in range(2))
    assert (first.json, second.headers["Idempotency-Replayed"]) == (second.json, "true")


def test_another_file_with_the_same_key_is_refused(program: Diary, draft: str) -> None:
    attached(program, draft, key="file")
    assert attached(program, draft, PHOTO, key="file").code == "idempotency_key_reused"


def test_what_could_run_is_refused(program: Diary, draft: str) -> None:
    said = attached(program, draft, name="memo.exe")
    assert (said.status, said.code, said.places) == (422, "file_refused", ["file.file"])
    assert not AnnouncementFile.objects.exists()


def test_a_file_that_is_not_sent_is_told(program: Diary, draft: str) -> None:
    assert program.post(f"/announcements/{draft}/files").places == ["file.file"]


def test_what_has_been_released_gets_no_file(program: Diary, draft: str) -> None:
    program.post(f"/announcements/{draft}/release")
    assert attached(program, draft).code == "not_a_draft"


def test_what_people_wrote_gets_no_file(program: Diary) -> None:
    assert attached(program, school.announcement("1А")).code == "not_found"
