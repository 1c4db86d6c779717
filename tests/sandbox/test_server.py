"""The sandbox starts and stops as one, reads faults, and shows phones to this machine only."""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.request
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from yarl import URL

from broadcaster.sandbox.faultfile import FaultMistake
from broadcaster.sandbox.faults import Fault, FaultKind, FaultScript
from broadcaster.sandbox.gallery.drawing import TEMPLATES
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.phone import Inbox, Shown, ShownFile
from broadcaster.sandbox.server import Sandbox, run_in_thread
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sandbox.yaml"
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PHOTO = ShownFile("пруд.jpg", "image/jpeg", b"a picture")
MEMO = ShownFile("памятка.pdf", "application/pdf", b"%PDF-")


class Paper:
    """The smallest platform: messages are put into its inbox by hand."""

    base_url = "paper:"

    def __init__(self, name: str = "paper", *, broken: str = "") -> None:
        self.name = name
        self.faults = FaultScript()
        self.inbox = Inbox()
        self.calls: dict[str, int] = {}
        self.running = False
        self._broken = broken

    async def __aenter__(self) -> Self:
        if self._broken == "start":
            raise OSError(self.name)
        self.running = True
        return self

    async def __aexit__(self, *failure: object) -> None:
        self.running = False
        if self._broken == "stop":
            raise OSError(self.name)

    def show(self, **fields: Any) -> None:
        given = {"platform": self.name, "address": "11", "at": NOON, "ids": {"message_id": 1}}
        self.inbox.add(Shown(**{**given, **fields}))


@pytest.fixture
def paper() -> Paper:
    return Paper()


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "faults.yaml"
    path.write_text(text, "utf-8")
    return path


async def test_everything_runs_while_the_block_lasts() -> None:
    first, second = Paper("first"), Paper("second")
    async with Sandbox([first, second]):
        assert (first.running, second.running) == (True, True)
    assert (first.running, second.running) == (False, False)


async def test_when_one_part_does_not_start_the_others_are_stopped() -> None:
    first = Paper("first")
    with pytest.raises(OSError, match="second"):
        async with Sandbox([first, Paper("second", broken="start")]):
            pass
    assert not first.running


async def test_when_the_pages_port_is_taken_the_platforms_are_stopped() -> None:
    paper = Paper()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        sandbox = Sandbox([paper], port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await sandbox.__aenter__()
    assert not paper.running


async def test_the_page_listens_on_this_machine_only() -> None:
    async with Sandbox([Paper()]) as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")


async def test_the_real_platforms_run_in_it_together() -> None:
    platforms = [TelegramSandbox(), VkSandbox(token="t", group_id=1), MailSandbox()]
    async with Sandbox(platforms) as sandbox:
        assert set(sandbox.platforms) == {"telegram", "vk", "email"}
        assert sandbox.load_faults(EXAMPLE) == 10


async def test_everything_shown_stands_in_the_order_of_time() -> None:
    first, second = Paper("first"), Paper("second")
    first.show(text="позже", at=NOON.replace(hour=13))
    second.show(text="раньше")
    assert [item.text for item in Sandbox([first, second]).shown()] == ["раньше", "позже"]


def test_in_a_thread_it_runs_while_the_block_lasts() -> None:
    paper, others = Paper(), set(threading.enumerate())
    with run_in_thread(Sandbox([paper])) as sandbox:
        assert paper.running
        with urllib.request.urlopen(sandbox.base_url) as answer:
            assert answer.status == 200
    assert not paper.running
    left = set(threading.enumerate()) - others
    assert not [thread for thread in left if thread.name.startswith("sandbox")]


@pytest.mark.parametrize("moment", ["start", "stop"])
def test_what_goes_wrong_in_the_thread_is_raised_here(moment: str) -> None:
    with (
        pytest.raises(OSError, match="paper"),
        run_in_thread(Sandbox([Paper(broken=moment)])),
    ):
        pass


def test_a_failure_of_the_block_stops_the_thread() -> None:
    paper = Paper()
    with pytest.raises(KeyError), run_in_thread(Sandbox([paper])):
        raise KeyError
    assert not paper.running


def test_faults_of_a_file_are_added_to_their_platforms(tmp_path: Path, paper: Paper) -> None:
    text = "- {platform: paper, address: 11, kind: rate_limit, times: 1, seconds: 2}"
    assert Sandbox([paper]).load_faults(written(tmp_path, text)) == 1
    assert paper.faults.take("any", "11") == Fault(FaultKind.RATE_LIMIT, 1, "11", "", 2.0)


@pytest.mark.parametrize(
    ("times", "happens"), [(", times: null", [True, True]), ("", [True, False])]
)
def test_null_times_are_for_ever_and_none_at_all_is_once(
    tmp_path: Path, paper: Paper, times: str, happens: list[bool]
) -> None:
    path = written(tmp_path, f"- {{platform: paper, kind: gone{times}}}")
    Sandbox([paper]).load_faults(path)
    assert [bool(paper.faults.take("any")) for _again in range(2)] == happens


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{kind: gone}", "нет поля platform"),
        ("{platform: paper}", "нет поля kind"),
        ("{platform: papr, kind: gone}", "platform: «papr» не подходит; можно paper"),
        ("{platform: paper, kind: gon}", "kind: «gon» не подходит; можно rate_limit, "),
        ("{platform: paper, kind: [gone]}", "kind: «['gone']» не подходит; можно "),
        ("{platform: paper, kind: gone, times: 0}", "times: «0», а нужно целое число от 1"),
        ("{platform: paper, kind: gone, times: true}", "times: «True», а нужно целое число"),
        ("{platform: paper, kind: slow, seconds: -1}", "seconds: «-1», а нужно число секунд"),
        ("{platform: paper, kind: slow, seconds: .nan}", "seconds: «nan», а нужно число"),
        ("{platform: paper, kind: gone, address: 1.5}", "address: «1.5», а нужно строка"),
        ("{platform: paper, kind: gone, kinds: x}", "поля «kinds» нет; возможно, kind"),
        ("{platform: paper, kind: gone, 7: x}", "поля «7» нет; есть platform, "),
        ("gone", "нужна запись с полями platform и kind"),
    ],
)
def test_a_mistake_names_file_entry_and_what_was_expected(
    tmp_path: Path, entry: str, problem: str
) -> None:
    path = written(tmp_path, f"- {{platform: paper, kind: gone}}\n- {entry}\n")
    with pytest.raises(FaultMistake, match=re.escape(f"{path}, запись 2: {problem}")):
        Sandbox([Paper()]).load_faults(path)


def test_a_mistake_adds_no_fault_at_all(tmp_path: Path, paper: Paper) -> None:
    path = written(tmp_path, "- {platform: paper, kind: gone}\n- {platform: paper}")
    with pytest.raises(FaultMistake):
        Sandbox([paper]).load_faults(path)
    assert paper.faults.take("any") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("platform: paper", "нужен список записей"),
        ("", "нужен список записей"),
        ("- {platform: [", "это не YAML: "),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(FaultMistake, match=re.escape(f"{path}: {problem}")):
        Sandbox([Paper()]).load_faults(path)


def test_a_missing_file_is_a_mistake_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(FaultMistake, match=r"nowhere\.yaml: файл не читается"):
        Sandbox([Paper()]).load_faults(tmp_path / "nowhere.yaml")


@pytest.fixture
async def browser(paper: Paper) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        Sandbox([paper]) as sandbox,
        aiohttp.ClientSession(sandbox.base_url) as session,
    ):
        yield session


async def page(browser: aiohttp.ClientSession, path: str | URL) -> str:
    async with browser.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def status(
    browser: aiohttp.ClientSession, path: str, *, headers: Mapping[str, str] | None = None
) -> int:
    async with browser.get(path, headers=headers) as answer:
        return answer.status


async def test_the_first_page_lists_phones_with_counts(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show()
    paper.show()
    assert re.search(r'href="/phone/paper/11"><b>11</b><span>2 сообщения', await page(browser, "/"))


async def test_a_platform_that_got_nothing_says_so(browser: aiohttp.ClientSession) -> None:
    assert "Сюда пока ничего не пришло." in await page(browser, "/")


async def test_a_phone_shows_what_came_to_its_address(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show(text="Своё")
    paper.show(text="Чужое", address="12")
    phone = await page(browser, "/phone/paper/11")
    assert "Своё" in phone
    assert "Чужое" not in phone


@pytest.mark.parametrize("address", ["olga+школа@example.org", "a/b@example.org", "%2e", "-100"])
async def test_links_lead_to_phones_whatever_the_address(
    browser: aiohttp.ClientSession, paper: Paper, address: str
) -> None:
    paper.show(address=address, text="Дошло")
    (link,) = re.findall(r'href="(/phone/[^"]*)"', await page(browser, "/"))
    assert "Дошло" in await page(browser, URL(link, encoded=True))


async def test_a_phone_that_got_nothing_waits_for_it(browser: aiohttp.ClientSession) -> None:
    assert "Сюда ничего не пришло" in await page(browser, "/phone/paper/99")


async def test_pages_look_again_by_themselves(browser: aiohttp.ClientSession) -> None:
    assert 'src="/static/live.js"' in await page(browser, "/")


@pytest.mark.parametrize("name", ["gallery.css", "gallery.js", "live.js"])
async def test_what_the_pages_need_is_served(browser: aiohttp.ClientSession, name: str) -> None:
    assert await page(browser, f"/static/{name}") == (TEMPLATES / name).read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    ["/static/page.html.j2", "/static/..%2fgallery.css", "/files/0.jpg", "/phone/pager/1"],
)
async def test_nothing_else_is_served(browser: aiohttp.ClientSession, path: str) -> None:
    assert await status(browser, path) == 404


async def test_pictures_are_shown(browser: aiohttp.ClientSession, paper: Paper) -> None:
    paper.show(files=(PHOTO,))
    (link,) = re.findall(r'<img src="([^"]*)"', await page(browser, "/phone/paper/11"))
    async with browser.get(link) as answer:
        assert answer.content_type == "image/jpeg"
        assert await answer.read() == PHOTO.content


async def test_documents_are_saved_and_never_opened(
    browser: aiohttp.ClientSession, paper: Paper
) -> None:
    paper.show(files=(MEMO,))
    (link,) = re.findall(r'class="paper" href="([^"]*)"', await page(browser, "/phone/paper/11"))
    async with browser.get(link) as answer:
        assert answer.headers["Content-Disposition"] == "attachment"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert await answer.read() == MEMO.content


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


async def post(
    browser: aiohttp.ClientSession, path: str, body: str = ""
) -> tuple[int, dict[str, Any]]:
    async with browser.post(path, data=body.encode()) as answer:
        return answer.status, await answer.json()


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
