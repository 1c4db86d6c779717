"""The database: restarted, killed, cut off in a transaction, out of disk, locked by a backup."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.installation import Installation, Kind
from tests.faults.parts import MOUNTED, unmount
from tests.faults.scene import Skipped, Stage, scene
from tests.faults.school_file import SLOW
from tests.faults.stores import Postgres
from tests.faults.talk import Refused
from tests.faults.traffic import Hurt, Traffic

SERVER = (Kind.POSTGRESQL,)
FILE = (Kind.SQLITE,)


def _server(school: Installation) -> Postgres:
    assert school.postgres is not None
    return school.postgres


def _hurt(school: Installation, stage: Stage, what: str, times: int, hurt: Hurt) -> None:
    """Hurt the database so often in the middle of broadcasts, then let all come to rest.

    A lane that cannot be renewed for longer than its lease is lost, and with it what was in flight
    when the database went: what it still has on record before, while it can be read, and after.
    """
    traffic = Traffic(school)
    traffic.suffer(times, hurt)
    flown = len(traffic.flown)
    remark = f"{flown} copies on record as handed over at that moment"
    stage.close(school, what, times, in_flight=flown, remark=remark)


def _away(stage: Stage, what: str, end: Callable[[Postgres], None], *, most: float) -> None:
    """End PostgreSQL and start it again some moments later, at most so many seconds."""

    def hurt(school: Installation, _: Traffic) -> None:
        end(_server(school))
        time.sleep(stage.random.uniform(0, most))
        _server(school).start()

    with stage.installation(limits=SLOW) as school:
        _hurt(school, stage, what, stage.times(4, 1), hurt)


@scene("PostgreSQL is restarted", on=SERVER, weight=60)
def restarted(stage: Stage) -> None:
    """As an upgrade of the system's packages does it, in the middle of the day."""
    _away(stage, "PostgreSQL: restarted", Postgres.stop, most=3)


@scene("PostgreSQL is killed", on=SERVER, weight=60, quick=False)
def killed(stage: Stage) -> None:
    """`kill -9` of all its processes: what was committed is in its log."""
    _away(stage, "PostgreSQL: kill -9", Postgres.kill, most=2)


@scene("connections to PostgreSQL are cut", on=SERVER, weight=60)
def cut(stage: Stage) -> None:
    """At random moments, whatever they are in the middle of."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        time.sleep(stage.random.uniform(0, 0.5))
        traffic.look()
        _server(school).cut()

    with stage.installation(limits=SLOW) as school:
        what = "PostgreSQL: all connections cut (pg_terminate_backend)"
        _hurt(school, stage, what, stage.times(25, 3), hurt)


@scene("the disk of SQLite is full", on=FILE, weight=70)
def file_disk_full(stage: Stage) -> None:
    """Home, database, broker and logs are on it."""
    with (
        _small_disk("100m") as disk,
        stage.installation(limits=SLOW, home=disk) as school,
    ):
        _hurt(school, stage, "SQLite: the disk is full for 10 s", stage.times(3, 1), _filled(disk))


@scene("the disk of PostgreSQL is full", on=SERVER, weight=90, quick=False)
def server_disk_full(stage: Stage) -> None:
    """Its cluster is on it; it is started again whenever it gives up, as its unit would."""
    with _small_disk("400m") as disk, stage.installation(limits=SLOW, cluster=disk) as school:
        fill = _filled(disk)

        def hurt(school: Installation, traffic: Traffic) -> None:
            fill(school, traffic)
            if not _server(school).part.alive:
                _server(school).start()

        _hurt(school, stage, "PostgreSQL: the disk is full for 10 s", stage.times(2, 1), hurt)


def _filled(disk: Path) -> Hurt:
    """Fill a disk, go on for a while, then make room."""

    def hurt(_: Installation, traffic: Traffic) -> None:
        ballast = disk / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 65536)
        traffic.look()
        with suppress(Refused):
            traffic.more()
        traffic.go_on(10.0)
        ballast.unlink()

    return hurt


@contextmanager
def _small_disk(size: str) -> Iterator[Path]:
    """A disk in memory; raises Skipped where we may not mount one."""
    if os.geteuid() != 0:
        raise Skipped("only root may mount a small disk")
    with TemporaryDirectory(prefix="faults-disk-", dir="/tmp") as name:
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "faults", name]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            raise Skipped("this machine lets nobody mount a small disk")
        MOUNTED.add(name)
        try:
            yield Path(name)
        finally:
            unmount(name)


@scene("SQLite is locked by somebody else", on=FILE, weight=80)
def locked(stage: Stage) -> None:
    """A program that holds it for longer than anybody waits: 30 seconds are Django's patience."""
    seconds = stage.times(35, 8)

    def hurt(school: Installation, traffic: Traffic) -> None:
        with closing(sqlite3.connect(school.home / "broadcaster.sqlite3", timeout=60)) as own:
            own.isolation_level = None
            own.execute("BEGIN EXCLUSIVE")
            traffic.look()
            time.sleep(seconds)
            own.execute("ROLLBACK")

    with stage.installation(limits=SLOW) as school:
        _hurt(school, stage, f"SQLite: BEGIN EXCLUSIVE for {seconds} s", 1, hurt)


@scene("a backup is made while copies leave", weight=60)
def backup(stage: Stage) -> None:
    """`broadcaster backup`, again and again."""

    def hurt(school: Installation, traffic: Traffic) -> None:
        traffic.keep()
        school.broadcaster("backup", str(school.home / "backups"))

    with stage.installation(limits=SLOW) as school:
        (school.home / "backups").mkdir()
        times = stage.times(5, 1)
        Traffic(school).suffer(times, hurt)
        stage.close(school, "`broadcaster backup` while sending", times)
