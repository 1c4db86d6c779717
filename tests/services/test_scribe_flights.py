"""What a lane's flights hear of answers: at once, and until the database knows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from broadcaster.domain.states import State
from broadcaster.domain.verdict import Verdict
from broadcaster.services.flights import SIZE, Fate, Flights
from broadcaster.services.scribe import Scribe
from tests.services.scribe_stage import sent, under_way

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

PART = [[0, {"id": 1}]]


@pytest.mark.parametrize(
    ("state", "parts", "fate"),
    [
        (State.SENT, PART, Fate.TAKEN),
        (State.DEFERRED, [], Fate.REFUSED),
        (State.FAILED, [], Fate.REFUSED),
        (State.DEFERRED, PART, Fate.LEFT),
        (State.UNCONFIRMED, [], Fate.LEFT),
    ],
)
def test_what_an_answer_tells_is_known_before_it_is_written(
    state: State, parts: list[Any], fate: Fate
) -> None:
    heard: list[tuple[int, Fate]] = []

    class Listening(Flights):
        def answered(self, copy: int, fate: Fate) -> None:
            heard.append((copy, fate))

    lane, [row] = under_way()

    async def whole() -> None:
        async with Scribe("alpha", lane, Listening(bytearray(SIZE))) as scribe:
            scribe.note(replace(sent(row), parts=parts, verdict=Verdict(state)))
            assert heard == [(row.pk, fate)]

    asyncio.run(whole())


def test_the_flights_forget_a_copy_once_its_answer_is_written() -> None:
    forgotten: list[int] = []

    class Listening(Flights):
        def recorded(self, copies: Iterable[int]) -> None:
            forgotten.extend(copies)

    lane, [row] = under_way()

    async def whole() -> None:
        async with Scribe("alpha", lane, Listening(bytearray(SIZE))) as scribe:
            scribe.note(sent(row))
            assert forgotten == []

    asyncio.run(whole())
    assert forgotten == [row.pk]
