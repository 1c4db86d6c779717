"""Recurrences in words."""

from __future__ import annotations

from datetime import date, time

import pytest

from broadcaster.calendar_words import (
    CONSENTS,
    FATES,
    KINDS,
    MISSED,
    NTH,
    SHIFTS,
    SKIPPED,
    UNANSWERED,
    rule_words,
)
from broadcaster.domain.days_off import Shift
from broadcaster.domain.occasions import Missed, Skipped, Unanswered
from broadcaster.domain.recurrence import recurrence
from broadcaster.domain.rule_choices import WEEKDAYS
from broadcaster.services.calendar.items import Consent
from broadcaster.services.calendar.showing import Fate, Kind

SAID = [
    ("FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=5", "каждый год 5 ноября"),
    ("FREQ=YEARLY;BYMONTH=5,11;BYMONTHDAY=5", "каждый год 5 мая и 5 ноября"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "каждый год 29 февраля"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "каждый год в последний день февраля"),
    ("FREQ=YEARLY;BYMONTH=10;BYDAY=2TH", "каждый год во второй четверг октября"),
    ("FREQ=YEARLY;BYMONTH=4,10;BYDAY=-1WE", "каждый год в последнюю среду апреля и октября"),
    ("FREQ=YEARLY;BYMONTH=5;BYDAY=TU", "каждый год по вторникам мая"),
    ("FREQ=YEARLY;BYMONTHDAY=1", "каждый месяц 1 числа"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "каждый месяц 1 и 15 числа"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "каждый месяц в последний день"),
    ("FREQ=MONTHLY;BYDAY=2SU", "каждый месяц во второе воскресенье"),
    ("FREQ=MONTHLY;BYDAY=SU;BYSETPOS=2", "каждый месяц во второе воскресенье"),
    ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "каждый месяц в последний рабочий день"),
    ("FREQ=WEEKLY;BYDAY=TH,MO", "каждую неделю по понедельникам и по четвергам"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "по будням"),
    ("FREQ=WEEKLY;BYMONTH=5,6;BYDAY=TU", "каждый вторник, только май и июнь"),
    ("FREQ=DAILY", "каждый день"),
]


@pytest.mark.parametrize(("rule", "words"), SAID)
def test_usual_rules_have_words(rule: str, words: str) -> None:
    said = rule_words(recurrence(rule), time(16)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == f"{words} в 16:00"


@pytest.mark.parametrize(
    ("rule", "begins", "words"),
    [
        (
            "FREQ=DAILY;INTERVAL=3",
            date(2026, 9, 1),
            "раз в 3 дня в 09:00, начиная с 1 сентября 2026",
        ),
        (
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;UNTIL=20270531",
            date(2026, 9, 1),
            "раз в 2 недели по пятницам в 09:00, начиная с 1 сентября 2026, по 31 мая 2027",
        ),
        (
            "FREQ=YEARLY;COUNT=5",
            date(2026, 11, 5),
            "каждый год 5 ноября в 09:00, начиная с 5 ноября 2026, всего 5 раз",
        ),
        ("FREQ=MONTHLY", date(2026, 1, 7), "каждый месяц 7 числа в 09:00, начиная с 7 января 2026"),
        (
            "FREQ=YEARLY;INTERVAL=5",
            date(2026, 1, 7),
            "раз в 5 лет 7 января в 09:00, начиная с 7 января 2026",
        ),
    ],
)
def test_bounds_are_told(rule: str, begins: date, words: str) -> None:
    said = rule_words(recurrence(rule, begins=begins), time(9))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=30,31",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=-2FR",
        "FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=YEARLY;BYDAY=2TH",
    ],
)
def test_an_unusual_rule_is_told_as_it_is_written(rule: str) -> None:
    assert rule_words(recurrence(rule), time(16)) == f"{rule} в 16:00"


def test_every_choice_has_its_words() -> None:
    for words, kind in [
        (CONSENTS, Consent),
        (FATES, Fate),
        (KINDS, Kind),
        (MISSED, Missed),
        (SHIFTS, Shift),
        (SKIPPED, Skipped),
        (UNANSWERED, Unanswered),
    ]:
        assert set(words) == set(kind)  # type: ignore[arg-type, call-overload]
    assert set(NTH) == set(WEEKDAYS)
