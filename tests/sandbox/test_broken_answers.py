"""Platforms that take a message and answer nonsense, and platforms that cut the line before it."""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientError, ServerDisconnectedError

from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.garbage import BODIES
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.mail.troubles import GARBAGE
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox
from tests.channels.email_stage import KEYS, server_tls
from tests.sandbox.telegram_caller import TOKEN, calling
from tests.sandbox.vk_asking import COMMUNITY, asking

SORTS = [*BODIES, "truncated"]


async def of_telegram(fault: Fault) -> tuple[bytes, str, int]:
    """What a call answers with, as what, and how many messages are stored."""
    async with calling() as caller:
        caller.sandbox.faults.add(fault)
        url = f"{caller.sandbox.base_url}/bot{TOKEN}/sendMessage"
        async with caller.session.post(url, json={"chat_id": "5", "text": "А"}) as answer:
            body = await answer.content.read(200_000)
            return body, answer.content_type, len(caller.shown())


async def of_vk(fault: Fault) -> tuple[bytes, str, int]:
    async with asking(fault) as ask:
        url = f"{ask.platform.base_url}/method/messages.send"
        form = {"peer_ids": "5", "message": "А", "random_id": "0", "v": "5.199"}
        async with ask.session.post(url, data={"access_token": COMMUNITY, **form}) as answer:
            body = await answer.content.read(200_000)
            return body, answer.content_type, len(ask.platform.inbox.all())


async def of_mail(fault: Fault) -> tuple[bytes, int]:
    """What follows a message, and how many are stored."""
    async with MailSandbox() as sandbox:
        sandbox.faults.add(fault)
        reader, writer = await asyncio.open_connection(
            *sandbox.base_url.split(":"), limit=1_000_000
        )
        said = b"EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
        writer.write(said)
        while not (await reader.readline()).startswith(b"354"):
            pass
        writer.write(b"Subject: x\r\n\r\nx\r\n.\r\n")
        try:
            return await reader.readline(), len(sandbox.inbox.all())
        except ConnectionError:
            return b"", len(sandbox.inbox.all())
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


HTTP = pytest.mark.parametrize("of", [of_telegram, of_vk])


def is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


@HTTP
@pytest.mark.parametrize("sort", SORTS)
async def test_garbage_comes_after_the_message_and_is_no_answer(of: Any, sort: str) -> None:
    body, _, stored = await of(Fault(FaultKind.GARBAGE, detail=sort))
    assert (is_json_object(body), stored) == (False, 1)


@HTTP
async def test_a_right_answer_may_have_the_wrong_type(of: Any) -> None:
    body, kind, stored = await of(Fault(FaultKind.GARBAGE, detail="plain"))
    assert (is_json_object(body), kind, stored) == (True, "text/plain", 1)


@HTTP
async def test_an_endless_answer_does_not_end(of: Any) -> None:
    body, _, stored = await of(Fault(FaultKind.GARBAGE, detail="endless"))
    assert (len(body) > 0, is_json_object(body), stored) == (True, False, 1)


async def test_a_cut_line_has_stored_nothing_in_telegram() -> None:
    async with calling() as caller:
        caller.sandbox.faults.add(Fault(FaultKind.CUT))
        with pytest.raises(ServerDisconnectedError):
            await caller.ok("sendMessage", chat_id="5", text="А")
        assert caller.shown() == []


async def test_a_cut_line_has_stored_nothing_in_vk() -> None:
    async with asking(Fault(FaultKind.CUT)) as ask:
        with pytest.raises(ServerDisconnectedError):
            await ask.send("5")
        assert ask.platform.inbox.all() == ()


@pytest.mark.parametrize("sort", GARBAGE)
async def test_garbage_follows_a_letter_that_was_taken(sort: str) -> None:
    line, stored = await of_mail(Fault(FaultKind.GARBAGE, detail=sort))
    assert (line, stored) == (GARBAGE[sort] + b"\r\n", 1)


async def test_a_letter_is_not_taken_when_the_line_is_cut_before_the_reply() -> None:
    assert await of_mail(Fault(FaultKind.CUT)) == (b"", 0)


async def test_a_platform_may_be_silent_for_as_long_as_the_script_says() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await of_telegram(Fault(FaultKind.CUT, seconds=60))


@pytest.mark.parametrize("kind", [TelegramSandbox, VkSandbox])
async def test_a_platform_may_be_spoken_to_in_secret(kind: Any) -> None:
    known = {"token": "1:a", "group_id": 1} if kind is VkSandbox else {}
    trusting = ssl.create_default_context(cafile=KEYS / "server.pem")
    path = "/method/groups.getById" if kind is VkSandbox else "/bot1:a/getMe"
    async with kind(**known, tls=server_tls()) as sandbox, aiohttp.ClientSession() as session:
        async with session.post(sandbox.base_url + path, ssl=trusting) as answer:
            assert isinstance(await answer.json(), dict)
        with pytest.raises(ClientError):
            await session.post(sandbox.base_url + path)
