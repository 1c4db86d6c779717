"""A PostgreSQL and a Redis of one installation, which scenes hurt; templates of empty databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from tests.faults.parts import ROOT, Part, until
from tests.servers.postgres import _account, _make_cluster, _programs
from tests.servers.process import free_port
from tests.servers.redis import _program


class Failed(Exception):
    """A command ended badly; the message is what it said."""


KEEPS_WORD = ("synchronous_commit=on", "full_page_writes=on", "fsync=off", "shared_buffers=32MB")
"""A commit outlives every death of the server's processes; only the machine's own is left out."""


class Postgres:
    """A cluster in a folder under /tmp, as a socket's path must be short."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._account = _account()
        self._bin = _programs(folder, self._account)
        self.url = f"postgresql://postgres@{quote(str(folder), safe='')}:5432/postgres"
        command = [str(self._bin / "postgres"), "-D", str(folder / "data")]
        command += ["-k", str(folder), "-p", "5432"]
        for setting in ("listen_addresses=", *KEEPS_WORD):
            command += ["-c", setting]
        self.part = Part(
            "postgres",
            command,
            log=folder / "server.log",
            folder=folder,
            account=self._account,
        )

    def make(self) -> None:
        """Make an empty cluster."""
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        _make_cluster(self._bin, self.folder, self._account)

    def copy(self, template: Postgres) -> None:
        """Take over the cluster of a server that does not run."""
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        subprocess.run(["cp", "-a", template.folder / "data", self.folder / "data"], check=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.part.start()
        until(self.answers, f"PostgreSQL in {self.folder} answers")

    def stop(self) -> None:
        """End the server at once, as `systemctl stop` does: clients are cut off."""
        self.part.stop(signal.SIGINT)

    def kill(self) -> None:
        """`kill -9` of the postmaster and all its processes; it starts from its log again."""
        os.killpg(self.part.pid, signal.SIGKILL)
        self.part.kill()

    def answers(self) -> bool:
        """Whether somebody may connect."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def cut(self) -> int:
        """End every connection but ours, whatever it is doing; returns how many."""
        with psycopg.connect(self.url, autocommit=True) as own:
            row = own.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
        return int(row[0]) if row else 0


class RedisServer:
    """A Redis on a port of its own that keeps nothing: started again it is empty."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        command = [str(_program()), "--bind", "127.0.0.1", "--port", str(self.port)]
        command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
        self.part = Part("redis", command, log=folder / "redis.log", folder=folder)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.part.start()
        until(self.answers, "Redis answers")

    def answers(self) -> bool:
        """Whether it says PONG."""
        try:
            return bool(self.tell("PING"))
        except RedisError:
            return False

    def tell(self, *words: str) -> object:
        """What the server answers to a command; raises RedisError."""
        with closing(Redis.from_url(self.url, socket_timeout=2)) as client:
            return client.execute_command(*words)  # type: ignore[no-untyped-call]


class Templates:
    """Migrated, empty databases to copy: making one takes seconds, copying it none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._cluster: Postgres | None = None
        self._keep: TemporaryDirectory[str] | None = None

    def sqlite(self, target: Path) -> None:
        """Put an empty database in place."""
        with self._lock:
            file = self._folder / "template.sqlite3"
            if not file.exists():
                migrate(f"sqlite:///{file}", self._folder)
        for part in self._folder.glob("template.sqlite3*"):
            part_of = target.with_name(part.name.replace("template.sqlite3", target.name))
            part_of.write_bytes(part.read_bytes())

    def postgres(self, folder: Path) -> Postgres:
        """A cluster in `folder` with an empty database, not yet running."""
        with self._lock:
            if self._cluster is None:
                self._cluster = self._made()
        cluster = Postgres(folder)
        cluster.copy(self._cluster)
        return cluster

    def close(self) -> None:
        """Remove what was made."""
        if self._keep is not None:
            self._keep.cleanup()

    def _made(self) -> Postgres:
        self._keep = TemporaryDirectory(prefix="broadcaster-pg-", dir="/tmp")
        made = Postgres(Path(self._keep.name))
        made.make()
        made.start()
        migrate(made.url, self._folder)
        made.stop()
        return made


def migrate(url: str, home: Path) -> None:
    """Make the tables."""
    run(["django", "migrate", "--verbosity", "0"], surroundings(home, database=url))


def run(command: list[str], environment: Mapping[str, str], *, patience: float = 120.0) -> str:
    """What a module of Python prints; raises Failed with what it said when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}: {done.stderr[-1500:] or done.stdout[-1500:]}")
    return done.stdout


OURS = ("BROADCASTER_", "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TELEGRAM_", "VK_", "SMTP_")


def surroundings(home: Path, **also: str) -> dict[str, str]:
    """The environment of a process of an installation; nothing of a real school's is in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {
        "BROADCASTER_HOME": str(home),
        "BROADCASTER_CONFIG": str(home / "school.yaml"),
        "DJANGO_SETTINGS_MODULE": "broadcaster.settings",
        "SECRET_KEY": "of an installation that is broken on purpose",
        "DATABASE_URL": also.get("database", ""),
        "REDIS_URL": also.get("redis", ""),
    }
