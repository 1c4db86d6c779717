"""`plan`: when the last copy leaves, and nothing is sent or left behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.store.models import Announcement, ChannelState, Delivery
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Typed

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("day"),
]

Note = Callable[..., Path]
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def page() -> None:
    """A page of the class on the site."""
    school.guardian("Анна Петровна", telegram="4200000000001")
    school.destination("site", "1a")


def test_a_file_is_planned_and_nothing_is_left_behind(typed: Typed, note: Note) -> None:
    said = typed("plan", note("to: 1А"))
    assert (said.code, Announcement.objects.count(), Delivery.objects.count()) == (0, 0, 0)
    assert "Последняя копия уйдёт" in said.out


def test_machines_get_the_same(typed: Typed, note: Note) -> None:
    told = typed("plan", note("to: 1А"), "--json").json
    (line,) = told["channels"]
    assert (line["channel"], line["copies"], line["binds"]) == ("site", 1, "nothing")


def test_a_later_time_is_waited_for(typed: Typed, note: Note) -> None:
    told = typed("plan", note("to: 1А"), "--at", f"{TOMORROW:%Y-%m-%d %H:%M}", "--json").json
    assert told["channels"][0]["binds"] == "time"


def test_a_dry_run_tells_it_too(typed: Typed, note: Note) -> None:
    assert "Последняя копия уйдёт" in typed("send", note("to: 1А"), "--dry-run").out
    told = typed("send", note("to: 1А"), "--dry-run", "--json").json
    assert told["plan"]["channels"][0]["requests"] == 1


def test_without_a_file_it_is_what_waits(typed: Typed) -> None:
    assert "Ничего не ждёт" in typed("plan").out
    school.waiting(3, "site")
    assert typed("plan", "--json").json["channels"][0]["copies"] == 3


def test_a_class_of_nobody_is_refused(typed: Typed, note: Note) -> None:
    school.group("1Б")
    assert typed("plan", note("to: 1Б")).code == 3
    assert Announcement.objects.count() == 0


def test_a_city_is_reckoned_without_a_database_of_its_people(typed: Typed) -> None:
    said = typed("plan", "--families", "1000", "--schools", "10", "--channel", "telegram=40,vk=30")
    assert said.code == 0
    assert "30/second" in said.out


def test_machines_get_the_citys_figures(typed: Typed) -> None:
    told = typed("plan", "--families", "1000", "--channel", "email=50", "--json").json
    assert (told["copies"], told["rows"], told["parts"][0]["accounts"]) == (500, 1000, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["--schools", "3"],
        ["--at", "2027-01-01 10:00"],
        ["--families", "0"],
        ["--families", "10", "--schools", "11"],
        ["--families", "10", "--channel", "telegram"],
        ["--families", "10", "--channel", "telegram=140"],
        ["--families", "10", "--channel", "telegram=nan"],
        ["--families", "10", "--within", "0"],
        ["--families", "10", "--to", "1А"],
    ],
)
def test_what_makes_no_sense_is_refused_with_a_word(typed: Typed, words: list[str]) -> None:
    said = typed("plan", *words)
    assert (said.code, said.out) == (2, "")
    assert said.err


def test_an_unknown_channel_of_a_city_is_named(typed: Typed) -> None:
    said = typed("plan", "--families", "10", "--channel", "telegramm=40")
    assert said.code == 3
    assert "telegram" in said.err


def test_what_expires_before_its_turn_is_told(typed: Typed, note: Note) -> None:
    ChannelState.objects.create(channel="site", hold_until=TOMORROW)
    said = typed("plan", note("to: 1А", f"expires: {TOMORROW - timedelta(hours=3):%Y-%m-%d %H:%M}"))
    assert "срок объявления пройдёт раньше" in said.out


def test_a_quota_says_when_it_comes_free(typed: Typed, note: Note, settings_file: Settings) -> None:
    settings_file('quiet_hours: {enabled: false}\nchannels: {site: {limits: ["1/day"]}}\n')
    place = school.destination("site", "1c")
    school.copy(place, state="sent", sent_at=datetime.now(UTC) - timedelta(hours=1))
    assert "не в полночь" in typed("plan", note("to: 1А")).out
