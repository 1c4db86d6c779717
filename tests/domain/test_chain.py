"""The chain of the audit log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from broadcaster.domain.chain import FIRST, Breach, Link, breach, plain
from broadcaster.domain.permissions import Role

LINK = Link(
    at=datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=UTC),
    actor="Мария Ивановна",
    user=3,
    action="paused",
    kind="announcement",
    subject="42",
    facts={"copies": 7},
    previous=FIRST,
)


def test_the_hash_is_the_same_in_every_time_zone() -> None:
    moscow = LINK.at.astimezone(timezone(timedelta(hours=3)))
    assert replace(LINK, at=moscow).digest() == LINK.digest()


def test_the_order_of_facts_does_not_matter() -> None:
    one, other = {"a": 1, "b": 2}, {"b": 2, "a": 1}
    assert replace(LINK, facts=one).digest() == replace(LINK, facts=other).digest()


@pytest.mark.parametrize(
    "other",
    [
        {"at": LINK.at + timedelta(microseconds=1)},
        {"actor": "Мария Петровна"},
        {"user": None},
        {"action": "resumed"},
        {"kind": "draft"},
        {"subject": "43"},
        {"facts": {}},
        {"previous": "0" * 64},
    ],
)
def test_the_hash_covers_everything(other: dict[str, Any]) -> None:
    assert replace(LINK, **other).digest() != LINK.digest()


def test_what_moves_from_one_column_to_the_next_shows() -> None:
    assert replace(LINK, kind="ab", subject="c").digest() != (
        replace(LINK, kind="a", subject="bc").digest()
    )


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (0.1, "0.1"),
        (True, True),
        (10**30, 10**30),
        ((1, Role.TEACHER), [1, "teacher"]),
        ({1: None}, {"1": None}),
        ({3, 1, 2}, [1, 2, 3]),
        ("нуль\x00", "нуль"),
        ("половина \ud800", "половина ?"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_facts_become_what_every_database_gives_back(value: object, stored: object) -> None:
    assert plain(value) == stored


@pytest.mark.parametrize(
    ("link", "has_follower", "found"),
    [
        (LINK, True, None),
        (replace(LINK, subject="43"), True, Breach.CHANGED),
        (replace(LINK, previous="0" * 64), False, Breach.REMOVED),
        (replace(LINK, previous="0" * 64), True, Breach.INSERTED),
    ],
)
def test_what_is_wrong_is_named(link: Link, has_follower: bool, found: Breach | None) -> None:
    digest = LINK.digest() if link.subject != LINK.subject else link.digest()
    assert breach(link, digest, before=FIRST, has_follower=has_follower) is found
