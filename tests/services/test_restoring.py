"""A restore after which nothing goes on by itself, and what it puts back."""

from __future__ import annotations

import shutil
import stat
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from broadcaster.config import own_file
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import End, Hold, Why
from broadcaster.domain.states import State
from broadcaster.services import control
from broadcaster.services.audit_check import verify
from broadcaster.services.backup import Running, Unwritable
from broadcaster.services.backup.places import target_of
from broadcaster.services.backup.restoring import Restored, is_empty
from broadcaster.services.contents import file_path
from broadcaster.services.release import release
from broadcaster.services.sweep import sweep
from broadcaster.store.models import Announcement, Delivery, Guardian, Heartbeat
from broadcaster.store.queries.heartbeats import SWEEP, beat
from tests import school
from tests.auditing import audited
from tests.services.backup_stage import attached, copied, put_back
from tests.services.stage import Platform, drained, office, outlet

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clean_home"),
]

NOW = school.NOON
SECRET = "never-in-a-copy-5f1c"
SOON = timedelta(minutes=5)


@pytest.fixture
def platform() -> Platform:
    return Platform()


def broadcast(number: int = 4) -> UUID:
    """An important announcement that would go to so many people."""
    for place in range(number):
        school.guardian(alpha=f"person-{place}")
    return school.announcement("1А", importance=Importance.IMPORTANT)


# A restore in the middle of a broadcast


@pytest.fixture
def interrupted(tmp_path: Path, platform: Platform) -> tuple[UUID, Restored]:
    """Four copies: one sent before the copy, one under way at it, all sent after it."""
    desk = office(platform)
    made = broadcast()
    release(desk, made, now=NOW)
    first, second, *_later = Delivery.objects.order_by("pk").values_list("pk", flat=True)
    later = Delivery.objects.filter(pk__gt=first)
    later.update(due_at=NOW + timedelta(days=9999))
    drained(desk)
    later.update(due_at=NOW)
    Delivery.objects.filter(pk=second).update(state=State.SENDING, lane=school.lane())
    archive = copied(tmp_path).file
    Delivery.objects.filter(pk=second).update(state=State.QUEUED, lane=None)
    drained(desk)
    assert len(platform.arrived) == 4
    return made, put_back(archive, desk)


def test_after_a_restore_nothing_is_sent_again_until_a_person_resumes(
    interrupted: tuple[UUID, Restored], platform: Platform
) -> None:
    made, _done = interrupted
    desk = office(platform)
    assert sweep(desk, school.LATER) == []
    assert drained(desk) == 0
    assert len(platform.arrived) == 4
    control.resume(made)
    assert sweep(desk, school.LATER) == ["alpha"]
    assert drained(desk) == 2


def test_after_a_restore_copies_stand_with_their_reasons(
    interrupted: tuple[UUID, Restored],
) -> None:
    rows = Delivery.objects.order_by("pk").values_list("state", "reason")
    assert list(rows) == [
        (State.SENT, ""),
        (State.UNCONFIRMED, End.RESTORED),
        (State.HELD, Hold.PAUSED),
        (State.HELD, Hold.PAUSED),
    ]


def test_a_person_is_told_which_announcements_and_how_many_copies(
    interrupted: tuple[UUID, Restored],
) -> None:
    made, done = interrupted
    assert [(one.announcement, one.unknown) for one in done.held.announcements] == [(made, 3)]
    assert done.needs_person
    row = Announcement.objects.get(pk=made)
    assert row.paused_at == school.LATER
    assert row.problem.startswith("Восстановлено из копии от 20.11.2026 12:00")


def test_the_log_goes_on_whole_after_a_restore(interrupted: tuple[UUID, Restored]) -> None:
    assert audited()[-1] == "restored"
    assert verify().whole


# What else is stopped


def test_a_broadcast_that_was_over_stays_over(tmp_path: Path, platform: Platform) -> None:
    desk = office(platform)
    made = broadcast()
    release(desk, made, now=NOW)
    drained(desk)
    done = put_back(copied(tmp_path).file, desk)
    assert Announcement.objects.get(pk=made).paused_at is None
    assert not done.needs_person


def test_a_scheduled_announcement_waits_for_a_person(tmp_path: Path, platform: Platform) -> None:
    broadcast()
    made = school.announcement("1А", release_at=NOW + SOON)
    done = put_back(copied(tmp_path).file, office(platform), now=NOW + 2 * SOON)
    assert [one.announcement for one in done.held.announcements] == [made]
    sweep(office(platform), NOW + 3 * SOON)
    assert Announcement.objects.get(pk=made).released_at is None


def test_what_failed_just_before_the_copy_is_not_made_up_for_by_itself(tmp_path: Path) -> None:
    desk = office(outlet(Platform(), "alpha"), outlet(Platform(), "beta"))
    person = school.guardian(alpha="first", beta="second")
    made = school.announcement("1А", released_at=NOW)
    school.copy(person.addresses.get(channel="alpha"), made, state=State.FAILED, why=Why.PREFERRED)
    done = put_back(copied(tmp_path).file, desk)
    assert [one.unknown for one in done.held.announcements] == [1]
    assert sweep(desk, school.LATER) == []
    assert drained(desk, "beta") == 0


def test_a_draft_stays_a_draft(tmp_path: Path, platform: Platform) -> None:
    made = school.announcement("1А")
    assert not put_back(copied(tmp_path).file, office(platform)).needs_person
    assert Announcement.objects.get(pk=made).paused_at is None


def test_nobody_is_signed_in_after_a_restore(tmp_path: Path, platform: Platform) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=NOW)
    put_back(copied(tmp_path).file, office(platform))
    assert not Session.objects.exists()


# What is put back, and what was there


def test_keys_come_back_where_only_we_can_read_them(tmp_path: Path, platform: Platform) -> None:
    folder = settings.HOME / "secrets"
    folder.mkdir(mode=0o700)
    (folder / "key").write_text(SECRET, "utf-8")
    archive = copied(tmp_path, with_secrets=True).file
    shutil.rmtree(folder)
    put_back(archive, office(platform))
    assert (folder / "key").read_text("utf-8") == SECRET
    assert [stat.S_IMODE(one.stat().st_mode) for one in (folder, folder / "key")] == [0o700, 0o600]


def test_only_the_sites_pages_come_back_for_others_to_read(
    tmp_path: Path, platform: Platform
) -> None:
    own, page = own_file(), settings.SITE_FOLDER / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    for file in (own, page):
        file.write_text("{}", "utf-8")
    archive = copied(tmp_path).file
    page.unlink()
    put_back(archive, office(platform))
    assert [stat.S_IMODE(one.stat().st_mode) for one in (own, page)] == [0o600, 0o644]


def test_keys_that_are_not_in_the_copy_stay(tmp_path: Path, platform: Platform) -> None:
    archive = copied(tmp_path).file
    folder = settings.HOME / "secrets"
    folder.mkdir()
    (folder / "key").write_text(SECRET, "utf-8")
    put_back(archive, office(platform))
    assert (folder / "key").read_text("utf-8") == SECRET


def test_what_the_site_has_published_since_stays(tmp_path: Path, platform: Platform) -> None:
    site = settings.SITE_FOLDER / "items"
    site.mkdir(parents=True)
    (site / "old.json").write_text("{}", "utf-8")
    archive = copied(tmp_path).file
    (site / "old.json").unlink()
    (site / "new.json").write_text("{}", "utf-8")
    put_back(archive, office(platform))
    assert {one.name for one in site.iterdir()} == {"old.json", "new.json"}


def test_the_schools_own_files_come_back_and_the_newer_ones_lie_aside(
    tmp_path: Path, platform: Platform
) -> None:
    own = own_file()
    own.write_text("school: {name: До}\n", "utf-8")
    key = (settings.HOME / "secret_key").read_bytes()
    days = own.with_name("days-off")
    archive = copied(tmp_path).file
    own.write_text("school: {name: После}\n", "utf-8")
    days.mkdir()
    done = put_back(archive, office(platform))
    assert own.read_text("utf-8") == "school: {name: До}\n"
    assert (done.aside / "settings" / "school.yaml").read_text("utf-8") == "school: {name: После}\n"
    assert not days.exists()
    assert (settings.HOME / "secret_key").read_bytes() == key


def test_attachments_come_back(tmp_path: Path, platform: Platform) -> None:
    digest = attached(b"%PDF the plan")
    archive = copied(tmp_path).file
    file_path(settings.FILE_FOLDER, digest).unlink()
    put_back(archive, office(platform))
    assert file_path(settings.FILE_FOLDER, digest).read_bytes() == b"%PDF the plan"


def test_the_database_that_was_there_lies_aside(tmp_path: Path, platform: Platform) -> None:
    archive = copied(tmp_path).file
    done = put_back(archive, office(platform))
    assert [one.name for one in done.aside.glob("database.*")]


def test_a_restore_is_refused_while_the_worker_lives(tmp_path: Path, platform: Platform) -> None:
    archive = copied(tmp_path).file
    school.guardian()
    beat(SWEEP, now=school.LATER)
    with pytest.raises(Running, match="Остановите её"):
        put_back(archive, office(platform))
    assert Guardian.objects.count() == 1
    Heartbeat.objects.all().delete()


def test_a_fault_in_the_middle_brings_back_what_was_there(
    tmp_path: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_file().write_text("school: {name: До}\n", "utf-8")
    archive = copied(tmp_path).file
    own_file().write_text("school: {name: После}\n", "utf-8")
    school.guardian("Анна")
    monkeypatch.setattr("broadcaster.services.backup.restoring.target_of", full_disk())
    with pytest.raises(Unwritable, match="No space"):
        put_back(archive, office(platform))
    assert Guardian.objects.get().name == "Анна"
    assert own_file().read_text("utf-8") == "school: {name: После}\n"


def full_disk() -> object:
    """It is asked for every member when the archive is looked at, and fails when files move."""
    asked: set[str] = set()

    def fail(name: str, known: object) -> Path:
        if name in asked:
            raise OSError(28, "No space left on device")
        asked.add(name)
        return target_of(name, known)  # type: ignore[arg-type]

    return fail


def test_a_database_without_people_and_announcements_is_empty() -> None:
    assert is_empty()
    school.guardian()
    assert not is_empty()
