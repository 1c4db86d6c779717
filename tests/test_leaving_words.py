"""When the last copy leaves, in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broadcaster.domain.planner import Bound
from broadcaster.leaving_words import BINDS, ends_words, last_words, lasting
from broadcaster.services.foretelling import Foretold, Line

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def line(
    last: datetime | None = NOON, binds: Bound = Bound.LIMIT, channel: str = "telegram"
) -> Line:
    return Line(channel, copies=1, requests=1, last=last, binds=binds)


def told(*lines: Line) -> Foretold:
    lasts = [one.last for one in lines if one.last]
    return Foretold(NOON, lines, max(lasts, default=None))


def test_every_reason_has_its_words() -> None:
    assert set(BINDS) == set(Bound)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (told(), ""),
        (told(line()), "Последняя копия уйдёт примерно: 12:00 (Telegram). Что её держит: предел"),
        (told(line(binds=Bound.NOTHING)), "Последняя копия уйдёт почти сразу: 12:00 (Telegram)."),
        (told(line(None, Bound.PAUSED)), "неизвестно: остановлены каналы (Telegram)"),
        (told(line(None)), "Ни одна копия не уйдёт"),
    ],
)
def test_one_sentence_tells_the_end(one: Foretold, words: str) -> None:
    assert words in ends_words(one, MOSCOW)
    assert bool(ends_words(one, MOSCOW)) is bool(words)


def test_another_day_is_named() -> None:
    tomorrow = told(line(NOON + timedelta(days=1)))
    assert last_words(tomorrow.lines[0], tomorrow, MOSCOW) == "21\xa0ноября,\xa012:00"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 с"), (61, "1 мин 1 с"), (13_733, "3 ч 48 мин"), (86_401, "1 сут 0 ч")],
)
def test_spans_are_told_in_two_units(seconds: float, words: str) -> None:
    assert lasting(seconds) == words.replace(" ", "\N{NO-BREAK SPACE}")
