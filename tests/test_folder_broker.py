"""The broker in a folder: what a worker takes is whole, and everything arrives once."""

from __future__ import annotations

import os
import select
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from threading import Event
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.transport.virtual import BrokerState

from broadcaster import folder_broker
from broadcaster.folder_broker import Transport, bell_of

MESSAGES = 1500


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Where the messages are; kombu remembers tables that were written for other folders."""
    monkeypatch.setattr(Transport, "global_state", BrokerState())
    folders = {name: tmp_path / name for name in ("queue", "processed", "control")}
    for folder in folders.values():
        folder.mkdir()
    return {
        "data_folder_in": str(folders["queue"]),
        "data_folder_out": str(folders["queue"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "store_processed": True,
    }


def channel(options: dict[str, Any]) -> Any:
    connection = Connection(
        "filesystem://localhost", transport=Transport, transport_options=options
    )
    return connection.channel()


def taken(options: dict[str, Any], done: Event) -> list[int]:
    """What one worker gets until nothing more comes."""
    mine, got = channel(options), []
    while True:
        last = done.is_set()
        try:
            got.append(mine._get("celery")["number"])
        except Empty:
            if last:
                return got


def test_a_worker_that_looks_all_the_time_gets_every_message_whole_and_once(
    options: dict[str, Any],
) -> None:
    done = Event()
    with ThreadPoolExecutor(3) as threads:
        workers = [threads.submit(taken, options, done) for _ in range(2)]
        mine = channel(options)
        for number in range(MESSAGES):
            mine._put("celery", {"number": number, "body": "Ж" * 2000})
        done.set()
        got = [number for worker in workers for number in worker.result()]
    assert sorted(got) == list(range(MESSAGES))


def test_a_table_is_written_once_and_never_seen_half(options: dict[str, Any]) -> None:
    for _ in range(3):
        channel(options)._queue_bind("celery", "celery", "", "celery")
    (file,) = Path(options["control_folder"]).iterdir()
    assert file.read_text() == '[["celery", "", "celery"]]'
    assert channel(options).get_table("celery") == [("celery", "", "celery")]


def test_nothing_else_lies_in_the_folder_afterwards(options: dict[str, Any]) -> None:
    mine = channel(options)
    mine._put("celery", {"number": 1})
    assert [file.suffix for file in Path(options["data_folder_in"]).iterdir()] == [".msg"]


def listening(options: dict[str, Any], heard: list[int]) -> Any:
    """A worker's connection; what it is delivered lands in `heard`."""
    connection = Connection(
        "filesystem://localhost",
        transport=Transport,
        transport_options=options | {"store_processed": False},
    )
    queue = Queue("celery", Exchange("celery"), routing_key="celery")
    consumer = connection.Consumer(queue, callbacks=[lambda body, _: heard.append(body["number"])])
    consumer.consume(no_ack=True)
    return connection


def test_a_sleeping_worker_is_woken_by_a_message(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_broker, "LOOK_EVERY", 60.0)
    heard: list[int] = []
    worker = listening(options, heard)
    with pytest.raises(TimeoutError):
        worker.drain_events(timeout=0.01)
    with ThreadPoolExecutor(1) as thread:
        woken = thread.submit(worker.drain_events, timeout=30)
        with Connection(
            "filesystem://localhost", transport=Transport, transport_options=options
        ) as other:
            other.Producer().publish({"number": 7}, exchange="celery", routing_key="celery")
        woken.result(timeout=30)
    assert heard == [7]


def test_a_worker_finds_by_itself_what_was_left_without_a_bell(options: dict[str, Any]) -> None:
    heard: list[int] = []
    worker = listening(options, heard)
    with Connection(
        "filesystem://localhost", transport=Transport, transport_options=options
    ) as other:
        other.Producer().publish({"number": 7}, exchange="celery", routing_key="celery")
    worker.drain_events(timeout=5)
    assert heard == [7]


def test_where_there_are_no_pipes_a_worker_looks_as_often_as_it_is_told(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.mkfifo")
    heard: list[int] = []
    worker = listening(options | {"polling_interval": 0.01}, heard)
    with pytest.raises(TimeoutError):
        worker.drain_events(timeout=0.02)
    assert not bell_of(Path(options["control_folder"])).listen()


def test_a_bell_that_nobody_hears_is_no_fault(options: dict[str, Any]) -> None:
    bell = bell_of(Path(options["control_folder"]))
    bell.ring()
    bell.listen()
    bell.leave()
    bell.ring()


def test_a_bell_is_heard_once_however_often_it_was_rung(options: dict[str, Any]) -> None:
    control = Path(options["control_folder"])
    mine = bell_of(control)
    assert mine.listen()
    for _ in range(100):
        bell_of(control).ring()
    mine.wait(30)
    rest = os.open(control / "bell", os.O_RDONLY | os.O_NONBLOCK)
    assert select.select([rest], [], [], 0) == ([], [], [])
    os.close(rest)
    mine.leave()
