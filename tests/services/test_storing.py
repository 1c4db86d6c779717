"""The file store: bytes under their digest, and none kept that nobody needs."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from broadcaster.services.contents import file_path
from broadcaster.services.storing import keep, keep_small, small_path, tidy
from broadcaster.store.models import AnnouncementFile
from tests.school import announcement

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = datetime.now(UTC)
NEXT_DAY = NOW + timedelta(days=1, hours=1)
DAY_AFTER = NEXT_DAY + timedelta(days=1, hours=1)


def kept(folder: Path, content: bytes, *, named: bool = False) -> Path:
    digest = keep(folder, BytesIO(content))
    if named:
        AnnouncementFile.objects.create(
            announcement_id=announcement("1А"), position=0, name="a", size=1, digest=digest
        )
    return file_path(folder, digest)


def test_bytes_lie_under_their_digest(tmp_path: Path) -> None:
    file = kept(tmp_path, b"a")
    assert file.name == hashlib.sha256(b"a").hexdigest()
    assert file.read_bytes() == b"a"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    assert kept(tmp_path, b"a") == kept(tmp_path, b"a")
    assert len(list(tmp_path.glob("??/*"))) == 1


def test_a_file_that_was_read_before_is_kept_whole(tmp_path: Path) -> None:
    file = BytesIO(b"abc")
    file.read()
    assert file_path(tmp_path, keep(tmp_path, file)).read_bytes() == b"abc"


def test_what_nobody_names_goes_after_a_day(tmp_path: Path) -> None:
    needed, stray = kept(tmp_path, b"a", named=True), kept(tmp_path, b"b")
    small = keep_small(tmp_path, stray.name, b"small")
    assert tidy(tmp_path, now=NEXT_DAY) == 2
    assert needed.exists()
    assert not stray.exists()
    assert not small.exists()


def test_the_small_picture_of_a_needed_file_stays(tmp_path: Path) -> None:
    needed = kept(tmp_path, b"a", named=True)
    keep_small(tmp_path, needed.name, b"small")
    tidy(tmp_path, now=NEXT_DAY)
    assert small_path(tmp_path, needed.name).exists()


def test_what_has_just_come_is_left_alone(tmp_path: Path) -> None:
    file = kept(tmp_path, b"a")
    tidy(tmp_path, now=datetime.now(UTC))
    assert file.exists()


def test_old_bytes_that_come_again_count_as_new(tmp_path: Path) -> None:
    file = kept(tmp_path, b"a")
    os.utime(file, (0, 0))
    kept(tmp_path, b"a")
    tidy(tmp_path, now=datetime.now(UTC))
    assert file.exists()


def test_it_is_looked_through_once_a_day(tmp_path: Path) -> None:
    tidy(tmp_path, now=NEXT_DAY)
    stray = kept(tmp_path, b"b")
    assert tidy(tmp_path, now=NEXT_DAY + timedelta(hours=23)) == 0
    assert stray.exists()
    assert tidy(tmp_path, now=DAY_AFTER) == 1


def test_a_store_that_is_not_there_yet_is_no_trouble(tmp_path: Path) -> None:
    assert tidy(tmp_path / "files", now=NOW) == 0
