"""The local VK: scripts of calls, and what goes wrong on purpose."""

from __future__ import annotations

from time import monotonic

import pytest
from aiohttp import ClientError

from broadcaster.sandbox.faults import Fault, FaultKind
from tests.sandbox.vk_asking import COMMUNITY, GROUP, asking


async def test_a_script_answers_call_by_call() -> None:
    async with asking() as ask:
        good = 'API.messages.send({"peer_ids":"1","message":"А","random_id":1})'
        bad = 'API.messages.send({"peer_ids":"1","message":"","random_id":2})'
        answer = await ask("execute", code=f"return [{good}, {bad}, API.groups.fly({{}})];")
        assert [bool(item) for item in answer["response"]] == [True, False, False]
        assert [(e["method"], e["error_code"]) for e in answer["execute_errors"]] == [
            ("messages.send", 100),
            ("groups.fly", 3),
        ]


async def test_a_script_without_errors_names_none() -> None:
    async with asking() as ask:
        answer = await ask("execute", code="return [API.groups.getById({})];")
        assert list(answer) == ["response"]


@pytest.mark.parametrize(
    "code",
    [
        "return 1;",
        "return [];",
        "var a = 1; return [API.groups.getById({})];",
        "return [API.groups.getById({})]; return 1;",
        "return [API.groups.getById({a: 1})];",
        "return [API.groups.getById()];",
        "return [API.groups.getById([])];",
        "return [API.groups.getById({}) API.groups.getById({})];",
        'return [API.messages.send({"message":"строка\u2028"})];',
        'return [API.messages.send({"message":"строка\n"})];',
        f"return [{','.join(['API.groups.getById({})'] * 26)}];",
    ],
)
async def test_another_script_is_not_run(code: str) -> None:
    async with asking() as ask:
        assert await ask.code("execute", code=code) == 13


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(FaultKind.RATE_LIMIT), 6),
        (Fault(FaultKind.SERVER_ERROR), 10),
        (Fault(FaultKind.BAD_TOKEN), 5),
        (Fault(FaultKind.DEFER), 9),
        (Fault(FaultKind.DEFER, detail="29"), 29),
        (Fault(FaultKind.CONTENT), 100),
        (Fault(FaultKind.SERVER_ERROR, detail="14"), 14),
        (Fault(FaultKind.SERVER_ERROR, detail="17"), 17),
    ],
    ids=lambda value: f"{value.kind}{value.detail}" if isinstance(value, Fault) else None,
)
async def test_a_fault_of_the_request_stores_nothing(fault: Fault, code: int) -> None:
    async with asking(fault) as ask:
        assert (await ask.send("1,2"))["error"]["error_code"] == code
        assert ask.platform.inbox.all() == ()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault(FaultKind.GONE), 18),
        (Fault(FaultKind.LOST), 917),
        (Fault(FaultKind.BLOCKED, detail="900"), 900),
        (Fault(FaultKind.DEFER, address="1"), 9),
        (Fault(FaultKind.CONTENT, address="1"), 100),
    ],
    ids=lambda value: f"{value.kind}{value.detail}" if isinstance(value, Fault) else None,
)
async def test_a_fault_of_one_recipient_leaves_the_others(fault: Fault, code: int) -> None:
    async with asking(fault) as ask:
        first, second = (await ask.send("1,2"))["response"]
        assert first["error"]["code"] == code
        assert "error" not in second


async def test_a_captcha_says_where_its_picture_is() -> None:
    async with asking(Fault(FaultKind.SERVER_ERROR, detail="14")) as ask:
        error = (await ask.send("1"))["error"]
        assert {"captcha_sid", "captcha_img"} <= error.keys()


async def test_a_server_error_may_be_one_of_http() -> None:
    async with asking(Fault(FaultKind.SERVER_ERROR, detail="502")) as ask:
        url = f"{ask.platform.base_url}/method/messages.send"
        form = {"access_token": COMMUNITY, "v": "5.199"}
        async with ask.session.post(url, data=form) as answer:
            assert answer.status == 502


async def test_a_slow_answer_comes_after_the_message() -> None:
    async with asking(Fault(FaultKind.SLOW, seconds=0.1)) as ask:
        started = monotonic()
        await ask.send("1")
        assert monotonic() - started >= 0.1
        assert len(ask.platform.inbox.all()) == 1


async def test_a_dropped_connection_comes_after_the_message() -> None:
    async with asking(Fault(FaultKind.DROP)) as ask:
        with pytest.raises(ClientError):
            await ask.send("1")
        assert len(ask.platform.inbox.all()) == 1


async def test_a_fault_may_be_meant_for_a_call_in_a_script() -> None:
    async with asking(Fault(FaultKind.BLOCKED, method="messages.send", address="2")) as ask:
        calls = ",".join(
            f'API.messages.send({{"peer_id":{n},"message":"А","random_id":{n}}})' for n in (1, 2)
        )
        answer = await ask("execute", code=f"return [{calls}];")
        assert [bool(item) for item in answer["response"]] == [True, False]
        assert answer["execute_errors"][0]["error_code"] == 901


async def test_a_lost_wall_may_not_be_posted_on() -> None:
    async with asking(Fault(FaultKind.LOST)) as ask:
        assert await ask.code("wall.post", owner_id=-GROUP, message="Каток") == 214


async def test_requests_are_counted_by_method() -> None:
    async with asking() as ask:
        await ask.send("1")
        await ask.send("1")
        assert ask.platform.calls == {"messages.send": 2}


async def test_latency_is_added_to_every_answer() -> None:
    async with asking(latency=0.05) as ask:
        started = monotonic()
        await ask("groups.getById")
        assert monotonic() - started >= 0.05
