"""SQLite: copied page by page while others write; put in place by renaming."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path

from django.db import connection

from broadcaster.i18n import _
from broadcaster.services.backup.archive import Progress
from broadcaster.services.backup.snapshot import Ask, Snapshot, migrations, snapshot
from broadcaster.services.backup.trouble import Refused, Running

PAGES = 1000
"""Pages that are copied between two words about it; a page has 4 kB."""
BESIDE = ("", "-wal", "-shm")
"""The files of one database."""
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
MADE = """
    SELECT type, name, coalesce(sql, '') FROM sqlite_master
    WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'
"""
GUARDS = import_module("broadcaster.store.migrations.0004_audit_is_append_only").SQLITE_UP
"""The only triggers there are. Somebody else's would run somebody else's words."""


def place() -> Path:
    """Where the database is."""
    return Path(str(connection.settings_dict["NAME"]))


def copy(target: Path, progress: Progress) -> Snapshot:
    """A copy of one moment.

    The read transaction keeps that moment: in WAL mode it shuts no writer out, and without it every
    write of another process would make the copy begin anew.
    """
    source = sqlite3.connect(
        f"{place().resolve().as_uri()}?mode=ro", uri=True, isolation_level=None
    )
    with closing(source), closing(sqlite3.connect(target)) as made:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()

        def tell(_status: int, left: int, total: int) -> None:
            progress(_("Копирую базу данных"), total - left, total)

        source.backup(made, pages=PAGES, progress=tell)
        made.execute("PRAGMA journal_mode = DELETE")
        return snapshot(made.execute, [name for (name,) in made.execute(TABLES)])


def looked_at(file: Path) -> Snapshot:
    """What an unpacked database holds; raises Refused when it is not whole or not one of ours."""
    try:
        with closing(sqlite3.connect(file)) as copied:
            _refuse_broken(copied.execute)
            return snapshot(copied.execute, [name for (name,) in copied.execute(TABLES)])
    except sqlite3.Error as error:
        words = _("База данных в копии не читается: {why}. Ничего не изменено.")
        raise Refused(words.format(why=error)) from error


def _refuse_broken(ask: Ask) -> None:
    ours = {" ".join(words.split()) for words in GUARDS}
    for kind, name, words in ask(MADE):
        if kind != "trigger" or " ".join(words.split()) not in ours:
            told = _("В базе данных из копии то, чего в ней не бывает: {name}. Ничего не изменено.")
            raise Refused(told.format(name=repr(name)[:100]))
    whole = [word for (word,) in ask("PRAGMA quick_check(1)")] == ["ok"]
    if not whole or list(ask("PRAGMA foreign_key_check")):
        raise Refused(_("База данных в копии повреждена. Ничего не изменено."))


@contextmanager
def standing_on(file: Path) -> Iterator[None]:
    """Let Django work with another file for the length of the block, then leave one whole file."""
    connection.close()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = str(file)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
    with closing(sqlite3.connect(file)) as changed:
        changed.execute("PRAGMA journal_mode = DELETE")


def refuse_used() -> None:
    """Raise Running when somebody else has the database open.

    Leaving WAL mode needs it for oneself alone, and makes one file of three. A broken database is
    nobody's: then it is moved aside as it is.
    """
    if not place().exists():
        return
    connection.close()
    try:
        with closing(sqlite3.connect(place(), timeout=2)) as there:
            there.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Running(_("База данных занята другой программой. Остановите всё и повторите.")) \
                from error  # fmt: skip
    except sqlite3.DatabaseError:
        return


def seen_migrations() -> tuple[str, ...]:
    """The changes that the database Django works with has seen."""
    with connection.cursor() as cursor:
        return migrations(lambda sql: cursor.execute(sql).fetchall())
