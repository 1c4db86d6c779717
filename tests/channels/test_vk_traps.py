"""VK: what the library and the platform do to those who trust them."""

from __future__ import annotations

import asyncio
import logging
import traceback
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import web

from broadcaster.contract import Accepted, Deferred, Outcome, Reason, Scope, Unconfirmed, Wording
from broadcaster.sandbox.faults import Fault, FaultKind
from channels.vk import Vk
from channels.vk.errors import VkError
from tests.channels.vk_stage import (
    TOKEN,
    USER_TOKEN,
    answering,
    configured,
    content,
    letter,
    letters,
    staged,
)
from tests.lent import MemoryUploads, OpenTurnstile

HOSTILE = [
    "кавычки \" и ' и `",
    "обратная \\ черта \\\\ и \\u0041 и \\",
    '"}),API.wall.delete({"owner_id":-777,"post_id":1}),API.messages.send({"peer_ids":"9',
    '\\"});return [];//',
    "</script><!-- --> /* */ //",
    "строка\u2028и\u2029абзац",
    "строка\nстрока\r\n\tтабуляция",
    "нуль \x01 и \x7f",
    "{{7*7}} ${7*7} %s",
    "семья 👨‍👩‍👧‍👦 и флаг 🇷🇺",
]


async def answered(channel: Vk) -> Outcome:
    [(_, outcome)] = [pair async for pair in channel.send([letter(content("Привет"), 1)])]
    return outcome


async def test_requests_name_the_version_we_understand() -> None:
    versions = []

    async def handle(request: web.Request) -> web.Response:
        versions.append((await request.post())["v"])
        return web.json_response({"response": []})

    async with answering(handle) as channel:
        await answered(channel)
    assert versions == ["5.199"]


async def test_error_6_is_an_outcome_and_not_repeated() -> None:
    async with staged(Fault(FaultKind.RATE_LIMIT, times=None)) as stage:
        outcome = await stage.outcome(letter(content("Привет"), 1))
        assert isinstance(outcome, Deferred)
        assert (outcome.reason, outcome.scope) == (Reason.RATE_LIMITED, Scope.CHANNEL)
        assert stage.platform.calls == {"messages.send": 1}
        assert stage.turnstile.holds == [1.0]


async def test_an_answer_that_never_comes_is_not_awaited_for_ever() -> None:
    async with staged(Fault(FaultKind.SLOW, seconds=60), timeout=0.1) as stage:
        started = monotonic()
        assert isinstance(await stage.outcome(letter(content("Привет"), 1)), Unconfirmed)
        assert monotonic() - started < 2


async def test_requests_go_out_side_by_side() -> None:
    async with staged(Fault(FaultKind.SLOW, seconds=0.1, times=4)) as stage:
        started = monotonic()
        outcomes = await stage.send(*(letter(content("Привет"), n) for n in range(1, 5)))
        assert {type(outcome) for outcome in outcomes.values()} == {Accepted}
        assert monotonic() - started < 0.38


async def test_the_librarys_own_pacing_is_off() -> None:
    async with staged() as stage:
        started = monotonic()
        await stage.send(*(letter(content("Привет"), n) for n in range(1, 13)))
        assert monotonic() - started < 0.6


@pytest.mark.parametrize("text", HOSTILE)
async def test_no_text_gets_out_of_its_place_in_a_script(text: str) -> None:
    async with staged() as stage:
        shared = content(Wording(("Имя: ", "name", "")))
        first, second = letter(shared, 1, name=text), letter(shared, 2, name="Анна")
        outcomes = await stage.send(first, second)
        assert {type(outcome) for outcome in outcomes.values()} == {Accepted}
        assert (stage.texts(1), stage.texts(2)) == ([f"Имя: {text}"], ["Имя: Анна"])
        assert len(stage.platform.inbox.all()) == 2


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_shared_text_arrives_character_by_character(text: str) -> None:
    async with staged() as stage:
        await stage.outcome(letter(content(text), 1))
        assert stage.texts(1) == [text]


async def test_the_last_allowed_character_of_a_personal_text_arrives() -> None:
    async with staged() as stage:
        shared = content(Wording(("🎄", "name", "Ы" * 8998)))
        await stage.outcome(letter(shared, 1, name="Щ"))
        assert stage.texts(1) == ["🎄Щ" + "Ы" * 8998]


async def test_an_answer_nobody_understands_is_unconfirmed() -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(text="<html>Войдите в сеть школы</html>")

    async with answering(handle) as channel:
        assert isinstance(await answered(channel), Unconfirmed)


@pytest.mark.parametrize("body", [{"error": "invalid_client"}, {"error": {}}, {}, [], "нет"])
async def test_an_unknown_kind_of_answer_is_unconfirmed(body: object) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response(body)

    async with answering(handle) as channel:
        assert isinstance(await answered(channel), Unconfirmed)


async def test_a_person_the_answer_does_not_name_is_unconfirmed() -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.json_response({"response": []})

    async with answering(handle) as channel:
        assert isinstance(await answered(channel), Unconfirmed)


async def test_a_redirect_does_not_carry_the_token_elsewhere() -> None:
    asked = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async with answering(handle) as channel:
        assert isinstance(await answered(channel), Unconfirmed)
    assert asked == ["/method/messages.send"]


async def test_a_token_in_the_platforms_own_words_is_blotted_out() -> None:
    async def handle(_: web.Request) -> web.Response:
        error = {"error_code": 5, "error_msg": f"User authorization failed: {TOKEN}"}
        return web.json_response({"error": error})

    async with answering(handle) as channel:
        outcome = await answered(channel)
        assert isinstance(outcome, Deferred)
        assert outcome.detail == "5 User authorization failed: ***"


@pytest.mark.parametrize("kind", [FaultKind.BAD_TOKEN, FaultKind.DROP, FaultKind.SERVER_ERROR])
async def test_an_error_holds_nothing_that_holds_the_token(kind: FaultKind) -> None:
    async with staged(Fault(kind), administrator=True) as stage:
        with pytest.raises(VkError) as caught:
            await stage.channel._community.call("groups.getById", {})
        error = caught.value
        assert error.__context__ is None
        assert error.__cause__ is None
        told = "".join(traceback.format_exception(error)) + repr(vars(error)) + repr(error)
        assert TOKEN not in told


async def test_the_libraries_do_not_log_a_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("vk_api", "requests", "urllib3"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with staged(Fault(FaultKind.SERVER_ERROR), administrator=True) as stage:
        await stage.send(*letters(content("Привет"), 2), letter(content("Всем"), "wall-777"))
        await stage.channel.check()
    told = [record.getMessage() + repr(vars(record)) for record in caplog.records]
    assert any("urllib3" in line for line in told)
    assert not [line for line in told if TOKEN in line or USER_TOKEN in line]


async def test_the_library_neither_reads_nor_writes_a_file_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vk_config.v2.json").write_text("[]")  # it would stumble over it
    async with staged() as stage:
        assert isinstance(await stage.outcome(letter(content("Привет"), 1)), Accepted)
    assert [path.name for path in tmp_path.iterdir()] == ["vk_config.v2.json"]


async def test_a_local_platform_is_not_looked_for_behind_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    async with staged() as stage:
        assert isinstance(await stage.outcome(letter(content("Привет"), 1)), Accepted)


async def test_a_line_to_vk_is_used_again() -> None:
    lines = set()

    async def handle(request: web.Request) -> web.Response:
        lines.add(request.transport)
        return web.json_response({"response": [{"peer_id": 1, "message_id": 1}]})

    async with answering(handle) as channel:
        for _ in range(12):
            await answered(channel)
    assert len(lines) <= 4  # the channel's own number of connections


@pytest.mark.parametrize("pause", [0.0, 0.02], ids=["much", "slowly"])
async def test_an_answer_without_an_end_is_not_read_for_ever(pause: float) -> None:
    async def handle(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with suppress(ConnectionError):
            while request.transport is not None:
                await response.write(b" " * (1 if pause else 65_536))
                await asyncio.sleep(pause)
        return response

    async with asyncio.timeout(3), answering(handle, timeout=0.3 if pause else 60) as channel:
        assert isinstance(await answered(channel), Unconfirmed)


async def test_a_server_that_speaks_no_tls_has_received_nothing() -> None:
    async with staged() as stage:
        config = configured(stage.platform.base_url.replace("http:", "https:"))
        async with Vk(config, turnstile=OpenTurnstile(), uploads=MemoryUploads()) as channel:
            outcome = await answered(channel)
    assert isinstance(outcome, Deferred), outcome
    assert outcome.reason is Reason.CONNECTION


async def test_a_platform_that_answers_mere_questions_alone_leaves_few_in_doubt() -> None:
    silent = Fault(FaultKind.CUT, seconds=60, times=None, method="execute")
    async with staged(silent, timeout=0.4, at_work=False) as stage:
        shared = content(Wording(("Имя: ", "name", "")))
        outcomes = await stage.send(*(letter(shared, n, name="Анна") for n in range(1, 251)))
    doubtful = [one for one in outcomes.values() if isinstance(one, Unconfirmed)]
    assert len(doubtful) == 50  # two requests of 25 calls
    assert {getattr(one, "reason", None) for one in outcomes.values()} == {None, Reason.HELD_BACK}
