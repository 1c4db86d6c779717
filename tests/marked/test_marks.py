"""A secret is found however it is spelled, and only where it does not belong."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from celery import Celery

from tests.marked.marks import Marks, Place, found
from tests.marked.stage import Stage, locked_redis

SECRET = "password"
PASSWORD = Marks().more[SECRET]


def leaks(text: str, *belong: str) -> list[str]:
    return found([Place("a file", text, frozenset(belong))], Marks())


@pytest.mark.parametrize("lead", range(6))
def test_it_is_found_in_base64_wherever_it_begins(lead: int) -> None:
    message = "x" * lead + PASSWORD + "конец"
    assert leaks(b64encode(message.encode()).decode())


@pytest.mark.parametrize("spell", [str, json.dumps, quote, quote_plus])
def test_it_is_found_as_it_is_in_json_and_in_an_address(spell: Callable[[str], str]) -> None:
    assert leaks(f"before {spell(PASSWORD)} after")


def test_where_it_belongs_it_is_passed_over() -> None:
    assert not leaks(PASSWORD, SECRET)


def test_what_only_resembles_it_is_not_taken_for_it() -> None:
    assert not leaks(b64encode(PASSWORD[:-2].encode()).decode() + PASSWORD[1:])


def test_it_is_found_in_a_message_that_waits_in_the_broker(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Marks(), {})
    with ExitStack() as stack:
        broker = locked_redis(stack, "of Redis")
        with Celery(broker=broker) as celery:
            celery.send_task("of.a.test", args=[PASSWORD], argsrepr="()", queue="marked")
        stage.gather_redis(broker)
    assert [one for one in found(stage.places, stage.marks) if "Redis b'marked'" in one]
