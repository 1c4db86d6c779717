"""What a report says in the school's words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.deciding import Decision, Refusal
from broadcaster.domain.reasons import End, Hold, Skip
from broadcaster.domain.standing import Delay, Stage, Wait
from broadcaster.domain.states import State
from broadcaster.report_words import (
    DECISIONS,
    ORDERS,
    REFUSALS,
    STAGES,
    WAITS,
    WHO,
    platform_ids,
    until,
    why_not,
    why_nothing,
    why_waiting,
)
from broadcaster.store.queries.reports_people import Order, Try, Who
from broadcaster.words import REASONS
from tests.school import NOON
from tests.services.stage import MOSCOW

DAY = "20 ноября 2026"


def tried(channel: str, state: State, reason: str, **also: Any) -> Try:
    fields = {"at": NOON, "closed_at": None, "closed_why": "", "left_at": None} | also
    return Try(channel, state, reason, **fields)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (
            tried("telegram", State.FAILED, Reason.BLOCKED),
            f"Telegram: родитель заблокировал бота {DAY}",
        ),
        (
            tried("email", State.FAILED, Reason.NOT_FOUND),
            f"эл. почта: такого почтового адреса не существует {DAY}",
        ),
        (
            tried("vk", State.SKIPPED, Skip.ADDRESS_CLOSED, closed_why="not_found", closed_at=NOON),
            f"ВКонтакте: адрес не существует {DAY}",
        ),
        (tried("vk", State.SKIPPED, Skip.ADDRESS_CLOSED), "ВКонтакте: адрес закрыт"),
        (tried("", State.SKIPPED, Skip.NO_ADDRESS), "нет ни одного адреса"),
        (tried("vk", State.SKIPPED, Skip.NO_CONSENT), "ВКонтакте: нет согласия"),
        (
            tried("vk", State.SKIPPED, Skip.NO_CONSENT, left_at=NOON),
            f"ВКонтакте: родитель отозвал согласие {DAY}",
        ),
        (tried("vk", State.QUEUED, ""), "ВКонтакте: в очереди"),
        (tried("vk", State.HELD, Hold.QUIET_HOURS), "ВКонтакте: тихие часы"),
        (tried("vk", State.EXPIRED, End.TOO_LATE), "ВКонтакте: срок объявления прошёл"),
    ],
)
def test_why_somebody_was_not_reached(one: Try, words: str) -> None:
    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in why_nothing([one], MOSCOW)] == [
        words
    ]


def test_an_unknown_reason_is_told_as_it_is() -> None:
    assert why_not(tried("vk", State.SKIPPED, "later_invented"), MOSCOW).endswith("later_invented")


@pytest.mark.parametrize(
    ("hours", "words"),
    [(1, "в 13:00"), (19, "завтра в 07:00"), (43, "22 ноября 2026 в 07:00")],
)
def test_a_time_near_at_hand_is_told_by_the_clock(hours: int, words: str) -> None:
    told = until(NOON + timedelta(hours=hours), MOSCOW, NOON)
    assert told.replace("\N{NO-BREAK SPACE}", " ") == words


def test_what_keeps_copies_is_a_sentence() -> None:
    delay = Delay(Wait.QUIET_HOURS, "telegram", 3, NOON + timedelta(hours=19))
    told = why_waiting(delay, MOSCOW, NOON).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "Telegram: 3 копии — тихие часы; уйдёт завтра в 07:00."


@pytest.mark.parametrize(
    ("words", "every"),
    [
        (STAGES, Stage),
        (WAITS, Wait),
        (REFUSALS, Refusal),
        (DECISIONS, Decision),
        (WHO, Who),
        (ORDERS, Order),
    ],
)
def test_everything_has_its_words(words: dict[Any, str], every: Any) -> None:
    assert set(words) == set(every)


def test_every_end_has_its_words() -> None:
    assert set(End) <= set(REASONS)


def test_messages_are_told_by_the_platforms_names() -> None:
    parts = [[0, {"peer_id": 7, "message_id": 5}], [1, {"message_id": 6}]]
    assert platform_ids(parts) == ["peer_id 7, message_id 5", "message_id 6"]
