"""From a draft to waiting copies: everything is checked first, then all rows are made at once."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance, QuietHours
from broadcaster.domain.reasons import Hold, Skip
from broadcaster.domain.states import State
from broadcaster.rendering.mistakes import BodyMistake, TemplateMistake
from broadcaster.services.outlets import Office
from broadcaster.services.release import (
    AlreadyReleased,
    NotThisOne,
    forecast,
    release,
    render_all,
)
from broadcaster.store.models import Announcement, Delivery
from tests import school
from tests.services.stage import MOSCOW, Platform, office, outlet
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = school.NOON
NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=MOSCOW)
MORNING = datetime(2026, 11, 21, 7, tzinfo=MOSCOW)
QUIET = QuietHours(time(21), time(7), MOSCOW)


def both(**also: Any) -> Office:
    """An office with a channel for personal data and one for the public."""
    return office(
        outlet(Platform(), "alpha"),
        outlet(Platform(), "gamma", carries=DataClass.PUBLIC),
        **also,
    )


def released(announcement: UUID, of: Office | None = None, now: datetime = NOON) -> int:
    return release(of or both(), announcement, now=now)


def sent() -> list[str]:
    """Where copies go."""
    rows = Delivery.objects.exclude(state=State.SKIPPED)
    return sorted((row.address or row.destination).value for row in rows)


def test_a_released_announcement_has_its_copies_and_its_time() -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А")
    assert released(made) == 1
    assert (sent(), Announcement.objects.get().released_at) == (["here"], NOON)


def test_a_second_release_makes_nothing() -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А")
    released(made)
    with pytest.raises(AlreadyReleased):
        released(made)
    assert (Delivery.objects.count(), Announcement.objects.get().released_at) == (1, NOON)


def test_a_cancelled_draft_is_not_released() -> None:
    made = school.announcement("1А", cancelled_at=NOON)
    with pytest.raises(AlreadyReleased):
        released(made)


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_once_one_makes_the_copies() -> None:
    school.guardian(alpha="here")
    made, of = school.announcement("1А"), both()

    def attempt() -> int:
        try:
            return released(made, of)
        except AlreadyReleased:
            return 0

    assert sorted(together(attempt, attempt, attempt)) == [0, 0, 1]
    assert Delivery.objects.count() == 1


def test_at_night_copies_are_held_until_the_morning() -> None:
    school.guardian(alpha="here")
    released(school.announcement("1А"), both(quiet=QUIET), NIGHT)
    row = Delivery.objects.get()
    assert (row.state, row.reason, row.due_at) == (State.HELD, Hold.QUIET_HOURS, MORNING)


def test_urgent_copies_leave_at_night() -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А", importance=Importance.URGENT)
    released(made, both(quiet=QUIET), NIGHT)
    assert school.states() == [State.QUEUED]


def test_what_is_too_late_in_the_morning_is_never_sent() -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А", expires_at=NIGHT + timedelta(hours=1))
    released(made, both(quiet=QUIET), NIGHT)
    assert school.states() == [State.EXPIRED]


def personal(**text: str) -> dict[str, str]:
    """What becomes of a text at a public place: place → reason."""
    school.guardian("Анна Сергеева", alpha="mother")
    school.destination("alpha", "class", data_class=DataClass.PERSONAL)
    school.destination("alpha", "wall", data_class=DataClass.PUBLIC)
    school.destination("gamma", "site", data_class=DataClass.PERSONAL)
    released(school.announcement("1А", **text))
    rows = Delivery.objects.exclude(destination=None)
    return {row.destination.value: row.reason for row in rows if row.destination}


def test_a_text_about_nobody_goes_to_public_places() -> None:
    assert personal() == {"class": "", "wall": "", "site": ""}


@pytest.mark.parametrize(
    "text", [{"body": "Поздравляем Анну Сергееву!"}, {"title": "Сергеева Анна: победа"}]
)
def test_a_text_that_names_somebody_on_the_roll_does_not(text: dict[str, str]) -> None:
    assert personal(**text) == {"class": "", "wall": Skip.DATA_CLASS, "site": Skip.DATA_CLASS}
    assert Announcement.objects.get().data_class == DataClass.PERSONAL


def test_a_text_that_names_a_child_on_the_roll_does_not() -> None:
    school.pupil("Павел Кузнецов")
    assert personal(body="Павел Кузнецов — лучший!")["wall"] == Skip.DATA_CLASS


def test_a_text_that_speaks_to_one_person_goes_to_no_place_at_all() -> None:
    assert set(personal(body="Дорогие {{ имя }}!").values()) == {Skip.DATA_CLASS}


def test_what_the_author_calls_personal_stays_personal() -> None:
    school.destination("alpha", "wall", data_class=DataClass.CLOSED)
    released(school.announcement("1А", data_class=DataClass.PERSONAL))
    assert Delivery.objects.get().reason == Skip.DATA_CLASS


def test_a_channel_the_author_did_not_choose_gets_nothing() -> None:
    school.guardian(alpha="here")
    school.destination("gamma", "site")
    released(school.announcement("1А", channels=["gamma"]))
    assert sent() == ["site"]


@pytest.mark.parametrize(
    "text", [{"body": "{{ пароль }}"}, {"title": "{{ имя }}"}, {"title": " "}], ids=str
)
def test_a_mistake_in_the_text_stops_the_release_before_anything_changes(
    text: dict[str, str],
) -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А", **text)
    with pytest.raises(BodyMistake):
        released(made)
    assert (Delivery.objects.count(), Announcement.objects.get().released_at) == (0, None)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Templates of a school whose one for the channel «gamma» has a mistake."""
    (tmp_path / "gamma").mkdir()
    (tmp_path / "gamma" / "message.txt.j2").write_text("{{ announcement.bodi }}", "utf-8")
    return tmp_path


def test_a_mistake_in_any_template_stops_the_release_before_anything_changes(
    broken: Path,
) -> None:
    school.guardian(alpha="here")
    made = school.announcement("1А")
    with pytest.raises(TemplateMistake):
        released(made, both(templates=broken))
    assert (Delivery.objects.count(), Announcement.objects.get().released_at) == (0, None)


def test_a_rehearsal_finds_the_mistake_and_changes_nothing(broken: Path) -> None:
    made = school.announcement("1А")
    with pytest.raises(TemplateMistake):
        render_all(both(templates=broken), made)
    assert Announcement.objects.get().released_at is None


def test_a_forecast_tells_what_a_release_does_and_changes_nothing() -> None:
    school.guardian("Анна Сергеева", alpha="mother")
    school.guardian(alpha="father", gamma="too")
    school.guardian()
    made = school.announcement("1А", body="Анна Сергеева!", importance=Importance.IMPORTANT)
    seen = forecast(both(), made, now=NOON)
    assert (Delivery.objects.count(), Announcement.objects.get().released_at) == (0, None)
    assert (seen.names, seen.data_class, seen.people) == (
        ("Анна Сергеева",), DataClass.PERSONAL, 3,
    )  # fmt: skip
    assert released(made) == sum(line.count for line in seen.copies)


def test_a_forecast_knows_the_night() -> None:
    made = school.announcement("1А")
    seen = forecast(both(quiet=QUIET), made, now=NIGHT)
    assert (seen.plan.state, seen.plan.due_at) == (State.HELD, MORNING)


def test_people_asked_for_by_name_get_their_copies() -> None:
    person = school.guardian(groups=["2Б"], alpha="hers")
    made = school.announcement()
    Announcement.objects.get().people.set([person])
    released(made)
    assert sent() == ["hers"]


def test_a_draft_that_is_not_the_one_looked_at_is_not_released() -> None:
    made = school.announcement("1А", version=3)
    with pytest.raises(NotThisOne):
        release(both(), made, now=NOON, version=2)
    assert Announcement.objects.get().released_at is None


def test_what_is_done_with_a_release_is_undone_with_it() -> None:
    def refuse() -> None:
        raise LookupError

    school.guardian(alpha="here")
    made = school.announcement("1А")
    with pytest.raises(LookupError):
        release(both(), made, now=NOON, also=refuse)
    assert (Delivery.objects.count(), Announcement.objects.get().released_at) == (0, None)


@pytest.mark.parametrize("release_at", [None, NOON + timedelta(seconds=1)])
def test_what_was_taken_back_is_not_released_as_due(release_at: datetime | None) -> None:
    made = school.announcement("1А", release_at=release_at)
    with pytest.raises(NotThisOne):
        release(both(), made, now=NOON, due=True)
