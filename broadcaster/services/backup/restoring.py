"""Restoring: looked at first, changed only as a whole, and nothing goes on by itself afterwards.

opened ── unpacked and checked in a folder of ours; nothing is changed
  └─ restore ── what is there goes aside ── the copy takes its place, already stopped
       any fault: what was there comes back
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction

from broadcaster.config import ConfigMistake, own_file
from broadcaster.contract import DataClass
from broadcaster.i18n import _
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.backup import postgres, sqlite
from broadcaster.services.backup.archive import Progress, unpack
from broadcaster.services.backup.holding import Held, hold
from broadcaster.services.backup.manifest import DATABASES, Manifest, refuse_newer
from broadcaster.services.backup.missed import MissedDate, note_missed
from broadcaster.services.backup.places import homes, target_of
from broadcaster.services.backup.trouble import Refused, Running, Unwritable
from broadcaster.services.outlets import Office
from broadcaster.services.settling import secrets_folder
from broadcaster.store.models import Address
from broadcaster.store.queries.heartbeats import SWEEP, WATCH, WORKER, beats

log = logging.getLogger(__name__)

PUBLISHED = "site/"
"""Members that others on the machine may read: a web server does."""
SILENT_AFTER = timedelta(minutes=1)
"""Parts that have shown no life for so long have been stopped."""
OfficeOf = Callable[[Path], Office]
"""Builds an office from a file of settings; raises ConfigMistake or RenderingMistake."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive that has been checked from end to end and lies unpacked in `folder`."""

    archive: Path
    manifest: Manifest
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What is there now, and what a person must look at.

    `missed` are dates of the calendar between the copy and now. `settings_problem` says why the
    restored settings cannot be used. `aside` is where lies what was there before.
    """

    manifest: Manifest
    held: Held
    missed: Sequence[MissedDate]
    settings_problem: str
    aside: Path

    @property
    def needs_person(self) -> bool:
        """Whether there is anything to be looked at."""
        held = self.held
        told = held.announcements or held.series or held.asked or self.missed
        return bool(told or self.settings_problem or self.manifest.missing)


@contextmanager
def opened(archive: Path, progress: Progress) -> Iterator[Opened]:
    """Unpack and check a copy for the length of the block; raises Refused."""
    home = Path(settings.HOME)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore-", dir=home) as name:
        folder = Path(name)
        manifest = unpack(archive, folder, progress)
        _refuse_unfit(manifest, folder)
        yield Opened(archive, manifest, folder)


def is_empty() -> bool:
    """Whether the database holds nothing that anybody would miss; a broken one is not empty."""
    try:
        tables = set(connection.introspection.table_names())
        with connection.cursor() as cursor:
            for table in {"store_announcement", "store_guardian", "auth_user"} & tables:
                cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - our own words
                if cursor.fetchone():
                    return False
    except OperationalError:
        raise
    except DatabaseError:
        return False
    return True


def refuse_running(now: datetime) -> None:
    """Raise Running while the worker or the web shows life."""
    try:
        seen = [at for part, at in beats().items() if part in {SWEEP, WORKER, WATCH}]
    except DatabaseError:
        return
    if any(now - at < SILENT_AFTER for at in seen):
        words = _(
            "Программа ещё работает или только что остановлена. Остановите её на всех машинах,"
            " подождите минуту и повторите. Ничего не изменено."
        )
        raise Running(words)


def restore(
    found: Opened, *, office_of: OfficeOf, by: Actor, now: datetime, progress: Progress
) -> Restored:
    """Put the copy where the present is; raises Running, NoPrograms, Refused or Unwritable.

    Whatever fails, what was there comes back.
    """
    refuse_running(now)
    office, problem = _office(office_of, _own(found.folder))
    aside = _aside(now)
    stop = partial(_stopped, found, office, by=by, now=now)
    progress(_("Восстанавливаю"), 0, 1)
    try:
        with ExitStack() as undo:
            swap = _postgres if found.manifest.database == "postgresql" else _sqlite
            held = swap(found, aside, undo, stop)
            undo.pop_all()
    except (OSError, DatabaseError) as error:
        log.exception("restore.undone")
        words = _("Восстановить не удалось: {why}. Всё, что было, возвращено на место.")
        raise Unwritable(words.format(why=" ".join(str(error).split()).rstrip("."))) from error
    finally:
        with suppress(OSError):
            aside.rmdir()  # nothing was there before
    missed = note_missed(office, since=found.manifest.made_at, now=now) if office else ()
    return Restored(
        manifest=found.manifest, held=held, missed=missed, settings_problem=problem, aside=aside
    )


def _sqlite(found: Opened, aside: Path, undo: ExitStack, stop: Callable[[], Held]) -> Held:
    """The copy is stopped before it is where anybody looks for it."""
    copied, there = found.folder / DATABASES["sqlite"], sqlite.place()
    with sqlite.standing_on(copied):
        held = stop()
    sqlite.refuse_used()
    for end in sqlite.BESIDE:
        if (beside := Path(f"{there}{end}")).exists():
            _move(beside, aside / f"{DATABASES['sqlite']}{end}", undo)
    _move(copied, there, undo)
    _put_files(found, aside, undo)
    return held


def _postgres(found: Opened, aside: Path, undo: ExitStack, stop: Callable[[], Held]) -> Held:
    postgres.refuse_used()
    dump = DATABASES["postgresql"]
    postgres.dump_aside(aside / dump)
    with postgres.replaced(found.folder / dump):
        held = stop()
        _put_files(found, aside, undo)
    return held


def _stopped(found: Opened, office: Office | None, *, by: Actor, now: datetime) -> Held:
    """Bring the restored database up to date and stop what must not go on by itself."""
    refuse_newer(_seen_migrations())
    call_command("migrate", verbosity=0, interactive=False)
    zone = office.school.time_zone if office else UTC
    words = _(
        "Восстановлено из копии от {when}: что ушло после неё, неизвестно. Проверьте на площадках и"
        " нажмите «Продолжить отправку» или «Отменить то, что не ушло»."
    )
    problem = words.format(when=f"{found.manifest.made_at.astimezone(zone):%d.%m.%Y %H:%M}")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            postgres.lift_guard()
        held = hold(problem, carries=_carries(office), now=now)
        record(
            by,
            Action.RESTORED,
            now=now,
            kind="backup",
            subject=found.archive.name[:64],
            taken_at=found.manifest.made_at.isoformat(),
            stopped=len(held.announcements),
            series=len(held.series),
        )
    return held


def _carries(office: Office | None) -> list[tuple[str, int]]:
    """The channels on which failed copies are made up for; all of them where nobody can tell."""
    if office is not None:
        return [(name, int(most)) for name, most in office.carries().items()]
    used = Address.objects.order_by().values_list("channel", flat=True).distinct()
    return [(name, int(DataClass.PERSONAL)) for name in used]


def _office(office_of: OfficeOf, own: Path) -> tuple[Office | None, str]:
    """The office of the restored settings, or why there can be none yet."""
    try:
        return office_of(own), ""
    except (ConfigMistake, RenderingMistake) as mistake:
        return None, str(mistake).replace(str(own), str(own_file()))


def _put_files(found: Opened, aside: Path, undo: ExitStack) -> None:
    """Move what is there aside and what was unpacked into its place."""
    names = [name for name in found.manifest.members if name not in DATABASES.values()]
    known = homes(_own(found.folder), with_secrets=found.manifest.secrets)
    for place in known:
        stays = place.merged or (place.name.startswith("secret_key") and place.name not in names)
        if not stays and place.path.exists():
            _move(place.path, aside / place.name, undo)
    if found.manifest.secrets:
        secrets_folder().mkdir(mode=0o700, exist_ok=True)
    for name in names:
        target = target_of(name, known)
        if not target.exists():
            if name.startswith(PUBLISHED):
                (found.folder / name).chmod(0o644)
            _move(found.folder / name, target, undo)


def _move(source: Path, target: Path, undo: ExitStack) -> None:
    """Move a file or a folder, and back again when `undo` runs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, target)
    undo.callback(shutil.move, target, source)


def _aside(now: datetime) -> Path:
    """A new folder for what was there before."""
    folder = Path(settings.HOME) / f"before-restore-{now:%Y-%m-%dT%H%M%S}"
    folder.mkdir(mode=0o700)
    return folder


def _refuse_unfit(manifest: Manifest, folder: Path) -> None:
    """Refuse what this program or this database cannot take; nothing has been changed yet."""
    refuse_newer(manifest.migrations)
    if manifest.database != connection.vendor:
        words = _(
            "Копия сделана с базы {theirs}, а программа работает с {ours}. Укажите в DATABASE_URL"
            " базу того же вида."
        )
        raise Refused(words.format(theirs=manifest.database, ours=connection.vendor))
    known = homes(_own(folder), with_secrets=manifest.secrets)
    for name in manifest.members:
        if name not in DATABASES.values():
            target_of(name, known)
    if manifest.database == "sqlite":
        held = sqlite.looked_at(folder / DATABASES["sqlite"])
        refuse_newer(held.migrations)
        if held.rows != dict(manifest.rows):
            raise Refused(_("В базе данных из копии не столько строк, сколько в её описании."))


def _own(folder: Path) -> Path:
    """The copy's file of settings, unpacked; it need not be there."""
    return folder / "settings" / "school.yaml"


def _seen_migrations() -> Sequence[str]:
    postgresql = connection.vendor == "postgresql"
    return postgres.seen_migrations() if postgresql else sqlite.seen_migrations()
