"""Requests for consent in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.approval_words import (
    ABSENCE_MISTAKES,
    WIDENED,
    Deadline,
    asked_words,
    deadline_words,
    reminded_words,
)
from broadcaster.domain.asking import AbsenceMistake, Widened
from broadcaster.domain.occasions import Unanswered

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
SOON = NOON + timedelta(hours=4)
ZONE = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (Deadline(), "Уйдёт сразу после согласования; без него не уйдёт."),
        (Deadline(SOON), "Должно уйти 16:00; без согласования не уйдёт."),
        (
            Deadline(held_until=SOON),
            "Из-за тихих часов уйдёт не раньше 16:00; без согласования не уйдёт.",
        ),
        (Deadline(NOON), "Должно было уйти 12:00; уйдёт сразу после согласования."),
        (
            Deadline(decide_by=SOON, unanswered=Unanswered.SEND),
            "Ответьте до 16:00: если никто не ответит, уйдёт само.",
        ),
        (
            Deadline(decide_by=SOON, unanswered=Unanswered.SKIP),
            "Ответьте до 16:00: если никто не ответит, не уйдёт.",
        ),
        (Deadline(decide_by=SOON), "Ответьте до 16:00."),
    ],
)
def test_a_deadline_says_what_happens_in_silence(deadline: Deadline, words: str) -> None:
    assert deadline_words(deadline, now=NOON, zone=ZONE) == words


def test_those_who_stand_in_are_told_with_those_they_stand_in_for() -> None:
    words = asked_words([("Ольга", []), ("Анна", ["Мария", "Вера"])])
    assert words == "Спросили: Ольга; Анна (замещает: Мария, Вера)."


def test_a_long_list_is_cut() -> None:
    words = asked_words([(str(number), []) for number in range(9)])
    assert words == "Спросили: 0; 1; 2; 3; 4; 5; и ещё 3."


def test_nobody_to_ask_says_what_to_do() -> None:
    assert "пригласите ещё одного завуча" in asked_words([])


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (1, "Написали: 12:00."),
        (2, "Напомнили 1 раз, последний раз: 12:00."),
        (3, "Напомнили 2 раза, последний раз: 12:00."),
        (6, "Напомнили 5 раз, последний раз: 12:00."),
    ],
)
def test_reminders_are_counted_without_the_first_letter(times: int, words: str) -> None:
    assert reminded_words(times, NOON, now=NOON, zone=ZONE) == words


def test_without_letters_nothing_is_said() -> None:
    assert reminded_words(0, None, now=NOON, zone=ZONE) == ""


def test_everything_has_its_words() -> None:
    assert set(ABSENCE_MISTAKES) == set(AbsenceMistake)
    assert set(WIDENED) == set(Widened)
