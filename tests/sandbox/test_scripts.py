"""What scripts ask of the sandbox, and who is not answered."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from broadcaster.sandbox.faults import Fault, FaultKind
from tests.sandbox.paper import MEMO, Paper, post, status


async def shown(browser: aiohttp.ClientSession, query: str = "") -> list[dict[str, Any]]:
    async with browser.get(f"/api/shown{query}") as answer:
        assert answer.content_type == "application/json"
        listed: list[dict[str, Any]] = await answer.json()
        return listed


async def test_scripts_read_what_was_shown(browser: aiohttp.ClientSession, paper: Paper) -> None:
    paper.show(text="Лёд", buttons=("Да",), files=(MEMO,))
    (item,) = await shown(browser)
    assert item["at"] == "2026-11-21T12:00:00+00:00"
    assert (item["address"], item["text"], item["buttons"]) == ("11", "Лёд", ["Да"])
    assert item["files"][0]["name"] == "памятка.pdf"


async def test_scripts_may_ask_for_one_address(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show()
    paper.show(address="12")
    assert len(await shown(browser, "?platform=paper&address=12")) == 1
    assert await shown(browser, "?platform=other") == []


@pytest.mark.parametrize("wrapped", [False, True])
async def test_scripts_add_faults_one_or_many(
    browser: aiohttp.ClientSession, paper: Paper, *, wrapped: bool
) -> None:
    entry = {"platform": "paper", "kind": "blocked", "address": "11"}
    body = json.dumps([entry] if wrapped else entry)
    assert await post(browser, "/api/faults", body) == (201, {"added": 1})
    assert paper.faults.take("any", "11") == Fault(FaultKind.BLOCKED, address="11")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "faults.not_json"),
        ("null", "faults.mistake"),
        ('{"platform": "pager", "kind": "gone"}', "faults.mistake"),
    ],
)
async def test_faults_that_make_no_sense_are_refused(
    browser: aiohttp.ClientSession, body: str, code: str
) -> None:
    answer = await post(browser, "/api/faults", body)
    assert (answer[0], answer[1]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("query", "messages", "faults"),
    [("", 0, 1), ("?what=shown", 0, 1), ("?what=faults", 1, 0), ("?what=all", 0, 0)],
)
async def test_clearing_forgets_what_it_was_asked_to(
    browser: aiohttp.ClientSession, paper: Paper, query: str, messages: int, faults: int
) -> None:
    paper.show()
    paper.faults.add(Fault(FaultKind.GONE))
    assert (await post(browser, f"/api/clear{query}"))[0] == 200
    assert len(paper.inbox.all()) == messages
    assert bool(paper.faults.take("any")) is bool(faults)


async def test_clearing_something_unknown_is_refused(browser: aiohttp.ClientSession) -> None:
    assert (await post(browser, "/api/clear?what=everything"))[0] == 400


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:8080"])
async def test_this_machine_is_answered(browser: aiohttp.ClientSession, host: str) -> None:
    assert await status(browser, "/", headers={"Host": host}) == 200


@pytest.mark.parametrize(
    "host", ["school.example", "127.0.0.1.school.example", "localhost.example:80", "", "[::1"]
)
async def test_a_name_that_points_here_is_not_answered(
    browser: aiohttp.ClientSession, host: str
) -> None:
    assert await status(browser, "/api/shown", headers={"Host": host}) == 403


@pytest.mark.parametrize("origin", ["https://school.example", "null", "http://localhost:1"])
async def test_pages_of_other_sites_may_change_nothing(
    browser: aiohttp.ClientSession, paper: Paper, origin: str
) -> None:
    paper.show()
    async with browser.post("/api/clear", headers={"Origin": origin}) as answer:
        assert answer.status == 403
    assert paper.inbox.all()
