"""Nothing that a running installation writes holds a secret, whatever goes wrong in it.

Marked tokens, keys and passwords go through every failure of the platforms, of the settings and of
the pages; then everything written is searched: what commands and pages said, logs, every column of
every table, the broker, backups, the command lines of the processes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
import requests
from psycopg import sql

from broadcaster.playground import COMMUNITY
from broadcaster.sandbox.faults import Fault, FaultKind
from tests.cli.desk import EXAMPLES, wait_for
from tests.marked.marks import Marks, found
from tests.marked.stage import (
    CARRIERS,
    GARBAGE_MAIL,
    GARBAGE_WEB,
    PAGES,
    PARTS,
    STRIKES,
    WRONG,
    Stage,
    locked_redis,
)

pytestmark = pytest.mark.database


def open_locks(marks: Marks, stack: ExitStack, request: pytest.FixtureRequest) -> dict[str, str]:
    """A database and a broker, behind passwords where they can have one."""
    if request.config.getoption("--database") != "postgresql":
        return {"REDIS_URL": ""}
    password = marks.more["password of the database"]
    url = request.getfixturevalue("postgres_url")
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute(
            sql.SQL("CREATE ROLE marked SUPERUSER LOGIN PASSWORD {}").format(password)
        )
        connection.execute("CREATE DATABASE marked OWNER marked")
    return {
        "DATABASE_URL": url.replace("postgres@", f"marked:{password}@").replace(
            "5432/postgres", "5432/marked"
        ),
        "REDIS_URL": locked_redis(stack, marks.more["password of Redis"]),
    }


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """An installation that has been through everything, and has ended."""
    marks = Marks()
    with ExitStack() as stack:
        home = Path(stack.enter_context(TemporaryDirectory(prefix="broadcaster-secrets-")))
        locks = {"DATABASE_URL": f"sqlite:///{home}/broadcaster.sqlite3"}
        stage = Stage(home, marks, locks | open_locks(marks, stack, request))
        with stage.running():
            begin(stage)
            send_through_failures(stage)
            type_keys(stage)
            look_at_everything(stage)
            break_the_pages(stage)
            mistake_the_settings(stage)
        stage.gather()
        yield stage


def begin(stage: Stage) -> None:
    """Everybody who has a secret gets it."""
    marks, start = stage.marks, f"/start/{stage.marks.more['first start']}/administrator"
    mine = {"password": marks.more["password"], "repeated": marks.more["password"]}
    stage.browser.post(
        stage.address + start, data={"name": "Анна"} | mine
    )  # without a form's token
    stage.post(start, "first start", name="Анна", email="anna@school.example", **mine)
    marks.more["session"] = stage.browser.cookies["sessionid"]
    stage.post("/account/login", username="anna@school.example", password=mine["password"] + "?")
    stage.post(
        "/account/second-factor/begin",
        "seed of a telephone",
        "seed of a telephone, in groups",
        at="/account/second-factor/settings",
        password=mine["password"],
    )
    page = stage.get("/account/second-factor/settings", "seed of a telephone, in groups").text
    seed = marks.learn("seed of a telephone, in groups", re.search(r'class="key">([\w ]+)<', page))
    marks.more["seed of a telephone"] = seed.replace(" ", "")
    page = stage.post(
        "/settings/webhooks/",
        "webhook",
        url=f"{stage.address}/hook",
        events=["announcement.finished"],
    ).text
    marks.learn("webhook", re.search(r"(whsec_[\w+/=]+)", page))
    page = stage.post("/calendar/subscribe/", "address of a calendar").text
    marks.learn("address of a calendar", re.search(r"/calendar/feed/([\w-]+)\.ics", page))
    words = ("tokens", "add", "Дневник", "--scope", "reports:read", "--json")
    _code, said = stage.run(*words, belong=["API token"])
    marks.learn("API token", re.search(r'"token": "(.+)"', said))
    words = ("staff", "add", "Мария", "--login", "maria@school.example", "--json")
    _code, said = stage.run(*words, belong=["link of staff"])
    marks.learn("link of staff", re.search(r"/welcome/[^/]+/([\w-]+)", said))


def send_through_failures(stage: Stage) -> None:
    """Every way in which the platforms fail, and in the end nobody there at all."""
    stage.run("people", "import", EXAMPLES / "people.csv")
    stage.run("people", "destinations", EXAMPLES / "destinations.csv")
    for platform in stage.platforms:
        garbage = GARBAGE_MAIL if platform is stage.mail else GARBAGE_WEB
        carrier = CARRIERS.get(type(platform), "")
        platform.faults.add(*(replace(one, method=carrier) for one in (*STRIKES, *garbage)))
    stage.run("send", EXAMPLES / "important.md", "--json")
    wait_for(stage.settled, seconds=90)
    for platform in stage.platforms:
        platform.faults.clear()
        platform.faults.add(Fault(FaultKind.BAD_TOKEN, times=None))
    stage.run("send", EXAMPLES / "urgent.md", "--json")
    refusals = '"reason": "credentials"'
    wait_for(lambda: stage.logged("worker").count(refusals) >= len(stage.platforms), seconds=90)
    marks = stage.marks
    shown = "\n".join(str(item) for platform in stage.platforms for item in platform.inbox.all())
    marks.learn("link to acknowledge", re.search(r"/a/([\w:-]{20,})", shown))
    made = (
        "from broadcaster.services.control import unsubscribe_token as token\n"
        "from broadcaster.store.models import Address\n"
        "print(token(1, Address.objects.get(pk=1).value))"
    )
    _code, said = stage.run("manage", "shell", "-c", made, belong=["link to leave"])
    marks.learn("link to leave", re.search(r"^(1:\S+)$", said, re.MULTILINE))


def type_keys(stage: Stage) -> None:
    """A key that is none, one that is only tried, and one that is kept, on the pages for them."""
    typed, telegram, vk = stage.marks.more, "/settings/channels/telegram", "/settings/channels/vk"
    stage.post(telegram, token=typed["key typed wrongly"])
    group, tried = str(COMMUNITY), typed["key tried on a page"]
    stage.post(f"{vk}/check", at=vk, typed="1", group_id=group, token=tried)
    stage.post(telegram, token=typed["key typed on a page"])
    assert list((stage.home / "secrets").iterdir()), "the key that was typed has not been kept"


def look_at_everything(stage: Stage) -> None:
    """What an administrator, a program and a stranger may look at."""
    _code, said = stage.run("report", "--json")
    [urgent, important] = [one["announcement"] for one in json.loads(said)["announcements"]]
    bearer = {"Authorization": f"Bearer {stage.marks.more['API token']}"}
    for path in (*PAGES, *(f"/announcements/{important}/{part}" for part in PARTS)):
        stage.get(path)
    for path in ("/api/v1/announcements", "/api/v1/nothing", "/api/v1/openapi.json"):
        stage.get(path, headers=bearer)
    stage.get("/metrics", headers={"Authorization": f"Bearer {stage.marks.given['METRICS_TOKEN']}"})
    stage.get("/metrics", headers={"Authorization": f"Bearer {stage.marks.given['SECRET_KEY']}"})
    for name in ("telegram", "vk", "email"):
        stage.post(f"/settings/channels/{name}/check", at="/settings/channels/" + name)
    for command in ("check", "health", "audit"):
        stage.run(command, "--json")
    stage.run("report", important, "--copies")
    stage.run("report", important, "--csv", stage.home / "families.csv")
    stage.run("report", urgent, "--xlsx", stage.home / "families.xlsx")
    stage.run("tokens", "list", "--json")
    stage.run("manage", "check", "--deploy")
    stage.run("backup", stage.home / "backup.tar.gz", "--json")
    stage.run("site", "export", stage.home / "exported", "--url", "https://school.example/")


OPENING = {
    "/a/{}": "link to acknowledge",
    "/u/{}": "link to leave",
    "/calendar/feed/{}.ics": "address of a calendar",
    "/account/welcome/MQ/{}": "link of staff",
    "/start/{}": "first start",
}
"""Addresses that open things, each with the one secret that belongs on its page."""


def break_the_pages(stage: Stage) -> None:
    """A page that is refused, that is not there, that breaks, and an address that opens things."""
    opening = {path.format(stage.marks.more[name]): name for path, name in OPENING.items()}
    for path, name in opening.items():
        stage.get(path, name)
        answer = requests.post(stage.address + path, timeout=10)
        stage.keep(f"POST {path}", f"{answer.headers}\n{answer.text}", name)
    moved = ("store_staff", "store_announcement", "store_setupcode", "store_delivery")
    for table in moved:
        stage.execute(f"ALTER TABLE {table} RENAME TO {table}_moved")
    broken = [
        stage.browser.get(stage.address + path, timeout=10) for path in (*opening, *PAGES[:3])
    ]
    wait_for(lambda: '"event": "task.fault"' in stage.logged("worker"), seconds=60)
    for table in reversed(moved):
        stage.execute(f"ALTER TABLE {table}_moved RENAME TO {table}")
    assert HTTPStatus.INTERNAL_SERVER_ERROR in {answer.status_code for answer in broken}
    for answer in broken:
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            stage.keep(f"broken {answer.url}", answer.text)


def mistake_the_settings(stage: Stage) -> None:
    """Nobody listens any more, mail wants TLS where there is none, and then worse."""
    stage.write_settings(security="tls")
    stage.run("check")
    for platform in stage.platforms:
        platform.faults.clear()
    for name, text in WRONG.items():
        stage.write_settings(more=text.format(**stage.marks.given))
        stage.refused[name], _said = stage.run("check")
    (stage.home / "school.yaml").unlink()


def test_the_play_was_a_whole_one(played: Stage) -> None:
    """A search that finds nothing must have had something to look through."""
    names = [place.name for place in played.places]
    for kind in (
        "broadcaster ",
        "GET ",
        "POST ",
        "broken ",
        "file logs/",
        "table ",
        "command line",
    ):
        assert [name for name in names if name.startswith(kind)], kind
    assert set(played.refused) == set(WRONG)
    assert 0 not in played.refused.values()


def test_no_secret_is_found_in_anything_written(played: Stage) -> None:
    leaks = found(played.places, played.marks)
    assert not leaks, "\n".join(leaks)
