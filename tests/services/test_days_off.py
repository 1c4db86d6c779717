"""The files of days off: shipped, the school's own, the library's; mistakes stay outside."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from holidays import country_holidays

from broadcaster.config import DEFAULTS, own_file
from broadcaster.domain.days_off import Shift, Year
from broadcaster.services.calendar.day_spans import LONGEST_NAME, read_line, read_name, span_words
from broadcaster.services.calendar.days_off import (
    SHIPPED,
    DaysProblem,
    own_folder,
    read_year,
    school_days,
    shipped_year,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SHIPPED_YEARS = sorted(int(file.stem) for file in SHIPPED.glob("*.yaml"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """The folder of the school's own years."""
    settings.HOME = tmp_path / "home"
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "school.yaml"))
    made = tmp_path / "days-off"
    made.mkdir()
    return made


def written(folder: Path, number: int, text: str) -> Path:
    file = folder / f"{number}.yaml"
    file.write_text(text, "utf-8")
    return file


def told(folder: Path, text: str, number: int = 2026) -> DaysProblem:
    """The one mistake of a file."""
    (problem,) = read_year(written(folder, number, text), number)[1]
    return problem


# The shipped years


@pytest.mark.parametrize("number", SHIPPED_YEARS)
def test_a_shipped_year_is_as_the_library_has_it(number: int) -> None:
    known, year = country_holidays("RU", years=number), shipped_year(number)
    assert set(year.off) == set(known)
    assert year.working == known.weekend_workdays


@pytest.mark.parametrize("number", SHIPPED_YEARS)
def test_a_shipped_year_has_no_mistake_and_says_who_says_so(number: int) -> None:
    year, problems = read_year(SHIPPED / f"{number}.yaml", number)
    assert problems == []
    assert year.basis


@pytest.mark.parametrize("number", SHIPPED_YEARS)
def test_the_example_of_vacations_can_be_used_as_it_stands(folder: Path, number: int) -> None:
    text = (SHIPPED / f"{number}.yaml").read_text("utf-8").replace("#   20", "  20")
    year, problems = read_year(written(folder, number, text), number)
    assert problems == []
    assert len(year.vacations) == 4


def test_this_year_and_the_next_one_are_shipped() -> None:
    assert {2025, 2026, 2027} <= set(SHIPPED_YEARS)


# Years that nobody has entered


@pytest.mark.usefixtures("folder")
def test_a_year_without_a_file_is_assumed() -> None:
    year = school_days(5, now=NOW).days.year(2029)
    assert year.assumed
    assert year.off[date(2029, 5, 9)] == "День Победы"


def test_a_day_off_that_the_law_moves_is_known_before_any_decree() -> None:
    assert shipped_year(2028).off[date(2028, 11, 6)] == "Выходной, перенесён с 4 ноября"


def test_transfers_that_the_library_knows_are_taken_as_they_are() -> None:
    year = shipped_year(2024)
    assert year.assumed
    assert date(2024, 4, 27) in year.working
    assert date(2024, 11, 5) not in year.off


@pytest.mark.usefixtures("folder")
def test_years_are_known_far_ahead() -> None:
    assert {2025, 2037} <= set(school_days(5, now=NOW).days.years)


# The school's own years


def test_the_schools_year_takes_the_shipped_ones_place(folder: Path) -> None:
    written(folder, 2026, "days_off: {2026-11-23: День школы}\n")
    year = school_days(5, now=NOW).days.year(2026)
    assert year == Year(off={date(2026, 11, 23): "День школы"}, assumed=False)


def test_the_schools_years_are_used_however_far_they_are(folder: Path) -> None:
    written(folder, 2051, "days_off: {2051-02-01: День школы}\n")
    assert not school_days(5, now=NOW).days.works(date(2051, 2, 1))


def test_a_changed_file_counts_at_once(folder: Path) -> None:
    file = written(folder, 2026, "days_off: {2026-11-23: День школы}\n")
    school_days(5, now=NOW)
    file.write_text("days_off: {2026-11-24: День школы}\n", "utf-8")
    os.utime(file, ns=(1, 1))
    assert school_days(5, now=NOW).days.works(date(2026, 11, 23))


def test_what_has_not_changed_is_not_read_again(folder: Path) -> None:
    written(folder, 2026, "days_off: {2026-11-23: День школы}\n")
    assert school_days(5, now=NOW) is school_days(5, now=NOW)


@pytest.mark.usefixtures("folder")
def test_a_school_of_six_days_works_on_saturday() -> None:
    assert school_days(6, now=NOW).days.works(date(2026, 11, 21))


def test_the_schools_holidays_move_what_falls_on_them(folder: Path) -> None:
    written(folder, 2026, "days_off: {2026-11-23..2026-11-25: Карантин}\n")
    days = school_days(5, now=NOW).days
    assert days.moved(date(2026, 11, 21), Shift.NEXT) == date(2026, 11, 26)


def test_vacations_may_end_in_the_next_year(folder: Path) -> None:
    written(folder, 2026, "vacations: {2026-12-31..2027-01-10: Зимние каникулы}\n")
    assert school_days(5, now=NOW).days.vacation(date(2027, 1, 5)) == "Зимние каникулы"


def test_an_empty_file_is_a_year_of_weekends(folder: Path) -> None:
    year, problems = read_year(written(folder, 2026, "# ничего\n"), 2026)
    assert (year, problems) == (Year(assumed=False), [])


def test_a_school_without_a_folder_has_the_shipped_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADCASTER_CONFIG", str(tmp_path / "nowhere" / "school.yaml"))
    assert school_days(5, now=NOW).problems == ()


def test_a_school_among_the_programs_own_files_does_not_write_over_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.HOME = tmp_path
    monkeypatch.delenv("BROADCASTER_CONFIG", raising=False)
    assert own_file().parent == DEFAULTS.parent
    assert own_folder() == tmp_path / "days-off"


# Mistakes

MISTAKES = {
    "days_off: {завтра: Ура}": ("days_off.завтра", "ожидается дата"),
    "days_off: {2026-02-30..2026-03-01: Ура}": ("days_off.2026-02-30..2026-03-01", "2026-02-30"),
    "days_off: {2026-05-03..2026-05-01: Ура}": (
        "days_off.2026-05-03..2026-05-01",
        "идёт назад: 03.05.2026 позже, чем 01.05.2026",
    ),
    "days_off: {2025-05-01: Ура}": ("days_off.2025-05-01", "01.05.2025 — не 2026"),
    "days_off: {2026-12-31..2027-01-02: Ура}": (
        "days_off.2026-12-31..2027-01-02",
        "02.01.2027 — не 2026",
    ),
    "days_off: {2026-05-01: }": ("days_off.2026-05-01", "ожидается название"),
    "days_off: {2026-05-01: ' '}": ("days_off.2026-05-01", "нет названия"),
    "days_off: {2026-05-01: 5}": ("days_off.2026-05-01", "ожидается название"),
    "days_off: [2026-05-01]": ("days_off", "дата: название"),
    "days_off: {2026-05-01 Ура: Ура}": ("days_off.2026-05-01 Ура", "ожидается дата"),
    "working: 2026-11-14": ("working", "список дат"),
    "working: [14]": ("working", "ожидается дата"),
    "working: [2026-11-16]": ("working.2026-11-16", "это понедельник"),
    "{working: [2026-11-14], days_off: {2026-11-14: Ура}}": (
        "working.2026-11-14",
        "и выходным, и рабочим",
    ),
    "vacations: {2027-01-01..2027-01-10: Зимние}": (
        "vacations.2027-01-01..2027-01-10",
        "в котором они начинаются",
    ),
    "vacations: {2026-01-01..2027-12-31: Вечные}": (
        "vacations.2026-01-01..2027-12-31",
        "длиннее года",
    ),
    "vacatons: {}": ("vacatons", "может быть, «vacations»?"),
    "off: {2026-05-01: Ура}": ("off", "days_off"),
    "basis: [1]": ("basis", "ожидается название"),
    "- 2026-05-01": ("", "ожидаются ключи"),
    "days_off: {": ("", "здесь не может стоять"),
}


@pytest.mark.parametrize(("text", "key", "words"), [(t, *told) for t, told in MISTAKES.items()])
def test_a_mistake_names_file_key_and_what_was_expected(
    folder: Path, text: str, key: str, words: str
) -> None:
    problem = told(folder, text)
    assert (problem.file.name, problem.key) == ("2026.yaml", key)
    assert words in problem.text


def test_every_mistake_of_a_file_is_told_at_once(folder: Path) -> None:
    file = written(folder, 2026, "{days_off: {завтра: Ура}, working: [14], nonsense: 1}\n")
    assert len(read_year(file, 2026)[1]) == 3


def test_a_wrong_file_leaves_the_shipped_year_in_force(folder: Path) -> None:
    written(folder, 2026, "days_off: {завтра: Ура}\n")
    days = school_days(5, now=NOW)
    assert days.days.year(2026) == shipped_year(2026)
    assert [problem.key for problem in days.problems] == ["days_off.завтра"]


def test_a_wrong_file_of_a_year_that_is_not_shipped_leaves_it_assumed(folder: Path) -> None:
    written(folder, 2031, "days_off: {завтра: Ура}\n")
    assert school_days(5, now=NOW).days.year(2031).assumed


def test_the_other_years_go_on(folder: Path) -> None:
    written(folder, 2026, "days_off: {завтра: Ура}\n")
    written(folder, 2027, "days_off: {2027-02-01: День школы}\n")
    assert not school_days(5, now=NOW).days.works(date(2027, 2, 1))


@pytest.mark.parametrize("name", ["26.yaml", "2026.yml", "каникулы.yaml", "2026-1.yaml"])
def test_a_file_that_is_called_otherwise_is_told(folder: Path, name: str) -> None:
    (folder / name).write_text("days_off: {}\n", "utf-8")
    (problem,) = school_days(5, now=NOW).problems
    assert problem.file.name == name


def test_a_file_that_is_half_written_is_no_year(folder: Path) -> None:
    (folder / ".2026-abc.yaml").write_text("days_off: {", "utf-8")
    assert school_days(5, now=NOW).problems == ()


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "2026.yaml").write_bytes(b"\xff\xfe\x00")
    assert len(school_days(5, now=NOW).problems) == 1


def test_a_problem_reads_as_one_line(folder: Path) -> None:
    problem = told(folder, "days_off: {")
    assert "\n" not in str(problem)
    assert str(folder) in str(problem)


# Lines


@pytest.mark.parametrize(
    "line",
    [
        "2026-05-01..2026-05-03 Праздник",
        "01.05.2026–03.05.2026 Праздник",
        "01.05.2026-03.05.2026 Праздник",
        "01.05.26-03.05.26 Праздник",
        " 1.5.2026 — 3.5.2026  Праздник ",
        "01.05–03.05: Праздник",
        "01.05..03.05 – Праздник",
    ],
)
def test_days_may_be_written_in_many_ways(line: str) -> None:
    assert span_words(read_line(line, 2026)) == "01.05.2026–03.05.2026 Праздник"


def test_one_day_is_a_span_of_one() -> None:
    assert span_words(read_line("09.05 День Победы", 2026)) == "09.05.2026 День Победы"


@pytest.mark.parametrize("line", ["", "Праздник", "1", "01.05.2 Ура", "01.05Ура", "١.٥ Ура"])
def test_a_line_that_begins_with_no_date_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="ожидается дата"):
        read_line(line, 2026)


@pytest.mark.parametrize("line", ["32.01 Ура", "29.02 Ура", "2026-13-01 Ура", "0000-01-01 Ура"])
def test_a_day_that_no_calendar_has_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="нет в календаре"):
        read_line(line, 2026)


@pytest.mark.parametrize("name", ["я" * (LONGEST_NAME + 1), "а\u202eб", "а\x00б"])
def test_a_name_is_short_and_plain(name: str) -> None:
    with pytest.raises(ValueError, match="обычных знаков"):
        read_name(name)
