"""A restore from an older program, and what stands while a restore is half done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from broadcaster.services.backup import NoPrograms, postgres, restoring
from broadcaster.store.models import Announcement, Guardian
from broadcaster.store.queries.schema import missing_migrations
from tests import school
from tests.services.backup_stage import copied, put_back
from tests.services.stage import Platform, office

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_home"),
]


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Path]:
    """A copy that a program made which knew nothing of the calendar."""
    school.guardian("Анна")
    try:
        migrate("store", "0004")
        yield copied(tmp_path).file
    finally:
        migrate()


def migrate(*to: str) -> None:
    call_command("migrate", *to, verbosity=0, interactive=False)


def test_a_copy_of_an_older_program_is_brought_up_to_date(older: Path) -> None:
    migrate()
    Guardian.objects.all().delete()
    put_back(older, office(Platform()))
    assert missing_migrations() == 0
    assert Guardian.objects.get().name == "Анна"


def test_no_announcement_may_go_on_while_a_restore_is_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where rows are let in before they are stopped, they come in stopped."""
    free = school.announcement("1А", released_at=school.NOON)
    stopped = school.announcement("1А", released_at=school.NOON, paused_at=school.NOON)
    archive = copied(tmp_path).file
    seen: list[int] = []
    in_place = connection.vendor == "postgresql"

    def look(*_words: object, **_also: object) -> None:
        seen.append(Announcement.objects.filter(paused_at=None).count() if in_place else 0)

    monkeypatch.setattr(restoring, "call_command", look)
    put_back(archive, office(Platform()))
    assert seen == [0]
    assert Announcement.objects.get(pk=free).paused_at is None
    assert Announcement.objects.get(pk=stopped).paused_at == school.NOON


def test_nothing_of_the_restore_itself_stays_in_the_database(tmp_path: Path) -> None:
    put_back(copied(tmp_path).file, office(Platform()))
    made = school.announcement("1А", released_at=school.NOON)
    assert Announcement.objects.get(pk=made).paused_at is None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'broadcaster%'")
            assert cursor.fetchall() == []


def test_without_programs_of_the_servers_version_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite needs no programs
    monkeypatch.setattr(postgres, "_major", lambda _program: 9)
    with pytest.raises(NoPrograms, match="apt install postgresql-client-"):
        copied(tmp_path)
    assert list(tmp_path.iterdir()) == []
