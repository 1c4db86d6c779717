"""A whole installation in a home of its own: real workers, schedule, pages, database and broker."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import yaml

from broadcaster.playground import TOKENS
from tests.faults.ledger import UNDERWAY, Copy, Ledger, reconcile
from tests.faults.parts import ROOT, Part, until
from tests.faults.proxy import Proxy
from tests.faults.school_file import school
from tests.faults.stores import Postgres, RedisServer, Templates, run, surroundings
from tests.faults.talk import Child, Refused
from tests.servers.process import free_port

SETTLING = 120.0
"""Seconds for which an installation may need no hand; sweeps and leases take a few of them."""
QUIET = 2.0
"""Seconds for which nothing may change before unconfirmed copies are taken for final."""
HERE = Path(__file__).parent


class Kind(StrEnum):
    """What an installation stands on."""

    SQLITE = "sqlite"
    """SQLite and the broker in a folder: one worker with the schedule inside, as `serve` has it."""
    POSTGRESQL = "postgresql"
    """PostgreSQL and Redis: two workers and a beat, as the units start them."""


@dataclass(frozen=True, slots=True)
class Release:
    """An announcement that was let go, and the copies that it must become."""

    id: str
    mark: str
    copies: tuple[Copy, ...]


class Installation:
    """One running system; `installed` makes it. Nothing here recovers anything by hand."""

    def __init__(self, kind: Kind, home: Path, log: Callable[[str], None]) -> None:
        self.kind = kind
        self.home = home
        self.log = log
        self.postgres: Postgres | None = None
        self.redis: RedisServer | None = None
        self.wire: Proxy | None = None
        self.workers: list[Part] = []
        self.beat: Part | None = None
        self.web: Part | None = None
        self.environment: dict[str, str] = {}
        self.released: list[Release] = []
        self.settings: dict[str, Any] = {}
        self._doubtful: set[str] = set()
        self._groups: dict[str, list[tuple[str, str]]] = {}
        self._marks = count(1)
        self._workers = count(1)
        self.platforms: Child
        self.clerk: Child

    # Who is written to, and what.

    def enrol(self, channel: str, families: int, *, group: str = "") -> str:
        """A group of so many families, or sections of the site, reached by one channel."""
        name = group or channel
        first = 1000 * (1 + len(self._groups))
        values = [SPELLED[channel].format(first * 1000 + number) for number in range(families)]
        self.clerk.ask("enrol", group=name, channel=channel, values=values)
        self._groups[name] = [(channel, value) for value in values]
        return name

    def draft(self, *groups: str, importance: str = "important", personal: bool = True) -> Release:
        """An announcement that waits to be let go."""
        meant = self.expect(*groups)
        drafted = self.clerk.ask(
            "draft", mark=meant.mark, groups=groups, importance=importance, personal=personal
        )
        return replace(meant, id=drafted)

    def expect(self, *groups: str) -> Release:
        """What an announcement to these groups must become, which somebody else writes."""
        mark = f"{next(self._marks):04}a"
        copies = [
            Copy(channel, value, mark) for group in groups for channel, value in self._groups[group]
        ]
        return Release("", mark, tuple(copies))

    def let_go(self, release: Release) -> Release:
        """Release it, as a person does by a click; raises Refused when she is told of a fault.

        She does not know then whether it left, and neither do we before all has settled.
        """
        self.released.append(release)
        try:
            self.clerk.ask("let_go", announcement=release.id)
        except Refused:
            self._doubtful.add(release.id)
            raise
        return release

    def release(
        self, *groups: str, importance: str = "important", personal: bool | None = None
    ) -> Release:
        """Write an announcement to groups and let it go; without the site it speaks by name."""
        by_name = "site" not in groups if personal is None else personal
        return self.let_go(self.draft(*groups, importance=importance, personal=by_name))

    # What runs.

    def start_worker(self, **environment: str) -> Part:
        """Another worker; `environment` is laid over the installation's."""
        number = next(self._workers)
        command = ["celery", "--app", "worker", "--quiet", "worker"]
        command += ["--hostname", f"worker{number}@%h"]
        if self.beat is None:
            command += ["--with-schedule"]
        part = self._part(f"worker{number}", command, environment)
        self.workers.append(part)
        part.start()
        return part

    def start_beat(self, **environment: str) -> Part:
        """The schedule as a process of its own."""
        command = ["celery", "--app", "worker", "--quiet", "beat"]
        self.beat = self._part("beat", command, environment)
        self.beat.start()
        return self.beat

    def start_web(self) -> str:
        """The pages; returns where."""
        port = free_port()
        command = ["gunicorn", "broadcaster.web.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        command += ["--workers", "1", "--threads", "8", "--no-control-socket"]
        self.web = self._part("web", command, {})
        self.web.start()
        url = f"http://127.0.0.1:{port}"
        until(lambda: _opens(f"{url}/healthz"), "the pages answer", meanwhile=self.tend)
        return url

    def parts(self) -> list[Part]:
        """Every process that is a part of the product."""
        return [part for part in (*self.workers, self.beat, self.web) if part is not None]

    def tend(self) -> None:
        """What systemd does: a part that has ended is started again."""
        for part in self.parts():
            if part.tend():
                self.log(f"{part.name} has ended by itself and is started again")

    def waited(self, seconds: float) -> None:
        """Let time pass, tending what runs."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.tend()
            time.sleep(0.1)

    def start(self, **environment: str) -> None:
        """Start what its kind has, in this environment; return when a worker sweeps."""
        if self.kind is Kind.POSTGRESQL:
            self.start_beat(**environment)
            self.start_worker(**environment)
        self.start_worker(**environment)
        self.awake()

    def awake(self) -> None:
        """Return when a worker sweeps."""
        until(self._swept, "a worker sweeps", meanwhile=self.tend, every=0.2)

    def _swept(self) -> bool:
        with suppress(Refused):
            return 0 <= float(self.clerk.ask("pulse")) < 2
        return False

    def _part(self, name: str, command: Sequence[str], also: Mapping[str, str]) -> Part:
        return Part(
            name,
            [sys.executable, "-m", *command],
            log=self.home / f"{name}.log",
            environment=self.environment | dict(also),
        )

    # Where it is hurt.

    def lay_trap(self, step: str, channel: str, call: int = 1) -> Path:
        """Let the worker that passes a step on a channel for the n-th time die there.

        Returns the file that appears when it has.
        """
        trap = self.home / "trap.json"
        sprung = trap.with_suffix(".sprung")
        sprung.unlink(missing_ok=True)
        laid = {"step": step, "channel": channel, "call": call, "at": time.monotonic()}
        draft = trap.with_suffix(".draft")
        draft.write_text(json.dumps(laid), "utf-8")
        draft.rename(trap)
        return sprung

    def lift_trap(self) -> None:
        """Take the trap away."""
        (self.home / "trap.json").unlink(missing_ok=True)

    def broadcaster(self, *command: str, patience: float = 120.0) -> str:
        """What the command line prints; raises Failed when it fails."""
        return run(["broadcaster", *command], self.environment, patience=patience)

    # How it ends.

    def waiting(self) -> int:
        """How many copies are undecided; raises Refused when the database does not tell."""
        return int(self.clerk.ask("waiting", announcements=self._ids(self.released)))

    def arrivals(self) -> int:
        """How many messages all platforms have taken."""
        return sum(self.platforms.ask("count").values())

    def settle(self, patience: float = SETTLING) -> bool:
        """Wait, without lifting a finger, until nothing waits; say whether that came.

        A worker that was only slow may still tell what became of its unconfirmed copies.
        """
        deadline = time.monotonic() + patience
        ids, since = self._ids(self.released), time.monotonic()
        seen: dict[str, int] = {}
        while time.monotonic() < deadline:
            with suppress(Refused):
                states = self.clerk.ask("states", announcements=ids)
                if states != seen:
                    seen, since = states, time.monotonic()
                rests = not UNDERWAY & states.keys()
                if rests and time.monotonic() - since > QUIET * ("unconfirmed" in states):
                    return True
            self.tend()
            time.sleep(0.2)
        return False

    def ledger(self, *releases: Release) -> Ledger:
        """What became of some announcements, or of all."""
        left = {one.id for one in self.released} - self._never_left()
        chosen = [one for one in releases or self.released if one.id in left]
        marks = {one.id: one.mark for one in chosen}
        rows = self.clerk.ask("rows", announcements=self._ids(chosen))
        states = {
            Copy(channel, address, marks[announcement]): state
            for announcement, channel, address, state in rows
        }
        return reconcile(
            [copy for one in chosen for copy in one.copies],
            states,
            self._arrived(),
            shown=self.clerk.ask("shown", announcements=self._ids(chosen)),
        )

    def _never_left(self) -> set[str]:
        """Announcements whose release was refused, and was not done either."""
        rows = self.clerk.ask("rows", announcements=sorted(self._doubtful))
        return self._doubtful - {row[0] for row in rows}

    def _arrived(self) -> dict[Copy, int]:
        found = {
            Copy(channel, address, mark): times
            for channel, copies in self.platforms.ask("arrived").items()
            for address, mark, times in copies
        }
        return found | self._published()

    def _published(self) -> dict[Copy, int]:
        """What visitors of the site find: as often as there are pages, or as a feed has it."""
        site = self.home / "site"
        feed = site / "feed.json"
        entries = json.loads(feed.read_text("utf-8"))["items"] if feed.exists() else []
        titles = Counter(_mark(entry) for entry in entries)
        shelf = (file for file in (site / "items").glob("[!.]*.json"))
        paged = (one for one in shelf if (site / "a" / f"{one.stem}.html").exists())
        items = [json.loads(one.read_text("utf-8")) for one in paged]
        pages = Counter(Copy("site", to, _mark(item)) for item in items for to in item["sections"])
        return {one: max(times, titles[one.mark]) for one, times in pages.items()}

    def _ids(self, releases: Sequence[Release]) -> list[str]:
        return [one.id for one in releases]


def _mark(shown: Mapping[str, Any]) -> str:
    return str(shown["title"]).rpartition(" ")[2]


SPELLED: Mapping[str, str] = {
    "email": "parent{}@family.example",
    "telegram": "{}",
    "vk": "{}",
    "site": "s{}",
}


@contextmanager
def installed(
    kind: Kind,
    templates: Templates,
    *,
    settings: Mapping[str, Any] | None = None,
    limits: Mapping[str, Sequence[str]] | None = None,
    started: bool = True,
    home: Path | None = None,
    cluster: Path | None = None,
    wired: bool = False,
    log: Callable[[str], None] = lambda _: None,
) -> Iterator[Installation]:
    """An installation for the length of the block: with PostgreSQL two workers and beat.

    `settings` is laid over SCHOOL, `limits` are the channels' own. Unless `started`, its workers
    wait for `start`. `home` is where it lives, else a folder below var/; `cluster` where
    PostgreSQL's data are, else a folder below /tmp. With `wired`, Redis is reached by a proxy:
    `wire`.
    """
    with ExitStack() as stack:
        place = home or _home(stack)
        made = Installation(kind, place, log)
        _open_stores(made, templates, stack, wired=wired, cluster=cluster)
        made.platforms = _child(made, stack, "platforms", surroundings(place))
        made.settings = school(made.platforms.ask("addresses"), settings or {}, limits or {})
        (place / "school.yaml").write_text(yaml.safe_dump(made.settings, allow_unicode=True))
        made.clerk = _child(made, stack, "clerk", made.environment)
        stack.callback(_stop, made)
        if started:
            made.start()
        yield made


def _home(stack: ExitStack) -> Path:
    (ROOT / "var").mkdir(exist_ok=True)
    return Path(stack.enter_context(TemporaryDirectory(prefix="faults-", dir=ROOT / "var")))


def _open_stores(
    made: Installation,
    templates: Templates,
    stack: ExitStack,
    *,
    wired: bool,
    cluster: Path | None,
) -> None:
    database = redis = ""
    if made.kind is Kind.SQLITE:
        templates.sqlite(made.home / "broadcaster.sqlite3")
    else:
        folder = stack.enter_context(TemporaryDirectory(prefix="faults-pg-", dir="/tmp"))
        made.postgres = templates.postgres(cluster or Path(folder))
        stack.callback(made.postgres.stop)
        made.postgres.start()
        made.redis = RedisServer(made.home)
        stack.callback(made.redis.part.stop)
        made.redis.start()
        database, redis = made.postgres.url, made.redis.url
        if wired:
            made.wire = stack.enter_context(Proxy(made.redis.port))
            redis = f"redis://127.0.0.1:{made.wire.port}/0"
    made.environment = surroundings(made.home, database=database, redis=redis) | {
        **TOKENS,
        "PYTHONPATH": str(HERE / "trap"),
        "FAULTS_TRAP": str(made.home / "trap.json"),
    }


def _child(
    made: Installation, stack: ExitStack, name: str, environment: Mapping[str, str]
) -> Child:
    clean = {key: value for key, value in environment.items() if key != "FAULTS_TRAP"}
    log = made.home / f"{name}.log"
    child = Child(f"tests.faults.{name}", environment=clean, log=log)
    stack.callback(child.end)
    return child


def _stop(made: Installation) -> None:
    """End everything that runs; what was broken is not mended."""
    for part in made.parts():
        part.kill()
        part.stop()


def _opens(url: str) -> bool:
    with suppress(OSError), urlopen(url, timeout=2) as page:
        return bool(page.status == 200)
    return False
