"""The broker in a folder: what a worker takes is whole, and everything arrives once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty
from threading import Event
from typing import Any

import pytest
from kombu import Connection

from broadcaster.folder_broker import Transport

MESSAGES = 1500


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    """Where the messages are."""
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
