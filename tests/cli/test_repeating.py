"""`send` with `repeat:`: a series begins, or nothing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.bootstrap import office
from broadcaster.services.calendar.planning import tick
from broadcaster.store.models import Announcement, AuditEntry, Occasion, Series
from tests import school
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

Note = Callable[..., Path]
TOMORROW = datetime.now(UTC) + timedelta(days=1)
DAILY = f"to: 1А\nat: {TOMORROW:%Y-%m-%d} 16:00\nrepeat: FREQ=DAILY"


@pytest.fixture(autouse=True)
def place() -> None:
    """A page of 1А on the site."""
    school.destination("site", "1a")


def test_a_file_that_repeats_begins_a_series_and_sends_nothing_now(
    typed: Typed, note: Note
) -> None:
    said = typed("send", note(f"{DAILY};COUNT=3"))
    assert said.code == 0
    assert "будет повторяться: каждый день в 16:00" in said.out
    assert "Всего раз: 3" in said.out
    assert Announcement.objects.get().released_at is None


def test_its_copies_leave_without_anybodys_consent(typed: Typed, note: Note) -> None:
    typed("send", note(f"{DAILY};COUNT=3"))
    at = TOMORROW.replace(hour=13, minute=0)  # in Moscow it is 16:00
    assert tick(office(), at, at_once=True) == 1
    assert Occasion.objects.get().day == TOMORROW.date()


def test_machines_are_told_the_next_dates(typed: Typed, note: Note) -> None:
    told = typed("send", note(f"{DAILY};COUNT=3"), "--json").json
    assert told["announcement"] == str(Announcement.objects.get().pk)
    assert (told["dates"], len(told["next"])) == (3, 3)


def test_the_command_line_may_say_when_it_begins(typed: Typed, note: Note) -> None:
    typed("send", note(f"{DAILY};COUNT=3"), "--at", f"{TOMORROW:%Y-%m-%d} 17:30")
    assert f"{Series.objects.get().time:%H:%M}" == "17:30"


def test_it_ends_by_itself_after_two_years(typed: Typed, note: Note) -> None:
    typed("send", note(DAILY))
    assert "UNTIL=" in Series.objects.get().rule


def test_a_dry_run_begins_nothing(typed: Typed, note: Note) -> None:
    said = typed("send", note(DAILY), "--dry-run")
    assert (said.code, Series.objects.count()) == (0, 0)


def test_the_same_series_does_not_begin_twice(typed: Typed, note: Note) -> None:
    typed("send", note(DAILY))
    said = typed("send", note(DAILY))
    assert said.code != 0
    assert Series.objects.count() == 1


def test_a_cancelled_series_sends_nothing_more(typed: Typed, note: Note) -> None:
    number = typed("send", note(DAILY), "--json").json["announcement"]
    assert typed("cancel", number).code == 0
    assert tick(office(), TOMORROW.replace(hour=13, minute=0), at_once=True) == 0


def test_its_beginning_stands_in_the_log(typed: Typed, note: Note) -> None:
    typed("send", note(DAILY))
    assert AuditEntry.objects.filter(action="series_started").exists()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("to: 1А\nat: 2026-12-01 16:00\nrepeat: по пятницам", "repeat: правило начинается с FREQ"),
        ("to: 1А\nat: 2026-12-01 16:00\nrepeat: FREQ=HOURLY", "repeat: правило начинается с FREQ"),
        ("to: 1А\nrepeat: FREQ=DAILY", "repeat: не сказано, во сколько и с какого дня."),
        (f"{DAILY}\nexpires: 2099-01-01 10:00", "expires: повторяющееся объявление не устаревает"),
        ("to: 1А\nat: 2020-01-01 16:00\nrepeat: FREQ=DAILY;COUNT=3", "repeat: По этому правилу"),
        (f"{DAILY}\nrepeat_until: 2027", "repeat_until"),
    ],
)
def test_what_is_wrong_is_refused_with_file_and_key(
    typed: Typed, note: Note, head: str, words: str
) -> None:
    file = note(head)
    said = typed("send", file)
    assert said.code != 0
    assert str(file) in " ".join(said.err.split())
    assert words in " ".join(said.err.split())
    assert not Announcement.objects.exists()
