"""The units of systemd: what they forbid themselves, and that what they start runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from tests.deploy_files import DEPLOY, ROOT, SERVICES, UNITS, Unit
from tests.lacking import lacking
from tests.test_worker import RELEASE, appears, run

PATIENCE = 60.0


def hardening(unit: Unit) -> dict[str, str]:
    """What a service forbids itself, and as whom it runs."""
    words = re.compile("Protect|Private|Restrict|Lock|System|NoNew|Cap|Ambient|UMask|RemoveIPC")
    who = {"User", "Group", "EnvironmentFile", "StateDirectory", "StateDirectoryMode"}
    return {k: v for k, v in unit["Service"].items() if words.match(k) or k in who}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_has_nothing_against_a_unit(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        lacking("There is no systemd-analyze: install the system's package systemd.")
    etc, programs = tmp_path / "etc/systemd/system", tmp_path / "opt/broadcaster/.venv/bin"
    shutil.copytree(DEPLOY / "systemd", etc)
    shutil.copytree("/usr/lib/systemd/system", tmp_path / "usr/lib/systemd/system", symlinks=True)
    programs.mkdir(parents=True)
    for name in ("broadcaster", "celery", "gunicorn"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    name = unit.name.replace("@", "@1")
    done = subprocess.run(
        ["systemd-analyze", "verify", f"--root={tmp_path}", "--man=no", name],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "broadcaster" in line]
    assert (done.returncode, ours) == (0, [])


def test_a_worker_wants_the_schools_file_where_the_environment_names_it() -> None:
    worker = Unit(DEPLOY / "systemd/broadcaster-worker@.service")
    environment = (DEPLOY / "environment.example").read_text("utf-8")
    assert f"BROADCASTER_CONFIG={worker['Unit']['AssertPathExists']}\n" in environment


def test_every_service_is_shut_in_alike() -> None:
    first, *others = (hardening(Unit(service)) for service in SERVICES)
    assert all(other == first for other in others)
    assert first["ProtectSystem"] == "strict"
    assert first["NoNewPrivileges"] == first["ProtectHome"] == first["PrivateTmp"] == "yes"
    assert (first["User"], first["CapabilityBoundingSet"]) == ("broadcaster", "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_what_a_killed_worker_knew_is_not_removed_with_its_service(unit: Path) -> None:
    assert Unit(unit)["Service"]["RemoveIPC"] == "no"


def test_a_service_that_fails_is_started_again() -> None:
    staying = [Unit(one) for one in SERVICES if Unit(one)["Service"]["Type"] != "oneshot"]
    assert {unit["Service"]["Restart"] for unit in staying} == {"on-failure"}
    assert len(staying) == 4


def test_the_target_starts_pages_schedule_and_one_worker() -> None:
    wanted = Unit(DEPLOY / "systemd/broadcaster.target")["Unit"]["Wants"].split()
    assert wanted == [
        "broadcaster-web.service",
        "broadcaster-beat.service",
        "broadcaster-worker@1.service",
    ]


def test_the_target_takes_its_parts_with_it_and_leaves_the_other_way_alone() -> None:
    parts = {one.stem for one in SERVICES if Unit(one)["Unit"].get("PartOf")}
    assert parts == {"broadcaster-web", "broadcaster-beat", "broadcaster-worker@"}
    other = Unit(DEPLOY / "systemd/broadcaster.service")
    assert "broadcaster.target" in other["Unit"]["Conflicts"].split()


def test_a_worker_on_a_machine_of_its_own_starts_with_the_machine() -> None:
    install = Unit(DEPLOY / "systemd/broadcaster-worker@.service")["Install"]
    assert "multi-user.target" in install["WantedBy"].split()


def test_a_worker_is_given_longer_to_stop_than_the_pages() -> None:
    worker = Unit(DEPLOY / "systemd/broadcaster-worker@.service")["Service"]
    assert int(worker["TimeoutStopSec"]) >= 120
    assert (worker["KillMode"], worker["KillSignal"]) == ("mixed", "SIGTERM")


# What is started


@contextmanager
def started(
    unit: str, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[Any]]:
    """What a unit starts, from this tree and with this environment."""
    program, *words = Unit(DEPLOY / "systemd" / unit).line
    line = [str(Path(sys.executable).parent / Path(program).name)]
    line += [word.replace("%i", "1").replace("%%", "%") for word in words]
    if "--bind" in line:
        line[line.index("--bind") + 1] = environment["BIND"]
    with log.open("wb") as output:
        child = subprocess.Popen(
            line, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def environment(tmp_path: Path, redis_url: str, new_home: Path) -> dict[str, str]:
    """An installation with Redis whose worker looks often."""
    shutil.copy(new_home / "broadcaster.sqlite3", tmp_path)
    (tmp_path / "school.yaml").write_text(
        "dispatch: {sweep_every: 0.3}\nquiet_hours: {enabled: false}\n", "utf-8"
    )
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    mine = {"BROADCASTER_HOME": str(tmp_path), "BROADCASTER_CONFIG": f"{tmp_path}/school.yaml"}
    return kept | mine | {"REDIS_URL": redis_url.removesuffix("0") + "6"}


def ended(child: subprocess.Popen[Any]) -> int:
    """The code with which it ends when systemd asks it to."""
    child.send_signal(signal.SIGTERM)
    return child.wait(PATIENCE)


def test_worker_and_schedule_of_the_units_send_and_end_when_told(
    environment: dict[str, str], tmp_path: Path
) -> None:
    run(RELEASE, environment)
    logs = [tmp_path / "worker.log", tmp_path / "beat.log"]
    with (
        started("broadcaster-worker@.service", environment, logs[0]) as worker,
        started("broadcaster-beat.service", environment, logs[1]) as beat,
    ):
        found = appears(tmp_path / "site" / "feed.json", "Экскурсия", worker)
        codes = ended(beat), ended(worker)
    words = "".join(log.read_text("utf-8") for log in logs)
    assert (found, codes, "Traceback" in words) == (True, (0, 0), False), words


def answer(url: str, host: str) -> int:
    """The status of a page behind a proxy with TLS; 0 while nobody answers."""
    proxied = {"Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    with suppress(ConnectionError, URLError), urlopen(Request(url, headers=proxied)) as seen:
        return int(seen.status)
    return 0


def wait_for(found: Callable[[], int]) -> int:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if status := found():
            return status
        time.sleep(0.1)
    return 0


def test_the_pages_of_the_unit_answer_behind_a_proxy_and_on_the_machine(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    told = {
        "BIND": place,
        "BROADCASTER_HOSTS": "news.school.example,127.0.0.1,localhost",
        "BROADCASTER_HTTPS": "1",
        "BROADCASTER_BEHIND_PROXY": "1",
    }
    with started("broadcaster-web.service", environment | told, tmp_path / "web.log") as web:
        ready = wait_for(lambda: answer(f"http://{place}/readyz", "127.0.0.1"))
        alive = answer(f"http://{place}/healthz", "localhost")
        site = answer(f"http://{place}/site/", "news.school.example")
        code = ended(web)
    assert (ready, alive, site, code) == (200, 200, 200, 0)
