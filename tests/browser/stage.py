"""A school that really runs: `broadcaster serve` with its sandbox behind it, and people in it.

Nothing is shared with the tests' own process but the machine.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

from tests.cli.desk import EXAMPLES, ROOT, Program, wait_for
from tests.servers.process import free_port

PASSWORD = "верблюд лодка 7"
ADMINISTRATOR, TEACHER = "anna@school.example", "teacher@school.example"

SCHOOL = """\
sandbox: true
school:
  name: Школа № 12 «Родник»
  signature: "Секретарь: 8 (495) 000-00-12"
quiet_hours:
  enabled: false
retries:
  first_wait: 1.0
"""

SCRIPT = f"""
import django
django.setup()
from datetime import UTC, datetime
from django.contrib.auth.models import User
from django.core.management import call_command
from broadcaster.bootstrap import normalisers
from broadcaster.contract import Capability
from broadcaster.services.audit import SYSTEM
from broadcaster.services.sample import load_sample_school
from broadcaster.store.models import Group, Staff

call_command("migrate", verbosity=0, interactive=False)
load_sample_school(
    people=normalisers(Capability.PEOPLE),
    places=normalisers(Capability.DESTINATIONS),
    by=SYSTEM,
    now=datetime.now(UTC),
)

def member(email, name, **more):
    user = User.objects.create_user(email, email, {PASSWORD!r})
    return Staff.objects.create(user=user, name=name, **more)

member({ADMINISTRATOR!r}, "Анна Сергеевна", role="administrator")
teacher = member({TEACHER!r}, "Мария Ивановна", role="teacher", approval="always")
teacher.groups.set(Group.objects.filter(name="1А"))
"""

MORE_COPIES = """
WITH RECURSIVE numbers(number) AS (
    SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < :copies
)
INSERT INTO store_delivery
    (announcement_id, channel, state, reason, why, priority, due_at, sent_at, attempts, parts)
SELECT :news, 'email', 'sent', '', 'every_channel', 2, datetime(), datetime(), 1, '[]' FROM numbers
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """A running school; `start` is the link of the first start, empty where it is over."""

    program: Program
    url: str
    start: str

    def sent(self, file: str) -> str:
        """Release an announcement of the examples and return its id."""
        said = self.program.run("send", EXAMPLES / file, "--json").json
        return str(said["announcement"])

    def letters(self, subject: str) -> int:
        """How many letters with this subject the sandbox has got."""
        with urlopen(f"{self.sandbox['phones']}/api/shown?platform=email", timeout=5) as answer:
            return sum(subject in one["subject"] for one in json.load(answer))

    def enlarge(self, announcement: str, copies: int) -> None:
        """Give an announcement so many more copies, which nobody in particular has got."""
        with closing(sqlite3.connect(self.program.home / "broadcaster.sqlite3")) as database:
            database.execute(MORE_COPIES, {"news": UUID(announcement).hex, "copies": copies})
            database.commit()

    @property
    def sandbox(self) -> dict[str, str]:
        """Where the sandbox listens."""
        return dict(json.loads((self.program.home / "sandbox.json").read_text("utf-8")))

    def plays(self) -> bool:
        """Whether the sandbox has started."""
        return (self.program.home / "sandbox.json").exists()


@contextmanager
def empty_school(home: Path) -> Iterator[Stage]:
    """A school at its first start."""
    program = Program(home)
    port = free_port()
    with program.running("serve", "--port", str(port), "--json") as child:
        yield _ready(program, child, f"http://127.0.0.1:{port}")


@contextmanager
def sample_school(home: Path) -> Iterator[Stage]:
    """The sample school with an administrator and a teacher whose words are approved first."""
    program = Program(home)
    home.mkdir(parents=True)
    (home / "school.yaml").write_text(SCHOOL, "utf-8")
    environment = program.environment({"DJANGO_SETTINGS_MODULE": "broadcaster.settings"})
    subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, check=True)
    port = free_port()
    with program.running("serve", "--port", str(port), "--json") as child:
        stage = _ready(program, child, f"http://127.0.0.1:{port}")
        wait_for(stage.plays)
        yield stage


def _ready(program: Program, child: subprocess.Popen[str], url: str) -> Stage:
    wait_for(lambda: answers(f"{url}/healthz"))
    assert child.stdout
    told = ""
    while not told.endswith("}\n"):
        told += child.stdout.readline()
    return Stage(program, url, json.loads(told)["start"] or "")


def answers(url: str) -> bool:
    """Whether somebody serves this page."""
    try:
        with urlopen(url, timeout=5):
            return True
    except OSError:  # URLError, a refused connection, a timeout
        return False
