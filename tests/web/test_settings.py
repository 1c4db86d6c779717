"""The settings: a change counts at once, what is stale or broken is told."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest

from broadcaster.bootstrap import office
from broadcaster.config import load
from tests.web.desk import Write
from tests.web.settings_pages import PAGES, SEEN, page
from tests.web.staff import administrator, auditor, teacher

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]
SCHOOL = {
    "name": "Лицей № 5",
    "time_zone": "Asia/Omsk",
    "colour": "#225533",
    "signature": "",
    "public_url": "",
}


@pytest.mark.parametrize("address", PAGES)
def test_only_an_administrator_may_see_it(address: str) -> None:
    assert administrator().get(address).status_code == 200
    assert teacher().get(address).status_code == 403
    assert auditor().get(address).status_code == 403


def test_what_a_screen_changes_counts_at_once() -> None:
    administrator().post("/settings/school", SCHOOL)
    assert office().school.name == "Лицей № 5"


def test_a_mistake_is_told_and_what_was_typed_stays() -> None:
    answer = administrator().post("/settings/school", SCHOOL | {"public_url": "лицей.рф"})
    assert 'value="лицей.рф"' in page(answer)
    assert office().school.name == "Школа"


def test_a_zone_that_is_none_is_refused() -> None:
    administrator().post("/settings/school", SCHOOL | {"time_zone": "Europe/Nowhere"})
    assert str(load().school.time_zone) == "Europe/Moscow"


def test_quiet_hours_can_be_moved_and_switched_off() -> None:
    administrator().post("/settings/quiet-hours", {"start": "22:30", "end": "06:00"})
    hours = load().quiet_hours
    assert (hours.enabled, hours.start.hour, hours.end.hour) == (False, 22, 6)


def test_quiet_hours_of_a_whole_day_are_refused() -> None:
    answer = administrator().post("/settings/quiet-hours", {"start": "22:00", "end": "22:00"})
    assert "сутки" in page(answer)


@pytest.mark.parametrize(("start", "end"), [("07:00", "21:00"), ("08:00", "07:00")])
def test_quiet_hours_that_are_typed_the_wrong_way_round_are_refused(start: str, end: str) -> None:
    typed = {"enabled": "on", "start": start, "end": end}
    answer = administrator().post("/settings/quiet-hours", typed)
    assert "захватила бы полдень" in answer.content.decode()


@pytest.mark.parametrize(("start", "end"), [("12:01", "12:00"), ("00:00", "12:00")])
def test_quiet_hours_may_be_as_long_as_noon_is_free(start: str, end: str) -> None:
    typed = {"enabled": "on", "start": start, "end": end}
    assert administrator().post("/settings/quiet-hours", typed).status_code == 302


def test_files_are_limited_in_megabytes() -> None:
    administrator().post("/settings/files", {"largest": "30", "most": "3"})
    assert (office().largest_file, office().most_files) == (30_000_000, 3)


def test_reminders_are_set_in_hours() -> None:
    administrator().post("/settings/approvals", {"remind_every": "6", "escalate_after": "12"})
    assert (office().approvals.remind_every, office().approvals.escalate_after) == (6, 12)


@pytest.mark.parametrize("hours", ["0", "721", "x", ""])
def test_reminders_without_sense_are_refused(hours: str) -> None:
    given = {"remind_every": hours, "escalate_after": "12"}
    administrator().post("/settings/approvals", given)
    assert office().approvals.remind_every == 24


def test_a_file_that_cannot_be_written_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "file" / "school.yaml"))
    answer = administrator().post("/settings/school", SCHOOL)
    assert "Настройки не записаны" in page(answer)


def test_a_file_spoilt_by_hand_is_told_and_the_old_settings_stay(own_settings: Write) -> None:
    file = own_settings("school: {name: Лицей}")
    assert office().school.name == "Лицей"
    file.write_text("school: {name: 5, nmae: 6}", "utf-8")
    office.refresh()
    answer = page(administrator().get("/settings/"))
    assert "работает по прежним настройкам" in answer
    assert office().school.name == "Лицей"


BROKEN = "school: {name: [a"


@pytest.mark.parametrize("address", PAGES[1:])
def test_a_screen_over_a_broken_file_leads_to_where_it_is_told(
    own_settings: Write, address: str
) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    answer = page(browser.get(address, follow=True))
    assert "строка 1: ожидается" in answer
    assert "Исправьте это место" in answer


@pytest.mark.parametrize("address", ["/people/new/", "/people/places/new/", "/people/import/"])
def test_work_goes_on_over_a_broken_file(own_settings: Write, address: str) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    assert browser.get(address).status_code == HTTPStatus.OK


def test_what_is_typed_over_a_broken_file_is_not_kept(own_settings: Write) -> None:
    file = own_settings("")
    browser = administrator()
    assert office().school.name == "Школа"
    file.write_text(BROKEN, "utf-8")
    answer = page(browser.post("/settings/school", SCHOOL, follow=True))
    assert "Не сохранено: сначала исправьте файл настроек." in answer
    assert file.read_text("utf-8") == BROKEN


def test_a_stale_screen_does_not_undo_what_another_has_saved() -> None:
    first, second = administrator(), administrator()
    seen = SEEN.findall(page(second.get("/settings/school")))[0]
    first.post("/settings/school", SCHOOL | {"name": "Лицей № 7"})
    late = SCHOOL | {"signature": "Тел. 12-34", "name": "Лицей № 9"}
    answer = page(second.post("/settings/school", late | {"seen": seen}))
    assert "кто-то уже изменил эти настройки" in answer
    assert "Сейчас сохранено: Лицей № 7" in answer
    assert "Лицей № 9" in answer
    assert load().school.name == "Лицей № 7"
    again = SEEN.findall(answer)[0]
    second.post("/settings/school", late | {"seen": again})
    assert load().school.name == "Лицей № 9"
