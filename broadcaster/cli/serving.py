"""`serve`: the whole system as child processes on one machine."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections
from filelock import FileLock, Timeout

from broadcaster.bootstrap import office
from broadcaster.cli.keeping import Charge, become, stamp_of
from broadcaster.cli.output import AWAY, Json, emit, fail, say
from broadcaster.cli.ports import address, port_option, refuse_taken
from broadcaster.cli.processes import Children, children, start_web, start_worker
from broadcaster.cli.starting import first_link
from broadcaster.cli.surroundings import surroundings
from broadcaster.cli.system import make_home, prepare
from broadcaster.config import own_file
from broadcaster.i18n import _
from broadcaster.playground import address_file, forget_addresses
from broadcaster.services.broker import broker_problem
from broadcaster.services.calendar.items import calendar
from broadcaster.services.outlets import local_day

EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - what it means, not where we listen

Host = Annotated[
    str, typer.Option("--host", metavar=_("АДРЕС"), help=_("Адрес, на котором слушать."))
]
WebPort = Annotated[int, port_option(_("Порт веб-страниц."))]

held: list[FileLock] = []
"""The lock of this process's home, until the process ends."""


def serve(host: Host = "127.0.0.1", port: WebPort = 8000, *, as_json: Json = False) -> None:
    """Run everything until Ctrl-C or SIGTERM, or until a part ends by itself."""
    office()
    _refuse_second()
    refuse_taken(host, port)
    _refuse_silent_redis()
    prepare()
    forget_addresses(settings.HOME)
    place, logs = address(host, port), settings.HOME / "logs"
    environment = os.environ | surroundings(host, office().school.public_url, os.environ)
    with children(logs, environment) as group:
        start_worker(group)
        start_web(group, place)
        _tell(logs, first_link(f"http://{_reachable(host, port)}"), place, as_json=as_json)
        _stay(group, logs, as_json=as_json)


def _tell(logs: Path, start: str | None, place: str, *, as_json: bool) -> None:
    wrong = _wrong_in_calendar()
    if as_json:
        emit({"url": f"http://{place}/", "logs": logs, "start": start, "calendar_problems": wrong})
        return
    say(_("Работает: http://{place}/").format(place=place), "bold")
    if start:
        say(_("Первый запуск. Откройте в браузере: {link}").format(link=start), "bold")
    if wrong:
        say(_("В календаре ошибки; остальное в нём работает:"), "yellow")
        for problem in wrong:
            say(f"  {problem}")
    say(_("Журналы: {folder}. Остановить: Ctrl-C.").format(folder=logs))


def _wrong_in_calendar() -> list[str]:
    """What somebody must mend in a calendar that is switched on."""
    now = datetime.now(UTC)
    seen = calendar(office(), today=local_day(office(), now))
    return [str(problem) for problem in seen.problems] if office().calendar.enabled else []


def _reachable(host: str, port: int) -> str:
    """Where a browser on this machine finds us."""
    return address("127.0.0.1" if host in EVERYWHERE else host, port)


def _stay(group: Children, logs: Path, *, as_json: bool) -> None:
    """Keep the parts running; what has prepared them makes room."""
    file, stamp = own_file(), stamp_of(own_file())
    office.refresh()
    charge = Charge(
        parts=group.pids,
        logs=str(logs),
        file=str(file),
        stamp=stamp,
        sandbox=office().sandbox,
        addresses=str(address_file(settings.HOME)),
        as_json=as_json,
    )
    connections.close_all()
    become(charge, group)


def _refuse_second() -> None:
    """Keep the home for this process: without Redis there must be one worker and one schedule.

    The lock stays with the process when it becomes the one that keeps the parts, and ends with it.
    """
    if settings.REDIS_URL:
        return
    make_home()
    lock = FileLock(settings.HOME / "serve.lock", timeout=0, on_acquired=_outlive_exec)
    try:
        lock.acquire()
    except Timeout:
        words = _(
            "Программа уже работает с этими данными: {home}. Чтобы запустить заново, сначала"
            " остановите её: Ctrl-C в её окне или службу. Для второй школы укажите в"
            " BROADCASTER_HOME другую папку."
        )
        fail("already_running", [words.format(home=settings.HOME)], exit_code=AWAY)
    held.append(lock)


def _outlive_exec(lock: int) -> None:
    """Children get no files of ours; only what this process itself becomes keeps the lock."""
    os.set_inheritable(lock, True)


def _refuse_silent_redis() -> None:
    if settings.REDIS_URL and (problem := broker_problem(patience=5.0)):
        words = _("{why}. Запустите Redis или уберите REDIS_URL: очередь есть и своя.")
        fail("no_redis", [words.format(why=problem)], exit_code=AWAY)
