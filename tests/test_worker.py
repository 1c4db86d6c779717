"""The worker with its schedule inside, as a real child process, on both brokers."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0
"""Seconds a busy machine has; a quiet one needs three."""

RELEASE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "broadcaster.settings"
import django
django.setup()
from datetime import UTC, datetime
from broadcaster.bootstrap import office
from broadcaster.services.release import release
from tests import school
school.destination("site", "1a", data_class=0)
release(office(), school.announcement("1А", title="Экскурсия"), now=datetime.now(UTC))
"""


@pytest.fixture(params=["files", "redis"])
def environment(request: pytest.FixtureRequest, tmp_path: Path, new_home: Path) -> dict[str, str]:
    """A home of its own, whose worker looks often; the broker in files or in Redis."""
    shutil.copy(new_home / "broadcaster.sqlite3", tmp_path)
    (tmp_path / "school.yaml").write_text(
        "dispatch: {sweep_every: 0.3}\nquiet_hours: {enabled: false}\n", "utf-8"
    )
    mine = {"BROADCASTER_HOME": str(tmp_path), "BROADCASTER_CONFIG": f"{tmp_path}/school.yaml"}
    if request.param == "redis":
        mine["REDIS_URL"] = request.getfixturevalue("redis_url").removesuffix("0") + "7"
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | mine


def run(code: str, environment: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


@contextmanager
def worker(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as `broadcaster serve` starts it."""
    command = ["celery", "--app", "worker", "--quiet", "worker", "--with-schedule"]
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def appears(file: Path, text: str, child: subprocess.Popen[bytes]) -> bool:
    """Whether the text is in the file before patience or the child ends."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        if file.exists() and text in file.read_text("utf-8"):
            return True
        time.sleep(0.05)
    return False


def test_a_worker_finds_what_was_released_sends_it_and_ends_when_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    run(RELEASE, environment)
    with worker(environment, log) as child:
        found = appears(tmp_path / "site" / "feed.json", "Экскурсия", child)
        child.send_signal(signal.SIGTERM)
        code = child.wait(PATIENCE)
    assert found, log.read_text("utf-8")
    assert (code, "Traceback" in log.read_text("utf-8")) == (0, False)


RING = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "broadcaster.settings"
import django
django.setup()
from broadcaster.cli.doors import ring
ring()
"""


def test_a_bell_to_a_redis_that_is_silent_keeps_nobody_waiting(tmp_path: Path) -> None:
    home = {"BROADCASTER_HOME": str(tmp_path), "BROADCASTER_CONFIG": f"{tmp_path}/school.yaml"}
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        begun = time.monotonic()
        child = subprocess.run(
            [sys.executable, "-c", RING],
            cwd=ROOT,
            env=os.environ | home | {"REDIS_URL": there},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    assert "broadcaster check" in child.stdout + child.stderr
    assert time.monotonic() - begun < 30
