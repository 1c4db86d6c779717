"""What Telegram's refusals and silences mean, and what is never told about them."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest
from telegram.error import BadRequest, Forbidden, NetworkError

from broadcaster.contract import (
    REST,
    Accepted,
    Deferred,
    Part,
    Reason,
    Rejected,
    Scope,
    Secret,
    Unconfirmed,
    Unreachable,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from channels.telegram import Telegram
from channels.telegram.errors import outcome_of
from tests.channels.telegram_stage import (
    PERSON,
    TOKEN,
    Stage,
    canned,
    channel,
    copies,
    envelope,
    outcome_from,
)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    async with stage.sandbox:
        yield stage


# Refusals


@pytest.mark.parametrize(
    ("words", "kind", "reason"),
    [
        ("chat not found", Unreachable, Reason.NOT_FOUND),
        ("PEER_ID_INVALID", Unreachable, Reason.NOT_FOUND),
        ("USER_ID_INVALID", Unreachable, Reason.NOT_FOUND),
        ("not enough rights to send photos to the chat", Unreachable, Reason.DESTINATION_LOST),
        ("need administrator rights in the channel chat", Unreachable, Reason.DESTINATION_LOST),
        ("message text is empty", Rejected, Reason.CONTENT),
        ("message is too long", Rejected, Reason.CONTENT),
        ("message caption is too long", Rejected, Reason.CONTENT),
        ("can't parse entities: Unclosed start tag at byte offset 3", Rejected, Reason.CONTENT),
        ("BUTTON_DATA_INVALID", Rejected, Reason.CONTENT),
        ("words nobody has seen", Rejected, Reason.CONTENT),
        ("file is too big", Rejected, Reason.TOO_LARGE),
        ("failed to get HTTP URL content", Deferred, Reason.SERVER_ERROR),
    ],
)
async def test_a_bad_request_is_classed_by_its_words(
    stage: Stage, words: str, kind: type, reason: Reason
) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.CONTENT, detail=words))
    outcome = await stage.outcome(envelope("Текст"))
    assert (type(outcome), getattr(outcome, "reason", None)) == (kind, reason)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("bot was blocked by the user", Reason.BLOCKED),
        ("user is deactivated", Reason.DEACTIVATED),
        ("bot can't initiate conversation with a user", Reason.NO_PERMISSION),
        ("bot was kicked from the supergroup chat", Reason.DESTINATION_LOST),
        ("bot is not a member of the channel chat", Reason.DESTINATION_LOST),
        ("the group chat was deleted", Reason.DESTINATION_LOST),
        ("words nobody has seen", Reason.DESTINATION_LOST),
    ],
)
def test_a_forbidden_copy_is_unreachable(words: str, reason: Reason) -> None:
    outcome = outcome_of(Forbidden(f"Forbidden: {words}"), ())
    assert isinstance(outcome, Unreachable)
    assert outcome.reason is reason


async def test_a_bad_request_is_no_network_error_though_it_is_one() -> None:
    assert issubclass(BadRequest, NetworkError)
    assert isinstance(outcome_of(BadRequest("Bad Request: message is too long"), ()), Rejected)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (500, {}, (Deferred, Reason.SERVER_ERROR, None)),
        (502, {}, (Deferred, Reason.SERVER_ERROR, None)),
        (504, {}, (Deferred, Reason.SERVER_ERROR, None)),
        (413, {}, (Rejected, Reason.TOO_LARGE, None)),
        (302, {"Location": "/"}, (Deferred, Reason.SERVER_ERROR, None)),
        (429, {"Retry-After": "11"}, (Deferred, Reason.RATE_LIMITED, 11.0)),
        (429, {}, (Deferred, Reason.RATE_LIMITED, 5.0)),
        (404, {}, (Deferred, Reason.CREDENTIALS, None)),
        (407, {}, (Deferred, Reason.SERVER_ERROR, None)),
        (200, {}, (Unconfirmed, None, None)),
    ],
)
async def test_a_page_that_is_no_answer_of_the_api_is_understood_by_its_status(
    status: int, headers: dict[str, str], expected: tuple[type, Reason | None, float | None]
) -> None:
    async with canned(status, "<h1>nginx</h1>", headers) as server:
        outcome = await outcome_from(server.url)
    told = (getattr(outcome, "reason", None), getattr(outcome, "retry_after", None))
    assert (type(outcome), *told) == expected


async def test_a_host_that_swallows_packets_has_received_nothing() -> None:
    with ExitStack() as open_sockets:
        deaf = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        outcome = await outcome_from(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeout=0.2)
    assert outcome == Deferred(
        Reason.CONNECTION, REST, scope=Scope.CHANNEL, detail="ConnectionTimeoutError"
    )


async def test_a_platform_that_takes_all_and_answers_nothing_leaves_few_in_doubt(
    stage: Stage,
) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.CUT, seconds=60, times=None))
    async with channel(stage.sandbox.base_url, stage.turnstile, timeout=0.6) as tg:
        outcomes = [outcome async for _, outcome in tg.send(copies(60))]
    assert sum(isinstance(one, Unconfirmed) for one in outcomes) <= 2
    assert sum(getattr(one, "reason", None) is Reason.HELD_BACK for one in outcomes) >= 57


async def test_a_platform_that_falls_silent_leaves_in_doubt_what_was_under_way(
    stage: Stage,
) -> None:
    async with channel(stage.sandbox.base_url, stage.turnstile) as tg:
        assert [type(one) async for _, one in tg.send(copies(5))] == [Accepted] * 5
        stage.sandbox.faults.add(Fault(FaultKind.CUT, seconds=60, times=None))
        outcomes = [outcome async for _, outcome in tg.send(copies(60))]
    assert sum(isinstance(one, Unconfirmed) for one in outcomes) <= 16 + 1  # one is tried alone


async def test_one_lost_answer_holds_nobody_back(stage: Stage) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.DROP, method="sendMessage"))
    outcomes = await stage.send(*copies(40))
    assert [type(one) for one in outcomes].count(Accepted) == 39
    assert stage.turnstile.holds == []


async def test_an_answer_without_an_end_is_not_kept_in_memory(stage: Stage) -> None:
    stage.sandbox.faults.add(Fault(FaultKind.GARBAGE, method="sendMessage", detail="endless"))
    async with asyncio.timeout(3):
        outcome = await outcome_from(stage.sandbox.base_url, timeout=60)
    assert outcome == Unconfirmed("an answer without an end")


async def test_what_goes_through_a_proxy_goes_through_it() -> None:
    async with canned() as proxy:
        outcome = await outcome_from("http://api.invalid", proxy=proxy.url)
    assert outcome == Accepted((Part(0, {"chat_id": 5, "message_id": 7}),))
    assert proxy.at == [f"http://api.invalid/bot{TOKEN}/sendMessage"]


# Configuration, health, secrets


async def test_a_channel_without_a_token_says_so_and_starts_all_the_same(stage: Stage) -> None:
    async with channel(stage.sandbox.base_url, token="") as tg:
        health = await tg.check()
    assert (health.ok, "token" in health.problem) == (False, True)


async def test_a_channel_held_back_asks_nothing(stage: Stage) -> None:
    stage.turnstile.hold(5)
    async with channel(stage.sandbox.base_url, stage.turnstile) as tg:
        health = await tg.check()
    assert not health.ok
    assert stage.sandbox.calls == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "api.telegram.org"},
        {"base_url": "https://api.telegram.org:99999"},
        {"proxy": "socks5://127.0.0.1:1080"},
        {"proxy": "http://[::1"},
    ],
)
def test_addresses_that_cannot_work_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Telegram.Config(token=Secret(TOKEN), **wrong)


def test_a_proxys_password_is_not_printed() -> None:
    config = Telegram.Config(token=Secret(TOKEN), proxy="http://school:hush@127.0.0.1:3128")
    assert "hush" not in repr(config)


def test_the_bot_inside_does_not_print_its_token() -> None:
    assert TOKEN not in repr(channel("http://127.0.0.1:9")._bot)


async def test_a_page_that_repeats_the_address_tells_no_token() -> None:
    echo = '{"ok": false, "error_code": 400, "description": "Bad Request: no {path}"}'
    async with canned(400, echo) as server:
        outcome = await outcome_from(server.url)
    assert isinstance(outcome, Rejected)
    assert TOKEN.lower() not in outcome.detail.lower()
    assert "***" in outcome.detail


async def test_no_token_address_or_text_is_logged_even_by_the_library(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="telegram.Bot")
    stage.sandbox.faults.add(Fault(FaultKind.DROP), Fault(FaultKind.SERVER_ERROR))
    for _ in range(3):
        await stage.outcome(envelope("Тайна"))
    told = [repr(vars(record)) for record in caplog.records if record.name != "asyncio"]
    assert told
    assert not [line for line in told if TOKEN in line or "Тайна" in line or PERSON in line]


async def test_a_failure_holds_no_trace_of_the_librarys_own_error() -> None:
    async with channel("http://127.0.0.1:9") as tg:
        with pytest.raises(NetworkError) as failure:
            await tg._bot.get_me()
    error: BaseException | None = failure.value
    while error is not None:
        assert TOKEN not in repr(error)
        error = error.__cause__ or error.__context__
