"""`calendar`: what is coming, what is wrong, what a beat would do, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from broadcaster.cli import calendar_running
from broadcaster.services.calendar import beats, items
from broadcaster.services.calendar import memos as library
from broadcaster.store.models import Announcement, AuditEntry, Delivery, Occasion, Series
from tests import school
from tests.cli.conftest import Settings
from tests.cli.desk import Typed
from tests.memo_files import NEVER, write_memo

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

MOSCOW = ZoneInfo("Europe/Moscow")
SCHOOL = "school: {{name: Школа}}\nquiet_hours: {{enabled: false}}\ntemplates: {folder}\n"
ON = "calendar: {enabled: true}\n"
Write = Callable[..., None]


def today() -> date:
    return datetime.now(MOSCOW).date()


IN_DAYS = 3


@pytest.fixture
def day() -> date:
    """The item's next date."""
    return today() + timedelta(days=IN_DAYS)


@pytest.fixture
def write(
    tmp_path: Path, settings_file: Settings, monkeypatch: pytest.MonkeyPatch, day: date
) -> Write:
    """Writes the only item of the calendar, whose date is in three days, and its memo."""
    shipped = tmp_path / "shipped.yaml"
    shipped.write_text("", "utf-8")
    monkeypatch.setattr(items, "SHIPPED", shipped)
    monkeypatch.setattr(library, "SHIPPED", tmp_path / "none")
    (tmp_path / "memos").mkdir()
    rule = f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={day.day}"

    def writing(*, on: bool = True, review_by: str = NEVER, **different: Any) -> None:
        settings_file(SCHOOL.format(folder=tmp_path) + ON * on)
        write_memo(tmp_path / "memos", "ice", review_by=review_by)
        entry = {"rule": rule, "time": "16:00", "shift": "stay", **different}
        (tmp_path / "seasonal.yaml").write_text(yaml.safe_dump({"ice": entry}), "utf-8")

    return writing


@pytest.fixture
def ice(write: Write) -> None:
    """The calendar is on, and somebody is there to be written to."""
    write()
    school.guardian(site="")
    school.destination("site", "1a")


def hour(day: date) -> str:
    return f"{day}T16:00"


def changes(typed: Typed, *words: str) -> list[dict[str, Any]]:
    said = typed("calendar", "run", *words, "--json")
    assert said.code == 0, said
    return list(said.json["changes"])


def test_the_list_has_the_rule_in_words_and_the_next_date(
    typed: Typed, ice: None, day: date
) -> None:
    said = typed("calendar", "list")
    assert said.code == 0
    assert "каждый год" in said.out
    assert f"{day:%d.%m.%Y}" in said.out
    assert "завуч" in said.out


def test_the_list_of_a_year_has_all_its_dates(typed: Typed, ice: None, day: date) -> None:
    [item] = typed("calendar", "list", "--year", str(day.year + 1), "--json").json["items"]
    assert [one["day"][:4] for one in item["dates"]] == [str(day.year + 1)]


def test_the_list_for_programs_has_stable_keys(typed: Typed, ice: None, day: date) -> None:
    told = typed("calendar", "list", "--json").json
    assert told.keys() == {"enabled", "items", "problems"}
    [item] = told["items"]
    assert (item["name"], item["followed"], item["next"]["day"]) == ("ice", True, str(day))
    assert (item["approval"], item["time"], item["to"]) == ("approver", "16:00", ["все"])


def test_what_has_no_date_comes_last_in_the_list(
    typed: Typed, write: Write, tmp_path: Path
) -> None:
    write()
    own = tmp_path / "seasonal.yaml"
    off = {"memo": "ice", "rule": "FREQ=DAILY", "time": "16:00", "enabled": False}
    others = dict.fromkeys(("b-frost", "a-frost"), off)
    own.write_text(own.read_text("utf-8") + yaml.safe_dump(others), "utf-8")
    names = [one["name"] for one in typed("calendar", "list", "--json").json["items"]]
    assert names == ["ice", "a-frost", "b-frost"]


def test_a_wrong_item_stands_below_the_others_and_stops_nothing(typed: Typed, write: Write) -> None:
    write(lead_days=1000)
    said = typed("calendar", "list")
    assert said.code == 0
    assert "ice.lead_days: " in said.err
    assert "ошибка" in said.out


def test_a_calendar_that_is_off_says_how_to_switch_it_on(typed: Typed, write: Write) -> None:
    write(on=False)
    for command in ("list", "next", "check"):
        assert (
            "Календарь выключен. Включить: broadcaster calendar on"
            in typed("calendar", command).err
        )


def test_what_comes_is_told_with_what_becomes_of_it(typed: Typed, ice: None, day: date) -> None:
    [entry] = typed("calendar", "next", "--json").json["entries"]
    assert (entry["item"], entry["day"], entry["fate"]) == ("ice", str(day), "planned")
    assert "запланировано" in typed("calendar", "next").out


def test_nothing_to_come_is_said(typed: Typed, ice: None) -> None:
    said = typed("calendar", "next", "--days", "1").out
    assert "На 1 день вперёд ничего не запланировано." in said


def test_one_item_is_told_with_its_dates_and_its_memos_basis(typed: Typed, ice: None) -> None:
    said = typed("calendar", "show", "ice")
    assert "Основание: Рекомендации МЧС России" in said.out
    assert "Ещё не отправлялось." in said.out
    told = typed("calendar", "show", "ice", "--json").json
    assert len(told["dates"]) == 5
    assert told["memo_basis"] == ["Рекомендации МЧС России"]


def test_a_moved_date_says_why(typed: Typed, write: Write, day: date, tmp_path: Path) -> None:
    write(shift="next")
    folder = tmp_path / "days-off"
    folder.mkdir()
    (folder / f"{day.year}.yaml").write_text(f"days_off: {{{day}: День снега}}\n", "utf-8")
    said = typed("calendar", "show", "ice")
    assert "День снега" in said.out
    assert typed("calendar", "next", "--json").json["entries"][0]["moved"]


def test_the_nearest_name_is_offered(typed: Typed, ice: None) -> None:
    said = typed("calendar", "show", "icy")
    assert (said.code, "«ice»" in said.err) == (3, True)


def test_a_calendar_in_order_is_all_right(typed: Typed, ice: None) -> None:
    said = typed("calendar", "check")
    assert (said.code, said.err) == (0, "")
    assert "Всё в порядке" in said.out


def test_every_problem_is_told_with_its_file_and_key(
    typed: Typed, write: Write, tmp_path: Path
) -> None:
    write(lead_days=1000)
    (tmp_path / "memos" / "flood.md").write_text("Без заголовка.", "utf-8")
    (tmp_path / "days-off").mkdir()
    (tmp_path / "days-off" / "soon.yaml").write_text("", "utf-8")
    said = typed("calendar", "check", "--json")
    assert (said.code, said.json["ok"]) == (1, False)
    told = {(one["part"], Path(one["file"]).name, one["item"]) for one in said.json["problems"]}
    assert told >= {
        ("items", "seasonal.yaml", "ice"),
        ("memos", "flood.md", ""),
        ("days_off", "soon.yaml", ""),
    }
    assert f"{tmp_path / 'seasonal.yaml'}: ice.lead_days: " in typed("calendar", "check").err


def test_a_memo_past_its_review_is_a_problem(typed: Typed, write: Write) -> None:
    write(review_by="2021-01-01")
    said = typed("calendar", "check")
    assert (said.code, "ice.review_by: " in said.err) == (1, True)


def test_the_great_check_tells_of_the_calendar_when_it_is_on(typed: Typed, write: Write) -> None:
    write(lead_days=1000)
    found = {one["code"]: one for one in typed("check", "--json").json["findings"]}
    assert "broadcaster calendar check" in found["calendar"]["hint"]
    write(on=False, lead_days=1000)
    assert "calendar" not in {one["code"] for one in typed("check", "--json").json["findings"]}


def test_a_rehearsal_tells_what_would_be_drafted_and_changes_nothing(
    typed: Typed, ice: None, day: date
) -> None:
    [change] = changes(typed, "--dry-run")
    assert (change["became"], change["item"], change["day"]) == ("drafted", "ice", str(day))
    assert not Occasion.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_rehearsal_of_the_hour_tells_what_would_be_sent_and_sends_nothing(
    typed: Typed, ice: None, day: date
) -> None:
    changes(typed)
    typed("calendar", "approve", "ice", day)
    [change] = changes(typed, "--date", hour(day), "--dry-run")
    assert change["became"] == "sent"
    assert not Delivery.objects.exists()
    assert "Это была проба" in typed("calendar", "run", "--date", hour(day), "--dry-run").out


def test_a_run_makes_the_draft_once(typed: Typed, ice: None) -> None:
    assert [one["became"] for one in changes(typed)] == ["drafted"]
    assert changes(typed) == []
    assert "делать нечего" in typed("calendar", "run").out


def test_a_far_moment_is_not_run_without_a_yes(typed: Typed, ice: None, day: date) -> None:
    said = typed("calendar", "run", "--date", hour(day))
    assert said.code == 3
    assert "по-настоящему" in said.err
    assert not Occasion.objects.exists()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at a terminal is asked; she says no."""
    questions: list[str] = []
    monkeypatch.setattr(calendar_running, "can_ask", lambda: True)
    monkeypatch.setattr(calendar_running, "ask", lambda words: questions.append(words) or False)
    return questions


def test_a_person_at_a_terminal_is_asked_and_may_say_no(
    typed: Typed, ice: None, day: date, asked: list[str]
) -> None:
    assert typed("calendar", "run", "--date", hour(day)).code == 130
    assert "уйдёт семьям по-настоящему" in asked[0]
    assert not Occasion.objects.exists()


def test_what_a_far_moment_sends_leaves_now(typed: Typed, ice: None, day: date) -> None:
    changes(typed)
    typed("calendar", "approve", "ice", day)
    [change] = changes(typed, "--date", hour(day), "--yes")
    assert change["became"] == "sent"
    assert not Delivery.objects.filter(due_at__gt=datetime.now(UTC)).exists()
    assert Announcement.objects.get().released_at <= datetime.now(UTC)  # type: ignore[operator]


def test_a_run_is_written_down_with_its_moment(typed: Typed, ice: None, day: date) -> None:
    changes(typed, "--date", hour(day), "--yes")
    entry = AuditEntry.objects.get(action="calendar_run")
    assert (entry.actor, entry.facts["moment"][:10]) == ("command line", str(day))


def test_what_nobody_agreed_to_is_told_with_the_reason(typed: Typed, ice: None, day: date) -> None:
    changes(typed)
    [change] = changes(typed, "--date", hour(day), "--dry-run")
    assert (change["became"], change["why"]) == ("skipped", "unanswered")


def test_nothing_is_done_while_somebody_else_plans(
    typed: Typed, ice: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beats, "alone", lambda _errand: False)
    said = typed("calendar", "run", "--json")
    assert (said.code, said.json["error"]) == (4, "calendar_busy")
    assert not AuditEntry.objects.exists()


def test_a_strange_moment_is_told(typed: Typed, ice: None) -> None:
    said = typed("calendar", "run", "--date", "завтра")
    assert (said.code, "2026-11-05T16:00" in said.err) == (3, True)


def test_the_calendar_is_switched_on_and_off(typed: Typed, write: Write, tmp_path: Path) -> None:
    write(on=False)
    assert typed("calendar", "on").code == 0
    assert typed("calendar", "list", "--json").json["enabled"]
    assert typed("calendar", "on", "--json").json == {"enabled": True, "changed": False}
    assert typed("calendar", "off", "--json").json == {"enabled": False, "changed": True}
    assert not typed("calendar", "list", "--json").json["enabled"]
    kept = (tmp_path / "school.yaml").read_text("utf-8")
    assert "name: Школа" in kept


def test_a_date_is_left_out_and_given_back(typed: Typed, ice: None, day: date) -> None:
    assert typed("calendar", "skip", "ice", day).code == 0
    assert "снято человеком" in typed("calendar", "next").out
    assert changes(typed) == []
    assert typed("calendar", "skip", "ice", day, "--undo").code == 0
    assert [one["became"] for one in changes(typed)] == ["drafted"]


def test_an_announcement_that_repeats_itself_can_be_left_out_for_once(
    typed: Typed, ice: None, day: date, note: Callable[..., Path]
) -> None:
    file = note("to: 1А", "repeat: FREQ=DAILY", f"at: {day} 18:00")
    assert typed("send", file, "--yes").code == 0
    name = f"series-{Series.objects.get().pk}"
    assert typed("calendar", "skip", name, day).code == 0
    entries = typed("calendar", "next", "--json").json["entries"]
    fates = [one["fate"] for one in entries if one["item"] == name]
    assert fates[:2] == ["skipped", "planned"]
    assert "Каждый день в 18:00" in typed("calendar", "show", name).out


def test_a_day_without_a_date_cannot_be_left_out(typed: Typed, ice: None) -> None:
    said = typed("calendar", "skip", "ice", today(), "--json")
    assert (said.code, said.json["error"]) == (3, "no_such_date")


@pytest.mark.parametrize("command", ["skip", "approve"])
def test_a_strange_day_is_told(command: str, typed: Typed, ice: None) -> None:
    said = typed("calendar", command, "ice", "5 ноября")
    assert (said.code, "2026-11-05" in said.err) == (3, True)


def test_an_agreed_date_leaves_in_its_time(typed: Typed, ice: None, day: date) -> None:
    changes(typed)
    said = typed("calendar", "approve", "ice", day)
    assert (said.code, f"{day:%d.%m.%Y} 16:00" in said.out) == (0, True)
    assert typed("calendar", "next", "--json").json["entries"][0]["fate"] == "ready"
    entry = AuditEntry.objects.get(action="approved")
    assert entry.actor == "command line"


def test_nobody_agrees_twice_or_to_nothing(typed: Typed, ice: None, day: date) -> None:
    assert typed("calendar", "approve", "ice", day, "--json").json["error"] == "no_draft"
    changes(typed)
    typed("calendar", "approve", "ice", day)
    assert typed("calendar", "approve", "ice", day, "--json").json["error"] == "ready"
    typed("calendar", "skip", "ice", day)
    assert typed("calendar", "approve", "ice", day, "--json").json["error"] == "over"


def test_the_calendar_is_written_for_other_programs(
    typed: Typed, ice: None, day: date, tmp_path: Path
) -> None:
    said = typed("calendar", "export", tmp_path / "school.ics", "--json")
    assert (said.code, said.json["entries"] > 0) == (0, True)
    written = (tmp_path / "school.ics").read_text("utf-8")
    assert f"{day:%Y%m%d}T160000" in written


def test_a_sending_stands_with_its_figures(typed: Typed, ice: None, day: date) -> None:
    changes(typed)
    typed("calendar", "approve", "ice", day)
    changes(typed, "--date", hour(day), "--yes")
    [last] = typed("calendar", "show", "ice", "--json").json["last"]
    assert (last["day"], last["people"], last["acknowledged"]) == (str(day), 1, 0)
    assert "Прошлые отправки" in typed("calendar", "show", "ice").out
