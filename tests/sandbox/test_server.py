"""The sandbox starts and stops as one."""

from __future__ import annotations

import socket
import threading
import urllib.request
from pathlib import Path

import pytest

from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.server import Sandbox, run_in_thread
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox
from tests.sandbox.paper import NOON, Paper

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "sandbox.yaml"


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
