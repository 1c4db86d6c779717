"""What must be open before a command can work, told in words when it is not."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError as BrokerAway

from broadcaster.cli.output import AWAY, BAD_INPUT, fail
from broadcaster.i18n import _
from broadcaster.services.announcing import UnknownGroup

log = logging.getLogger(__name__)


def database_open(*, as_json: bool) -> None:
    """Make sure that the database answers and is up to date; ends the command when not."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        problem = _("База данных не отвечает: {why}. Проверьте DATABASE_URL и сам сервер.")
        fail("no_database", [problem.format(why=error)], exit_code=AWAY, as_json=as_json)
    if missing:
        problem = _("База данных не готова. Выполните: broadcaster init")
        fail("database_not_ready", [problem], exit_code=AWAY, as_json=as_json)


@contextmanager
def needs_groups(file: Path, *, as_json: bool) -> Iterator[None]:
    """Tell which groups of an announcement are not on the roll, and the nearest ones that are."""
    try:
        yield
    except UnknownGroup as unknown:
        known = ", ".join(f"«{name}»" for name in unknown.known) or _("список групп пуст")
        problems = []
        for name in unknown.names:
            near = get_close_matches(name, unknown.known, n=1)
            hint = _("Может быть, «{near}»?").format(near=near[0]) if near else known
            problems.append(
                _("{file}: to: группы «{name}» нет. {hint}").format(file=file, name=name, hint=hint)
            )
        fail("unknown_group", problems, exit_code=BAD_INPUT, as_json=as_json)


def ring() -> None:
    """Wake a worker; when the broker is away, the worker's own sweep finds the work later."""
    import worker  # noqa: F401, PLC0415 - names the Celery application
    from broadcaster.tasks import ring as wake  # noqa: PLC0415 - Celery is slow to import

    try:
        wake()
    except (BrokerAway, OSError) as error:
        log.warning("bell.broker_away", extra={"error": type(error).__name__})
