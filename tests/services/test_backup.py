"""A copy while others write: what is in it, who can read it, and which ones are kept."""

from __future__ import annotations

import stat
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from django.conf import settings
from django.db import connection, transaction

from broadcaster.services.backup import Unwritable
from broadcaster.services.contents import file_path
from broadcaster.services.storing import keep
from broadcaster.store.models import Guardian, Pupil
from tests import school
from tests.auditing import audited
from tests.services.backup_stage import attached, copied, manifest, parts, put_back, unzipped
from tests.services.stage import Platform, office
from tests.together import together

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_home"),
]

NOW = school.NOON
SECRET = "never-in-a-copy-5f1c"


def test_a_copy_is_called_by_the_schools_time_and_only_we_can_read_it(tmp_path: Path) -> None:
    made = copied(tmp_path)
    assert made.file.name == "broadcaster-2026-11-20T0900.tar.gz"
    assert stat.S_IMODE(made.file.stat().st_mode) == 0o600


def test_a_second_copy_of_the_same_minute_replaces_nothing(tmp_path: Path) -> None:
    assert copied(tmp_path).file != copied(tmp_path).file


def test_nothing_but_the_copy_is_left_behind(tmp_path: Path) -> None:
    made = copied(tmp_path)
    assert list(tmp_path.iterdir()) == [made.file]


def test_a_copy_tells_what_is_in_it(tmp_path: Path) -> None:
    school.guardian()
    told = manifest(copied(tmp_path).file)
    assert told["rows"]["store_guardian"] == 1
    assert told["head"].startswith("store.0")
    inside = parts(copied(tmp_path).file)
    assert set(told["members"]) == set(inside) - {"manifest.json"}


def test_a_copy_is_written_down_in_the_log(tmp_path: Path) -> None:
    copied(tmp_path)
    assert audited() == ["backed_up"]


def test_older_copies_of_ours_go_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "holiday.tar.gz").touch()
    made = [copied(tmp_path, now=NOW + day * timedelta(days=1)) for day in range(3)]
    last = copied(tmp_path, keep=2, now=NOW + timedelta(days=3))
    assert last.removed == (made[0].file, made[1].file)
    there = {one.name for one in tmp_path.iterdir()}
    assert there == {"holiday.tar.gz", made[2].file.name, last.file.name}


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unwritable, match="сюда нельзя писать"):
        copied(tmp_path / "file" / "below")


def test_secrets_stay_out_until_they_are_asked_for(tmp_path: Path) -> None:
    folder = settings.HOME / "secrets"
    folder.mkdir()
    (folder / "channels-vk-token-1").write_text(SECRET, "utf-8")
    without, with_them = copied(tmp_path), copied(tmp_path, with_secrets=True)
    assert SECRET.encode() not in unzipped(without.file)
    assert SECRET.encode() in unzipped(with_them.file)


def test_attachments_that_announcements_name_are_taken_along(tmp_path: Path) -> None:
    digest = attached(b"%PDF the plan")
    keep(settings.FILE_FOLDER, BytesIO(b"nobody's"))
    inside = parts(copied(tmp_path).file)
    found = {name: body for name, body in inside.items() if name.startswith("files/")}
    assert found == {f"files/{digest[:2]}/{digest}": b"%PDF the plan"}


def test_an_attachment_that_is_gone_is_told(tmp_path: Path) -> None:
    digest = attached(b"%PDF the plan")
    file_path(settings.FILE_FOLDER, digest).unlink()
    assert copied(tmp_path).manifest.missing == (digest,)


def test_a_copy_that_is_made_while_others_write_is_of_one_moment(tmp_path: Path) -> None:
    """Each family is a pupil, a guardian and what binds them: a copy has all three or none."""
    begun, over = Event(), Event()

    def write() -> int:
        count = 0
        while not over.is_set() or count < 5:
            school.guardian(groups=("1А", "2Б")) if count % 2 else atomically()
            count += 1
            begun.set()
        return count

    def take() -> int:
        begun.wait(10)
        made = copied(tmp_path)
        over.set()
        return made.manifest.rows["store_guardian"]

    written, in_copy = together(write, take)
    assert 0 < in_copy <= written
    told = manifest(next(tmp_path.iterdir()))["rows"]
    put_back(next(tmp_path.iterdir()), office(Platform()))
    assert Guardian.objects.count() == told["store_guardian"] == in_copy
    assert Pupil.objects.count() == told["store_pupil"]
    connection.check_constraints()


def atomically() -> None:
    with transaction.atomic():
        school.guardian()
