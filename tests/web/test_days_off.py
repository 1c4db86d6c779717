"""The page of days off: everybody looks, an administrator changes, mistakes lose nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from broadcaster.services.audit import Action, Actor
from broadcaster.services.calendar.days_off import (
    AHEAD,
    own_year,
    read_year,
    school_days,
    shipped_year,
)
from broadcaster.services.calendar.days_off_writing import edition, reset_year, save_year
from broadcaster.store.models import AuditEntry
from tests.web.desk import Write
from tests.web.staff import administrator, auditor, teacher

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db,
    pytest.mark.usefixtures("own_settings"),
]

NOW = datetime.now(UTC)
YEAR = NOW.year
LATER = YEAR + AHEAD
"""A year that nobody has entered."""
PAGE = f"/calendar/days-off/{YEAR}/"
ANNA = Actor("Анна Сергеевна", 7)


@pytest.fixture
def client() -> Client:
    """The administrator's browser."""
    return administrator()


def form(**different: str) -> Mapping[str, str]:
    return {
        "days_off": f"09.05.{YEAR} День Победы\n12.06–13.06 День России",
        "working": "",
        "vacations": f"31.12.{YEAR}–10.01.{YEAR + 1} Зимние каникулы",
        "basis": "Приказ директора № 7",
        "seen": "",
        **different,
    }


def page(answer: Any) -> str:
    return str(answer.content.decode())


def filled(answer: Any) -> dict[str, str]:
    """What stands in the form of a page."""
    text = page(answer)
    areas = re.findall(r'<textarea name="(\w+)"[^>]*>\n(.*?)</textarea>', text, re.DOTALL)
    inputs = re.findall(
        r'<input type="(?:text|hidden)" name="(basis|seen)"(?: value="(.*?)")?', text
    )
    return {name: unescape(value) for name, value in (*areas, *inputs)}


def said(answer: Any) -> str:
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def sunday() -> date:
    """A Sunday of this year in March."""
    return next(d for d in (date(YEAR, 3, n) for n in range(10, 17)) if d.weekday() == 6)


# Looking


def test_everybody_of_the_staff_may_look() -> None:
    assert teacher().get(PAGE).status_code == 200


def test_who_may_not_change_sees_no_form() -> None:
    assert "<textarea" not in page(auditor().get(PAGE))


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}reset/"])
def test_who_may_not_change_is_refused(address: str) -> None:
    assert teacher().post(address, form()).status_code == 403
    assert not own_year(YEAR).exists()


def test_without_a_year_the_present_one_is_shown(client: Client) -> None:
    assert client.get("/calendar/days-off/").headers["Location"] == PAGE


@pytest.mark.parametrize("year", [1, YEAR - 2, LATER + 1, 10**30])
def test_other_years_are_not_found(client: Client, year: int) -> None:
    assert client.get(f"/calendar/days-off/{year}/").status_code == 404


def test_days_off_are_named_where_they_are_marked(client: Client) -> None:
    assert '<span class="hidden-text">, День Победы</span>' in page(client.get(PAGE))


def test_a_year_that_is_only_assumed_says_so(client: Client) -> None:
    words = f"Производственный календарь на {LATER} год не введён"
    assert words in page(client.get(f"/calendar/days-off/{LATER}/"))


def test_a_year_that_has_been_entered_does_not(client: Client) -> None:
    save_year(LATER, [], [], [], by=ANNA, now=NOW)
    assert "не введён" not in page(client.get(f"/calendar/days-off/{LATER}/"))


def test_a_wrong_file_is_told_to_those_who_can_mend_it(client: Client) -> None:
    own_year(YEAR).parent.mkdir()
    own_year(YEAR).write_text("days_off: {завтра: Ура}\n", "utf-8")
    assert "days_off.завтра" in page(client.get(PAGE))
    assert "days_off.завтра" not in page(teacher().get(PAGE))


def test_names_are_shown_as_they_are_written(client: Client) -> None:
    client.post(PAGE, form(days_off="09.05 <b>День</b> & Победы"))
    assert "&lt;b&gt;День&lt;/b&gt; &amp; Победы" in page(client.get(PAGE))


# Changing


def test_what_was_written_counts_at_once(client: Client) -> None:
    client.post(PAGE, form(days_off=f"{sunday():%d.%m}–{sunday():%d.%m} Карантин"))
    year = school_days(5).days.year(YEAR)
    assert (year.off, year.assumed) == ({sunday(): "Карантин"}, False)


def test_the_file_says_what_the_form_said(client: Client) -> None:
    answer = client.post(PAGE, form(working=f"{sunday():%d.%m.%Y}"))
    assert said(answer) == "Сохранено и уже действует."
    year, problems = read_year(own_year(YEAR), YEAR)
    assert problems == []
    assert year.off[date(YEAR, 6, 13)] == "День России"
    assert year.working == {sunday()}
    assert year.vacations[0].last == date(YEAR + 1, 1, 10)
    assert year.basis == "Приказ директора № 7"


def test_the_form_that_comes_back_says_the_same(client: Client) -> None:
    client.post(PAGE, form())
    again = filled(client.get(PAGE))
    assert again["days_off"].splitlines()[1] == f"12.06.{YEAR}–13.06.{YEAR} День России"
    assert again["vacations"] == form()["vacations"]


def test_nothing_is_written_when_nothing_differs(client: Client) -> None:
    initial = filled(client.get(PAGE))
    assert said(client.post(PAGE, initial)) == "Ничего не изменилось."
    assert not own_year(YEAR).exists()


def test_an_assumed_year_can_be_confirmed_as_it_stands(client: Client) -> None:
    address = f"/calendar/days-off/{LATER}/"
    client.post(address, filled(client.get(address)))
    year = school_days(5).days.year(LATER)
    assert (year.off, year.assumed) == (shipped_year(LATER).off, False)


@pytest.mark.parametrize("name", ["no", "21:00", "да: нет", "#5", "null", '"', "2026-01-01"])
def test_names_that_look_like_something_else_stay_names(client: Client, name: str) -> None:
    client.post(PAGE, form(days_off=f"09.05 {name}"))
    assert school_days(5).days.year(YEAR).off == {date(YEAR, 5, 9): name}


def test_a_look_shows_the_difference_and_writes_nothing(client: Client) -> None:
    answer = page(client.post(PAGE, form(look="1", vacations="01.02–07.02 Карантин")))
    assert "Пока ничего не сохранено" in answer
    assert "Больше не выходные" in answer
    assert "1–7\N{NO-BREAK SPACE}февраля" in answer
    assert not own_year(YEAR).exists()


def test_what_differs_from_the_shipped_year_is_shown(client: Client) -> None:
    client.post(PAGE, form())
    assert "Чем отличается от исходного" in page(client.get(PAGE))


def test_the_audit_log_tells_who_changed_which_year(client: Client) -> None:
    client.post(PAGE, form())
    entry = AuditEntry.objects.get(action=Action.CALENDAR_CHANGED)
    assert (entry.subject_kind, entry.subject) == ("calendar", str(YEAR))
    assert entry.facts == {"keys": ["basis", "days_off", "working", "vacations"]}


def test_comments_of_the_schools_file_stay(client: Client) -> None:
    client.post(PAGE, form())
    own_year(YEAR).write_text("# наш файл\n" + own_year(YEAR).read_text("utf-8"), "utf-8")
    client.post(PAGE, form(basis="Другой приказ", seen=edition(YEAR)))
    assert own_year(YEAR).read_text("utf-8").startswith("# наш файл\n")


# Mistakes


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("days_off", "\n32.05 Ура", "Строка 2, «32.05 Ура»: дня «32.05» нет"),
        ("days_off", "09.05", "нет названия"),
        ("days_off", "Ура", "ожидается дата"),
        ("days_off", "05.05–01.05 Ура", "идёт назад"),
        ("days_off", f"01.05.{YEAR - 1} Ура", f"01.05.{YEAR - 1} — не {YEAR}"),
        ("days_off", f"09.05 {'я' * 101}", "до 100 обычных знаков"),
        ("working", "01.05 Труд", "только даты"),
        ("working", "завтра", "ожидается дата"),
        ("vacations", f"01.01.{YEAR + 1}–09.01.{YEAR + 1} Ура", "в котором они начинаются"),
        ("basis", "а\u202eб", "обычных знаков"),
    ],
)
def test_a_mistake_is_told_and_the_text_kept(
    client: Client, field: str, text: str, words: str
) -> None:
    answer = client.post(PAGE, form(**{field: text}))
    assert words in page(answer)
    assert filled(answer)[field] == text
    assert not own_year(YEAR).exists()


def test_a_day_cannot_be_off_and_worked(client: Client) -> None:
    line = f"{sunday():%d.%m}"
    answer = client.post(PAGE, form(days_off=f"{line} Ура", working=line))
    assert "и выходным, и рабочим" in page(answer)


def test_a_day_that_is_worked_anyway_is_refused(client: Client) -> None:
    monday = next(d for d in (date(YEAR, 3, n) for n in range(10, 17)) if d.weekday() == 0)
    assert "это понедельник" in page(client.post(PAGE, form(working=f"{monday:%d.%m}")))


def test_a_year_that_somebody_else_changed_is_not_written_over(client: Client) -> None:
    save_year(YEAR, [], [], [], by=ANNA, now=NOW, basis="Чужой приказ")
    answer = client.post(PAGE, form())
    assert "изменил кто-то ещё" in page(answer)
    assert "Чужой приказ" in own_year(YEAR).read_text("utf-8")


def test_pressing_again_after_that_keeps_ones_own(client: Client) -> None:
    save_year(YEAR, [], [], [], by=ANNA, now=NOW, basis="Чужой приказ")
    seen = filled(client.post(PAGE, form()))["seen"]
    client.post(PAGE, form(seen=seen))
    assert read_year(own_year(YEAR), YEAR)[0].basis == "Приказ директора № 7"


def test_a_file_with_an_unknown_key_is_told_and_left_alone(client: Client) -> None:
    own_year(YEAR).parent.mkdir()
    own_year(YEAR).write_text("vacatons: {}\n", "utf-8")
    answer = client.post(PAGE, form(seen=edition(YEAR)))
    assert "может быть, «vacations»?" in page(answer)
    assert own_year(YEAR).read_text("utf-8") == "vacatons: {}\n"


def test_a_place_that_cannot_be_written_is_told(own_settings: Write, client: Client) -> None:
    Path(own_year(YEAR).parent).write_text("здесь файл", "utf-8")
    answer = client.post(PAGE, form())
    assert "не записаны" in page(answer)
    assert not AuditEntry.objects.filter(action=Action.CALENDAR_CHANGED)


# Going back


def test_the_shipped_year_comes_back(client: Client) -> None:
    client.post(PAGE, form())
    client.post(f"{PAGE}reset/")
    assert school_days(5).days.year(YEAR) == shipped_year(YEAR)


def test_going_back_is_in_the_audit_log(client: Client) -> None:
    client.post(PAGE, form())
    client.post(f"{PAGE}reset/")
    entry = AuditEntry.objects.filter(action=Action.CALENDAR_CHANGED).latest("pk")
    assert entry.facts == {"removed": True}


def test_a_file_that_cannot_be_read_can_be_taken_away(client: Client) -> None:
    own_year(YEAR).parent.mkdir()
    own_year(YEAR).write_text("days_off: {", "utf-8")
    client.post(f"{PAGE}reset/")
    assert not own_year(YEAR).exists()


def test_there_is_nothing_to_go_back_from_twice() -> None:
    save_year(YEAR, [], [], [], by=ANNA, now=NOW)
    assert reset_year(YEAR, by=ANNA, now=NOW)
    assert not reset_year(YEAR, by=ANNA, now=NOW)
