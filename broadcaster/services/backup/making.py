"""Making a copy: everything is gathered in a folder of ours, then written as one archive."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection

from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.backup import postgres, sqlite
from broadcaster.services.backup.archive import Progress, write
from broadcaster.services.backup.manifest import (
    DATABASES,
    Manifest,
    Member,
    member_of,
    program_version,
)
from broadcaster.services.backup.places import attachments, left_out, places, secrets
from broadcaster.services.backup.snapshot import Snapshot
from broadcaster.services.backup.trouble import Unwritable

SUFFIX = ".tar.gz"
OURS = re.compile(r"broadcaster-\d{4}-\d{2}-\d{2}T\d{4}(-\d+)?\.tar\.gz")
"""How the copies are called that we name ourselves; only these are ever removed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that was made, and the older ones that were removed for it.

    `key_elsewhere` says that the key that signs parents' links is not among our files. `left_out`
    are the school's own folders that lie elsewhere.
    """

    file: Path
    size: int
    manifest: Manifest
    removed: tuple[Path, ...]
    key_elsewhere: bool
    left_out: tuple[Path, ...]


def back_up(
    target: Path | None,
    *,
    with_secrets: bool,
    keep: int | None,
    by: Actor,
    now: datetime,
    progress: Progress,
) -> Made:
    """Make a copy in a file or a folder; others may write and send meanwhile.

    `now` is the school's time and names the file. Raises Unwritable or NoPrograms.
    """
    file = _place_for(target, now)
    with _gathering(file.parent) as folder, _gathering(Path(settings.HOME)) as links:
        database = DATABASES[connection.vendor]
        held = _copied(folder / database, progress)
        staged, missing = _gathered(folder, links, held, with_secrets=with_secrets)
        files = {database: folder / database} | staged
        members = _measured(files, progress)
        manifest = Manifest(
            program=program_version(),
            made_at=now,
            database=connection.vendor,
            migrations=held.migrations,
            rows=held.rows,
            members=members,
            secrets=with_secrets,
            missing=tuple(missing),
        )
        write(file, manifest, files, progress)
    removed = _thinned(file, keep) if keep else ()
    size = file.stat().st_size
    record(
        by, Action.BACKED_UP, now=now, kind="backup", subject=file.name[:64], size=size,
        secrets=with_secrets,
    )  # fmt: skip
    elsewhere = "SECRET_KEY" in os.environ
    return Made(file, size, manifest, removed, key_elsewhere=elsewhere, left_out=left_out())


def _place_for(target: Path | None, now: datetime) -> Path:
    """The file to be written; a name of ours in a folder is one that is not taken."""
    if target is not None and target.name.endswith(SUFFIX) and not target.is_dir():
        return target.absolute()
    folder = (target or Path(settings.HOME) / "backups").absolute()
    stem = f"broadcaster-{now:%Y-%m-%dT%H%M}"
    free, number = folder / f"{stem}{SUFFIX}", 2
    while free.exists():
        free, number = folder / f"{stem}-{number}{SUFFIX}", number + 1
    return free


@contextmanager
def _gathering(folder: Path) -> Iterator[Path]:
    """A folder beside the copy that only we may enter, for as long as it is being made."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = TemporaryDirectory(prefix=".backup-", dir=folder)
    except OSError as error:
        words = _("{folder}: сюда нельзя писать: {why}. Копии нет.")
        raise Unwritable(words.format(folder=folder, why=system_words(error))) from error
    with made as name:
        yield Path(name)


def _copied(target: Path, progress: Progress) -> Snapshot:
    copy = postgres.copy if connection.vendor == "postgresql" else sqlite.copy
    return copy(target, progress)


def _gathered(
    folder: Path, links: Path, held: Snapshot, *, with_secrets: bool
) -> tuple[dict[str, Path], list[str]]:
    """The files of the copy by their names, held fast so that none changes or goes meanwhile."""
    found, missing = attachments(held.digests)
    chosen = [*places(), *([secrets()] if with_secrets else [])]
    replaced = found + [pair for place in chosen if place.merged for pair in place.files()]
    written = [pair for place in chosen if not place.merged for pair in place.files()]
    staged = {name: _linked(file, links / name) for name, file in replaced}
    return staged | {name: _taken(file, folder / "own" / name) for name, file in written}, missing


def _linked(file: Path, target: Path) -> Path:
    """Another name of a file that is only ever replaced, never written to; it takes no space."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError:
        return file
    return target


def _taken(file: Path, target: Path) -> Path:
    """A copy of a small file that somebody may be editing."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)
    return target


def _measured(files: Mapping[str, Path], progress: Progress) -> dict[str, Member]:
    members = {}
    for done, (name, file) in enumerate(files.items()):
        progress(_("Считаю контрольные суммы"), done, len(files))
        members[name] = member_of(file)
    return members


def _thinned(file: Path, keep: int) -> tuple[Path, ...]:
    """Remove the oldest of our copies beside this one, so that so many are left."""
    there = [one for one in file.parent.iterdir() if OURS.fullmatch(one.name) and one.is_file()]
    others = sorted((one for one in there if one != file), key=lambda one: one.stat().st_mtime)
    gone = others[: max(len(others) + 1 - keep, 0)]
    for one in gone:
        one.unlink(missing_ok=True)
    return tuple(gone)
