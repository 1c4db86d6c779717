"""A really started installation, everything that goes wrong in it, and everything it writes."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import requests
from redis import Redis

from broadcaster.playground import COMMUNITY
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.garbage import BODIES
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.mail.troubles import GARBAGE
from broadcaster.sandbox.phone import Platform
from broadcaster.sandbox.server import Sandbox, run_in_thread
from broadcaster.sandbox.telegram import TelegramSandbox
from broadcaster.sandbox.vk import VkSandbox
from tests.cli.desk import PATIENCE, ROOT, wait_for
from tests.marked.marks import Marks, Place
from tests.servers.process import free_port
from tests.servers.redis import running_redis

SCHOOL = """\
school: {{name: Школа, public_url: "http://127.0.0.1:{port}"}}
quiet_hours: {{enabled: false}}
dispatch: {{sweep_every: 0.5, lease: 5.0}}
retries: {{first_wait: 0.2, longest_wait: 1, tries: 4}}
webhooks: {{allow_private: true, timeout: 1.0}}
channels:
  telegram: {{enabled: true, base_url: "{telegram}", timeout: 1.0}}
  vk: {{enabled: true, group_id: {community}, base_url: "{vk}", timeout: 1.0}}
  email:
    {{enabled: true, host: 127.0.0.1, port: {mail}, security: {security}, username: school,
     sender: school@school.example, timeout: 1.0, dkim_selector: s1}}
"""
WRONG = {
    "a token written down": "channels: {{telegram: {{enabled: true, token: {TELEGRAM_TOKEN}}}}}",
    "a password as a port": "channels: {{email: {{enabled: true, port: {SMTP_PASSWORD}}}}}",
    "a secret as a list": "metrics: {{token: [{METRICS_TOKEN}]}}",
    "a secret as a key": "channels: {{vk: {{enabled: true, {VK_TOKEN}: x}}}}",
    "no YAML": "channels: {{vk: {{token: {VK_TOKEN}",
}
STRIKES = (
    Fault(FaultKind.RATE_LIMIT, seconds=0.1),
    *map(Fault, (FaultKind.SERVER_ERROR, FaultKind.DROP, FaultKind.CUT, FaultKind.BLOCKED)),
    *map(Fault, (FaultKind.GONE, FaultKind.CONTENT)),
    Fault(FaultKind.SLOW, seconds=2.5),
)
CARRIERS = {TelegramSandbox: "sendMessage", VkSandbox: "messages.send"}
"""The calls that carry messages: a mere question that fails is put again only after a rest."""
GARBAGE_WEB = [Fault(FaultKind.GARBAGE, detail=sort) for sort in (*BODIES, "truncated")]
GARBAGE_MAIL = [Fault(FaultKind.GARBAGE, detail=sort) for sort in GARBAGE]
PARTS = ("", "people", "copies", "people.csv", "copies.csv", "act", "previews")
PAGES = (
    *("/", "/account/", "/announcements/", "/people/", "/channels/", "/calendar/", "/audit/"),
    *("/audit/export.csv", "/settings/", "/settings/school", "/settings/tokens/"),
    *("/settings/webhooks/", "/settings/staff/", "/readyz", "/nothing/at/all"),
    *(f"/settings/channels/{name}" for name in ("telegram", "vk", "email", "site")),
)


class Stage:
    """The installation; `places` is everything that it has written so far."""

    def __init__(self, home: Path, marks: Marks, environment: dict[str, str]) -> None:
        self.home = home
        self.marks = marks
        self.places: list[Place] = []
        self.port = free_port()
        self.browser = requests.Session()
        self.refused: dict[str, int] = {}
        given = marks.given
        self.mail = MailSandbox(username="school", password=given["SMTP_PASSWORD"])
        self.platforms: Sequence[Platform] = (
            TelegramSandbox(given["TELEGRAM_TOKEN"]),
            VkSandbox(
                token=given["VK_TOKEN"], user_token=given["VK_USER_TOKEN"], group_id=COMMUNITY
            ),
            self.mail,
        )
        self.environment = (
            os.environ
            | given
            | environment
            | {
                "BROADCASTER_HOME": str(home),
                "BROADCASTER_CONFIG": str(home / "school.yaml"),
                "BROADCASTER_LOG": "DEBUG",
                "PYTHONFAULTHANDLER": "1",
            }
        )

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def write_settings(self, *, security: str = "none", more: str = "") -> None:
        """The school's file."""
        telegram, vk, mail = (platform.base_url for platform in self.platforms)
        whole = SCHOOL.format(
            port=self.port,
            telegram=telegram,
            vk=vk,
            mail=mail.rpartition(":")[2],
            community=COMMUNITY,
            security=security,
        )
        (self.home / "school.yaml").write_text(more or whole, "utf-8")

    def child(self, *words: str) -> subprocess.Popen[str]:
        """A process of the installation; what it complains of goes to a file of its own."""
        with (self.home / f"{words[0]}.err").open("a") as complaints:
            return subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
            )

    def keep(self, name: str, text: str, *belong: str) -> str:
        """Remember something that was written, and the secrets that belong there."""
        self.places.append(Place(name, text, frozenset(belong)))
        return text

    # The command line.

    def run(self, *words: str | Path, belong: Sequence[str] = ()) -> tuple[int, str]:
        """What a command answers."""
        assert self.desk.stdin
        assert self.desk.stdout
        self.desk.stdin.write(json.dumps([str(word) for word in words]) + "\n")
        self.desk.stdin.flush()
        said = json.loads(self.desk.stdout.readline())
        self.keep(f"broadcaster {' '.join(map(str, words))}", said["out"], *belong)
        return said["code"], said["out"]

    def logged(self, part: str) -> str:
        """What a part has logged so far."""
        file = self.home / "logs" / f"{part}.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def execute(self, statement: str) -> None:
        """Something done to the database behind everybody's back."""
        with _connected(self.environment["DATABASE_URL"]) as connection:
            connection.execute(statement)

    def rows(self, query: str) -> list[Any]:
        """What the database answers."""
        with _connected(self.environment["DATABASE_URL"]) as connection:
            return list(connection.execute(query))

    def settled(self) -> bool:
        """Whether no copy waits any more; what a platform holds back for a minute goes on now."""
        for (channel,) in self.rows(HELD):
            self.run("open", channel)
        self.execute(HASTE)
        return self.rows(UNSETTLED) == [(0,)]

    # The pages.

    def get(self, path: str, *belong: str, **more: Any) -> requests.Response:
        """A page, as the administrator or whoever `more` makes of the browser."""
        answer = self.browser.get(self.address + path, timeout=PATIENCE, **more)
        self.keep(f"GET {path}", f"{answer.headers}\n{answer.text}", "session", *belong)
        return answer

    def post(self, path: str, *belong: str, at: str = "", **filled: Any) -> requests.Response:
        """A form filled in; it stands on the page `at`."""
        page = self.get(at or path, *belong)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        answer = self.browser.post(
            self.address + path,
            data=filled | {"csrfmiddlewaretoken": token[1] if token else ""},
            headers={"Referer": self.address + path},
            timeout=PATIENCE,
        )
        self.keep(f"POST {path}", f"{answer.headers}\n{answer.text}", "session", *belong)
        return answer

    @contextmanager
    def running(self) -> Iterator[None]:
        """Everything that `serve` starts, with platforms to talk to."""
        with ExitStack() as stack:
            stack.enter_context(run_in_thread(Sandbox(self.platforms)))
            self.write_settings()
            served = self.child("broadcaster", "serve", "--port", str(self.port), "--json")
            stack.callback(end, served)
            told = _object(served)
            self.keep("stdout of serve", json.dumps(told), "first start")
            assert "start" in told, told
            found = re.search("/start/([^/]+)", told["start"])
            self.marks.learn("first start", found)
            self.desk = self.child("tests.marked.desk")
            stack.callback(end, self.desk)
            wait_for(self._answers)
            yield
            self._keep_command_lines(served.pid)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def _keep_command_lines(self, pid: int) -> None:
        family = [pid, self.desk.pid]
        for parent in family:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
            family += map(int, children.split())
        for one in family:
            line = Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")
            self.keep(f"command line of {line[:40]}", line)

    # What is left when it has ended.

    def gather(self) -> None:
        """Every file and row that it has written, the keys in Redis, the copies of backups."""
        for file in sorted(path for path in self.home.rglob("*") if path.is_file()):
            if file.suffix == ".xlsx":
                with zipfile.ZipFile(file) as opened:
                    for name in opened.namelist():
                        self._keep_file(f"{file.name}/{name}", opened.read(name))
            elif ".sqlite3" not in file.name and file.suffixes[-2:] != [".tar", ".gz"]:
                self._keep_file(file.relative_to(self.home).as_posix(), file.read_bytes())
        for archive in self.home.rglob("*.tar.gz"):
            with tarfile.open(archive) as opened:
                for member in opened.getmembers():
                    inside = opened.extractfile(member)
                    self._keep_file(
                        f"{archive.name}/{member.name}", inside.read() if inside else b""
                    )
        self._gather_rows()
        if url := self.environment.get("REDIS_URL"):
            self.gather_redis(url)

    def _keep_file(self, name: str, raw: bytes) -> None:
        belong = BELONG_IN_DATABASE if "database" in name or "dump" in name else ()
        if name.startswith("secrets/"):
            belong = TYPED
        self.keep(f"file {name}", raw.decode("utf-8", "replace"), *belong)

    def _gather_rows(self) -> None:
        for table, rows in tables(self.environment["DATABASE_URL"]).items():
            belong = [secret for secret, place in BELONGS.items() if place == table]
            self.keep(f"table {table}", rows, *belong)

    def gather_redis(self, url: str) -> None:
        """What waits in a broker, and who is connected to it."""
        with Redis.from_url(url) as client:
            for key in client.scan_iter():
                self.keep(f"Redis {key!r}", client.dump(key).decode("utf-8", "replace"))
            self.keep("Redis's list of clients", repr(client.client_list()))


def locked_redis(stack: ExitStack, password: str) -> str:
    """Where a broker is, behind a password; whatever waits in it can be read when it is dumped."""
    redis = stack.enter_context(running_redis())
    with Redis.from_url(redis.url) as client:
        client.config_set("rdbcompression", "no")
        client.config_set("requirepass", password)
    return redis.url.replace("//", f"//:{quote(password)}@")


HASTE = (
    "UPDATE store_delivery SET due_at = (SELECT min(due_at) FROM store_delivery)"
    " WHERE state = 'deferred'"
)
HELD = (
    "SELECT channel FROM store_channelstate"
    " WHERE hold_until > CURRENT_TIMESTAMP OR paused_at IS NOT NULL"
)
UNSETTLED = "SELECT count(*) FROM store_delivery WHERE state IN ('queued', 'sending', 'deferred')"

BELONGS = {
    "session": "django_session",
    "seed of a telephone": "otp_totp_totpdevice",
    "seed of a telephone, in hex": "otp_totp_totpdevice",
    "webhook": "store_webhook",
}
"""What a table must keep as it is, to compare with or to sign by; nothing else may hold it."""
BELONG_IN_DATABASE = tuple(BELONGS)
TYPED = ("key typed on a page", "key typed on a page, half")
"""What was typed on a page and kept lies in a file of its own."""


@contextmanager
def _connected(url: str) -> Iterator[Any]:
    if urlsplit(url).scheme == "sqlite":
        with closing(sqlite3.connect(urlsplit(url).path, timeout=30)) as connection, connection:
            yield connection
    else:
        with psycopg.connect(url) as session:
            yield session


LISTED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
}


def tables(url: str) -> dict[str, str]:
    """Every row of every table as text."""
    with _connected(url) as connection:
        names = connection.execute(LISTED[urlsplit(url).scheme]).fetchall()
        return {
            name: "\n".join(map(str, connection.execute(f'SELECT * FROM "{name}"').fetchall()))
            for (name,) in names
        }


def end(child: subprocess.Popen[str]) -> None:
    """Ask a child to end, and see that it has."""
    child.send_signal(signal.SIGTERM)
    child.communicate(timeout=PATIENCE)


def _object(child: subprocess.Popen[str]) -> dict[str, Any]:
    """The JSON with which a child begins."""
    said = ""
    assert child.stdout
    for line in child.stdout:
        said += line
        try:
            told: dict[str, Any] = json.loads(said)
        except ValueError:
            continue
        return told
    raise AssertionError(said)
