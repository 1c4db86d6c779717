"""What must be open before a command can work, told in words when it is not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from uuid import UUID

from django.db import DatabaseError

from broadcaster.bootstrap import office
from broadcaster.cli.ending import database_away
from broadcaster.cli.output import AWAY, BAD_INPUT, fail, warn
from broadcaster.i18n import _
from broadcaster.services.checkup import WORKER_SILENT_AFTER
from broadcaster.services.follow import NoSuchAnnouncement, SeveralAnnouncements, find
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from broadcaster.store.queries.roll import all_group_names, group_ids
from broadcaster.store.queries.schema import missing_migrations, unknown_migrations

log = logging.getLogger(__name__)

EMBEDDED = "http://127.0.0.1:8000/"
"""Where `serve` listens unless it is told otherwise."""


def pages_url() -> str:
    """Where a browser finds the pages: the school's address, else where `serve` listens."""
    return office().school.public_url or EMBEDDED


def database_open() -> None:
    """Make sure that the database answers and is up to date; ends the command when not."""
    try:
        refuse_newer_database()
        missing = missing_migrations()
    except DatabaseError as error:
        fail("no_database", [database_away(error)], exit_code=AWAY)
    if missing:
        problem = _("База данных не готова. Выполните: broadcaster init")
        fail("database_not_ready", [problem], exit_code=AWAY)


def refuse_newer_database() -> None:
    """End the command when a newer program has changed the tables; raises DatabaseError.

    Workers that run already are not asked: they go on beside a newer one.
    """
    if unknown_migrations():
        problem = _(
            "База данных новее программы: её обновила более новая версия. Обновите программу или"
            " восстановите копию, сделанную до обновления: broadcaster restore ФАЙЛ"
        )
        fail("database_newer", [problem], exit_code=AWAY)


def announcement_of(number: str) -> UUID:
    """The announcement that a person means; ends the command when there is none or several."""
    database_open()
    try:
        return find(number)
    except NoSuchAnnouncement:
        problem = _("Объявления {number} нет. Список: broadcaster report").format(number=number)
        fail("no_such_announcement", [problem], exit_code=BAD_INPUT)
    except SeveralAnnouncements as several:
        words = _(
            "С «{number}» начинаются номера нескольких объявлений: {ids}. Допишите ещё знаки."
        )
        problem = words.format(number=number, ids=", ".join(map(str, several.ids)))
        fail("several_announcements", [problem], exit_code=BAD_INPUT)


@contextmanager
def needs_groups(file: Path) -> Iterator[None]:
    """Tell which groups of an announcement are not on the roll, and the nearest ones that are."""
    from broadcaster.services.announcing import UnknownGroup  # noqa: PLC0415 - slow to import

    try:
        yield
    except UnknownGroup as unknown:
        problems = [_no_such_group(file, name, unknown.known) for name in unknown.names]
        fail("unknown_group", problems, exit_code=BAD_INPUT)


def _no_such_group(file: Path, name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = _("Может быть, «{near}»?").format(near=near[0]) if near else groups_there_are(known)
    return _("{file}: to: группы «{name}» нет. {hint}").format(file=file, name=name, hint=hint)


def group_on_roll(name: str) -> int:
    """The number of a group; ends the command when there is none of this name."""
    found, unknown = group_ids([name])
    if unknown:
        known = all_group_names()
        near = get_close_matches(name, known, n=1)
        hint = _("Может быть, «{near}»?").format(near=near[0]) if near else groups_there_are(known)
        words = _("Группы «{name}» нет. {hint}").format(name=name, hint=hint)
        fail("unknown_group", [words], exit_code=BAD_INPUT)
    return found[name]


def groups_there_are(known: Sequence[str]) -> str:
    """The groups of the roll in one sentence, or how to get some."""
    if not known:
        return _("Список групп пуст; загрузите его: broadcaster people import ФАЙЛ")
    return _("Есть: {groups}.").format(groups=", ".join(f"«{name}»" for name in known))


def ring() -> None:
    """Wake a worker; when the broker is away, say so: a later sweep finds the work."""
    _ring(bells().ring)


def ring_for_release() -> None:
    """Wake workers for what has just been released; when the broker is away, say so."""
    _ring(bells().ring_for_release)


def bells() -> ModuleType:
    """The bells; who is about to release takes them in hand before, so that nobody waits then."""
    import worker  # noqa: F401, PLC0415 - names the Celery application
    from broadcaster import tasks  # noqa: PLC0415 - Celery is slow to import

    return tasks


def _ring(bell: Callable[[], None]) -> None:
    from kombu.exceptions import OperationalError as BrokerAway  # noqa: PLC0415 - slow to import

    try:
        bell()
    except (BrokerAway, OSError) as error:
        log.info("bell.broker_away", extra={"error": type(error).__name__})
        warn(_("Очередь не отвечает. Всё сохранено и уйдёт, когда она вернётся. Подробнее: "
               "broadcaster check"))  # fmt: skip


def worker_awake() -> bool:
    """Whether a worker has shown life lately; without one nothing is sent."""
    seen = last_beat(SWEEP)
    return seen is not None and datetime.now(UTC) - seen < WORKER_SILENT_AFTER


def warn_when_nobody_works() -> None:
    """Say so when nothing can be sent before somebody starts the worker."""
    if not worker_awake():
        warn(
            _("Обработчик не запущен, пока ничего не уйдёт. Запустите службу или broadcaster serve")
        )
