"""PostgreSQL: dumped and restored by its own programs, of the server's own major version.

What is there is moved aside as a schema and comes back when anything fails. The dump is let in by
sections: between tables and rows we set a guard, so that no announcement is ever there that may go
on, not even when the machine loses its power in the middle.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.client import DatabaseClient

from broadcaster.i18n import _
from broadcaster.services.backup.archive import Progress
from broadcaster.services.backup.snapshot import Snapshot, migrations, snapshot
from broadcaster.services.backup.trouble import NoPrograms, Running
from broadcaster.store.models import Announcement
from broadcaster.store.queries.dialect import fetch

log = logging.getLogger(__name__)

ASIDE = "broadcaster_before_restore"
"""The schema that keeps what was there until all is done."""
STOPPED = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the guard stops announcements, so that `lift_guard` knows them again."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
OTHERS = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
GUARD = f"""
    CREATE FUNCTION {{schema}}.restore_stops() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.paused_at := coalesce(NEW.paused_at, timestamptz '{STOPPED.isoformat()}');
    RETURN NEW; END $$;
    CREATE FUNCTION {{schema}}.restore_begins_anew() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.since := now(); NEW.seen_at := now(); RETURN NEW; END $$;
    CREATE TRIGGER restore_stops BEFORE INSERT ON {{schema}}.store_announcement
    FOR EACH ROW EXECUTE FUNCTION {{schema}}.restore_stops();
    DO $$ BEGIN IF to_regclass('{{schema}}.store_watch') IS NOT NULL THEN
    CREATE TRIGGER restore_begins_anew BEFORE INSERT ON {{schema}}.store_watch
    FOR EACH ROW EXECUTE FUNCTION {{schema}}.restore_begins_anew(); END IF; END $$;
"""
UNGUARD = (
    "DROP FUNCTION IF EXISTS restore_stops() CASCADE",
    "DROP FUNCTION IF EXISTS restore_begins_anew() CASCADE",
)


def copy(target: Path, progress: Progress) -> Snapshot:
    """A dump of one moment, and what the database held at that moment."""
    program = _program("pg_dump")
    import psycopg  # noqa: PLC0415 - most schools have SQLite

    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as asking:
        asking.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        ((moment,),) = asking.execute("SELECT pg_export_snapshot()").fetchall()
        progress(_("Копирую базу данных"), 0, 1)
        _dump(program, target, f"--snapshot={moment}")

        def ask(sql: str) -> list[tuple[object, ...]]:
            return asking.execute(sql.encode()).fetchall()

        return snapshot(ask, [str(name) for (name,) in ask(TABLES)])


LOOKS, BETWEEN_LOOKS = 5, 0.3
"""How often, and after how many seconds, one looks again whether somebody is connected."""


def dump_aside(target: Path) -> None:
    """A dump of what is there, before it is replaced."""
    _dump(_program("pg_dump"), target)


def _others() -> int:
    ((others,),) = fetch(OTHERS)
    return int(others)


def refuse_used() -> None:
    """Raise Running when somebody else is connected to the database.

    A connection that has just been closed still stands in the list for a moment.
    """
    others = _others()
    for _look in range(LOOKS):
        if not others:
            return
        time.sleep(BETWEEN_LOOKS)
        others = _others()
    if others:
        words = _("С базой данных работает кто-то ещё, соединений: {others}. Остановите программу"
                  " на всех машинах и повторите.")  # fmt: skip
        raise Running(words.format(others=others))


@contextmanager
def replaced(dump: Path) -> Iterator[None]:
    """The database is the dump's for the length of the block, and stays so when that ends well."""
    program, schema = _program("pg_restore"), _schema()
    _run_sql(f'DROP SCHEMA IF EXISTS "{ASIDE}" CASCADE')
    _run_sql(f'ALTER SCHEMA "{schema}" RENAME TO "{ASIDE}"', f'CREATE SCHEMA "{schema}"')
    try:
        _let_in(program, dump, schema)
        yield
    except BaseException:
        connection.close()
        _run_sql(
            f'DROP SCHEMA IF EXISTS "{schema}" CASCADE',
            f'ALTER SCHEMA "{ASIDE}" RENAME TO "{schema}"',
        )
        raise
    try:
        _run_sql(f'DROP SCHEMA IF EXISTS "{ASIDE}" CASCADE')
    except DatabaseError as error:  # all is done; it only takes space
        log.warning("restore.aside_stays", extra={"problem": str(error)})


def lift_guard() -> None:
    """Take the guard away; call it in the transaction that stops by its own reasons."""
    with connection.cursor() as cursor:
        for statement in UNGUARD:
            cursor.execute(statement)
    Announcement.objects.filter(paused_at=STOPPED).update(paused_at=None)


def seen_migrations() -> tuple[str, ...]:
    """The changes that the database has seen."""
    return migrations(fetch)


def _let_in(program: str, dump: Path, schema: str) -> None:
    ways = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    into = [f"--schema={schema}", f"--dbname={connection.settings_dict['NAME']}", str(dump)]
    for section in ("pre-data", "data", "post-data"):
        _run([program, *ways, f"--section={section}", *into])
        if section == "pre-data":
            _run_sql(GUARD.format(schema=f'"{schema}"'))


def _dump(program: str, target: Path, *also: str) -> None:
    ways = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={_schema()}"]
    _run([program, *ways, *also, f"--file={target}", str(connection.settings_dict["NAME"])])


def _run(command: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs; the password is in its environment, not in its words."""
    done = subprocess.run(  # noqa: S603 - our own words
        command, env=_environment(), capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        words = _("{program} не справилась: {why}")
        said = " ".join(done.stderr.split())[:500] or str(done.returncode)
        raise NoPrograms(words.format(program=Path(command[0]).name, why=said))


def _environment() -> Mapping[str, str]:
    about = connection.settings_dict
    _words, given = DatabaseClient.settings_to_cmd_args_env(about, [])
    named = {"PGHOST": about["HOST"], "PGPORT": about["PORT"], "PGUSER": about["USER"]}
    told = {name: str(value) for name, value in named.items() if value}
    return os.environ | told | (given or {})


def _program(name: str) -> str:
    """One of PostgreSQL's programs of the server's major version; raises NoPrograms."""
    with connection.cursor():
        major = connection.pg_version // 10000  # type: ignore[attr-defined]
    places = [f"/usr/lib/postgresql/{major}/bin", f"/usr/pgsql-{major}/bin"]
    places += os.environ.get("PATH", "").split(os.pathsep)
    for program in filter(None, (shutil.which(name, path=place) for place in places if place)):
        if _major(program) == major:
            return program
    words = _(
        "Нужна программа {name} той же версии, что и сервер PostgreSQL, — {major}. Установите её:"
        " apt install postgresql-client-{major}"
    )
    raise NoPrograms(words.format(name=name, major=major))


def _major(program: str) -> int:
    said = subprocess.run(  # noqa: S603 - our own words
        [program, "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else 0


def _schema() -> str:
    ((schema,),) = fetch("SELECT current_schema()")
    return str(schema or "public")


def _run_sql(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
