"""Two workers on one PostgreSQL and one Redis against one, and whether anything came twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.aims import at_least, exactly_said
from benchmarks.children import ROOT, Failed, Server, serving
from benchmarks.figures import Void
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

AIM = 1.7
DELAY = 20
"""Milliseconds that a real mail server takes for an answer."""
CONNECTIONS = 8
PATIENCE = 60.0
"""Seconds that workers may take to start, and again to end."""


@dataclass(frozen=True, slots=True)
class Way:
    """A mail server that waits `delay` milliseconds, and how many copies it gets how often."""

    delay: int
    copies: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Run:
    """Copies a second, and how many came `twice`: a copy keeps its Message-ID."""

    rate: float
    twice: int


def measure(plan: Plan) -> list[Table]:
    """A server that takes its time, and, for information, one that takes none."""
    ways = [Way(DELAY, 3_000, 1)] if plan.quick else [Way(DELAY, 4_000, 2), Way(0, 8_000, 1)]
    with serving("postgres") as database, serving("redis") as redis:
        found = {way: _rounds(way, database, redis) for way in ways}
    rates = {way: [[run.rate for run in runs] for runs in both] for way, both in found.items()}
    rows = [
        (
            f"{way.delay} ms",
            f"{way.copies:,}",
            Spread.of(one).spelled(digits=0),
            Spread.of(two).spelled(digits=0),
            str(paired(two, one)),
        )
        for way, (one, two) in rates.items()
    ]
    header = ("the mail server waits", "copies", "one worker, a second*", "two*", "two by one")
    how = (
        "Celery workers as processes of their own, PostgreSQL and Redis; the same personal copies."
        f" One worker has the channel's one lane and {CONNECTIONS} connections; for two workers the"
        f" school has set `lanes: 2`, {CONNECTIONS} connections each. Counted from the first"
        " message that arrives to the last. With an answer after 20 ms a worker waits for the"
        " server, as it does for a real one; without, both workers, the server and PostgreSQL"
        f" share {os.cpu_count()} cores, and the second worker takes away what it brings."
    )
    one, two = rates[ways[0]]
    copies = sum(way.copies * way.rounds * 2 for way in ways)
    twice = sum(run.twice for both in found.values() for runs in both for run in runs)
    told = f"{twice:,} of {copies:,}"
    aims = [
        at_least("two workers on PostgreSQL", "one worker", AIM, paired(two, one)),
        exactly_said("the same: copies that came twice", "–", "0", told, met=not twice),
    ]
    return [Table("Two workers", header, rows, [how], aims)]


def _rounds(way: Way, database: Server, redis: Server) -> tuple[list[Run], list[Run]]:
    """With one worker and with two, round by round."""
    with serving("doorway", str(way.delay)) as door:
        one: list[Run] = []
        two: list[Run] = []
        for number in range(way.rounds):
            with _school(way, door, database, lanes=1, fresh=number == 0) as school:
                one.append(_run(way, school.with_redis(redis.address), redis, door, workers=1))
            with _school(way, door, database, lanes=2, fresh=False) as school:
                two.append(_run(way, school.with_redis(redis.address), redis, door, workers=2))
    return one, two


@contextmanager
def _school(
    way: Way, door: Server, database: Server, *, lanes: int, fresh: bool
) -> Iterator[Installation]:
    host, _, port = door.address.rpartition(":")
    block = {"host": host, "port": port, "security": "none", "sender": "school@school.example"}
    with installed("email", block | {"lanes": str(lanes)}, database=database.address) as home:
        if fresh:
            families = [(f"all{way.delay}", "email", "parent{}@family.example", way.copies)]
            home.run("enrol", families=families)
        yield home


def _run(way: Way, school: Installation, redis: Server, door: Server, *, workers: int) -> Run:
    """One announcement; raises Void when a copy is missing, here or there."""
    with _working(school, redis, workers):
        told = school.run("ringing", group=f"all{way.delay}", times=1)
    seen = door.report()
    if {told["sent"], told["receipts"], seen["ids"]} != {way.copies}:
        raise Void(f"{way}, {workers} workers: {told} recorded, {seen['ids']} seen")
    at: Sequence[float] = seen["at"]
    return Run((way.copies - 1) / (max(at) - min(at)), seen["count"] - seen["ids"])


@contextmanager
def _working(school: Installation, redis: Server, count: int) -> Iterator[None]:
    """So many workers that listen to Redis, the first with the schedule."""
    command = [sys.executable, "-m", "celery", "--app", "worker", "--quiet", "worker"]
    children = [
        subprocess.Popen(
            [*command, "--hostname", f"w{number}@%h", *(() if number else ("--with-schedule",))],
            cwd=ROOT,
            env={**os.environ, **school.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for number in range(count)
    ]
    try:
        _await(redis, count)
        yield
    finally:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait(PATIENCE)


def _await(redis: Server, count: int) -> None:
    """Return when so many workers wait for a bell."""
    deadline = time.monotonic() + PATIENCE
    while _blocked(redis) < count:
        if time.monotonic() > deadline:
            raise Failed(f"{count} workers do not listen")
        time.sleep(0.1)


def _blocked(redis: Server) -> int:
    """How many clients of a Redis wait, asked without its library: see `benchmarks`."""
    where = urlsplit(redis.address)
    with socket.create_connection((where.hostname, where.port), timeout=PATIENCE) as line:
        line.sendall(b"INFO clients\r\nQUIT\r\n")
        told = line.makefile("rb").read()
    return int(told.partition(b"blocked_clients:")[2].split()[0])
