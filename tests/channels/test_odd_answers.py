"""What platforms, and what stands before them, answer against all that is written of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from broadcaster.contract import (
    Accepted,
    Deferred,
    Reason,
    Rejected,
    Unconfirmed,
    Unreachable,
)
from broadcaster.domain.verdict import RetryPolicy, judge
from channels.email.errors import Phase, classify
from channels.email.replies import Reply
from tests.channels.telegram_stage import canned, outcome_from
from tests.channels.vk_stage import answering, content, document, letter, letters, staged
from tests.school import NOON


@pytest.mark.parametrize("status", [400, 403])
async def test_a_proxys_page_neither_closes_an_address_nor_fails_a_copy(status: int) -> None:
    async with canned(status, "<h1>nginx</h1>") as server:
        outcome = await outcome_from(server.url)
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.SERVER_ERROR


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"ok": false}',
        '{"ok": true, "result": true}',
        '{"ok": true, "result": {"x": 1}}',
        '{"ok": true, "result": [[1]]}',
        '{"ok": true, "result": {"message_id": 7, "date": 1e30, "chat": {"id": 5, "type": "x"}}}',
    ],
)
async def test_json_that_is_no_answer_is_a_lost_one(body: str) -> None:
    async with canned(200, body) as server:
        assert isinstance(await outcome_from(server.url), Unconfirmed)


@pytest.mark.parametrize("address", ["daily@mail.ru", "oversize@mail.ru", "info@policlinika.ru"])
@pytest.mark.parametrize("said", ["5.1.1 <{}>: User unknown in virtual table", "No such user <{}>"])
def test_an_address_that_the_server_repeats_is_no_word_of_its(said: str, address: str) -> None:
    outcome = classify(Phase.RCPT, Reply(550, said.format(address)))
    assert isinstance(outcome, Unreachable)
    assert outcome.reason is Reason.NOT_FOUND


@pytest.mark.parametrize("odd", [{"error": 901}, {"error": {"description": "x"}}, {}])
async def test_an_odd_answer_for_one_person_leaves_the_others_alone(odd: dict[str, object]) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response(
            {"response": [{"peer_id": 1} | odd, {"peer_id": 2, "message_id": 7}]}
        )

    async with answering(handle) as channel:
        told = {one.address: out async for one, out in channel.send(letters(content("x"), 2))}
    assert (type(told["1"]), type(told["2"])) == (Unconfirmed, Accepted)


async def test_a_file_that_is_gone_rejects_the_message_and_ends_no_batch(tmp_path: Path) -> None:
    file = document(tmp_path)
    file.path.unlink()
    async with staged() as stage:
        told = await stage.send(
            letter(content("x", attachments=[file]), 1), letter(content("y"), 2)
        )
    assert (type(told["1"]), type(told["2"])) == (Rejected, Accepted)


@pytest.mark.parametrize("wait", ["1e300", "Infinity", "NaN", "-5", "0"])
async def test_no_wait_is_too_odd_to_be_waited_for(wait: str) -> None:
    body = f'{{"ok": false, "error_code": 429, "parameters": {{"retry_after": {wait}}}}}'
    async with canned(429, body) as server:
        outcome = await outcome_from(server.url)
    verdict = judge(outcome, attempt=1, now=NOON, policy=RetryPolicy(), repeatable=False)
    assert verdict.hold_until is not None
    assert verdict.hold_until > NOON
