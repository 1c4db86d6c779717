"""What belongs into a copy beside the database, and where it lies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from broadcaster.config import ConfigMistake, own_file, read_yaml
from broadcaster.config_values import ROOT, is_folder
from broadcaster.i18n import _
from broadcaster.services.backup.trouble import Refused
from broadcaster.services.calendar.days_off import own_folder
from broadcaster.services.calendar.items import own_calendar
from broadcaster.services.contents import file_path
from broadcaster.services.settling import secrets_folder
from broadcaster.services.storing import small_path

ATTACHMENT = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})(\.small)?")
PART = re.compile(r"(?!\.)[^/\\\x00-\x1f]{1,200}")
"""A file's or folder's name that is taken out of an archive: nothing hidden, nothing special."""
DEEPEST = 12
FILES = frozenset(
    {"settings/school.yaml", "settings/seasonal.yaml", "secret_key", "secret_key.old"}
)
FOLDERS = ("settings/days-off", "secrets", "templates", "site")
"""What a copy may hold beside its database and attachments."""
RESERVED = frozenset(
    {"backups", "broker", "days-off", "files", "imports", "logs", "sandbox-site", "secrets", "site"}
)
"""Folders of our home in which nobody's templates are."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file, or a folder with all below it: `name` in the archive, `path` on the disk.

    What `is_ours` is taken along only where it lies in our home: elsewhere it may be anything. What
    a `merged` place has got already stays: what was published is not made unpublished.
    """

    name: str
    path: Path
    is_folder: bool = False
    is_ours: bool = False
    merged: bool = False

    def files(self) -> Iterator[tuple[str, Path]]:
        """What is there now, by its name in the archive; links are not followed."""
        if not self.is_folder:
            if self.path.is_file() and not self.path.is_symlink():
                yield self.name, self.path
            return
        for file in sorted(self.path.rglob("*")) if self.path.is_dir() else ():
            name = f"{self.name}/{file.relative_to(self.path).as_posix()}"
            if file.is_file() and not file.is_symlink() and is_tame(name):
                yield name, file

    def target(self, name: str) -> Path | None:
        """Where a member of the archive belongs; None when it is not this place's."""
        if not self.is_folder:
            return self.path if name == self.name else None
        below = name.removeprefix(f"{self.name}/")
        return self.path / below if below != name and is_tame(name) else None


def is_ours(name: str) -> bool:
    """Whether a copy may hold a member of this name, beside its database."""
    folder = name.startswith(tuple(f"{folder}/" for folder in FOLDERS))
    return bool(ATTACHMENT.fullmatch(name)) or name in FILES or (folder and is_tame(name))


def is_tame(name: str) -> bool:
    """Whether a member's name leads nowhere but down."""
    parts = name.split("/")
    return len(parts) <= DEEPEST and all(map(PART.fullmatch, parts))


def attachments(digests: Iterable[str]) -> tuple[list[tuple[str, Path]], list[str]]:
    """The files with these digests, by their names in the archive; and the digests without one."""
    found: list[tuple[str, Path]] = []
    missing: list[str] = []
    for digest in sorted(digests):
        file = file_path(settings.FILE_FOLDER, digest)
        if not file.is_file():
            missing.append(digest)
            continue
        there = [one for one in (file, small_path(settings.FILE_FOLDER, digest)) if one.is_file()]
        found.extend((f"files/{digest[:2]}/{one.name}", one) for one in there)
    return found, missing


def places() -> list[Place]:
    """The school's own files that a copy takes along."""
    return [
        place for place in _places(own_file()) if not place.is_ours or _is_below_home(place.path)
    ]


def left_out() -> tuple[Path, ...]:
    """The school's own folders that a copy does not take along: they lie outside of our home."""
    own = (_named_templates(own_file()), Path(settings.SITE_FOLDER))
    return tuple(
        folder for folder in own if folder and is_folder(folder) and not _is_below_home(folder)
    )


def homes(own: Path, *, with_secrets: bool) -> list[Place]:
    """Where the files of a copy belong; `own` is the copy's file of settings."""
    return [*_places(own), *([secrets()] if with_secrets else [])]


def _places(own: Path) -> list[Place]:
    home = Path(settings.HOME)
    templates = _templates(own) or home / "templates"
    return [
        Place("settings/school.yaml", own_file()),
        Place("settings/seasonal.yaml", own_calendar()),
        Place("settings/days-off", own_folder(), is_folder=True),
        Place("secret_key", home / "secret_key"),
        Place("secret_key.old", home / "secret_key.old"),
        Place("templates", templates, is_folder=True, is_ours=True),
        Place("site", Path(settings.SITE_FOLDER), is_folder=True, is_ours=True, merged=True),
    ]


def secrets() -> Place:
    """Keys and passwords that were given on a screen."""
    return Place("secrets", secrets_folder(), is_folder=True)


def target_of(name: str, known: Iterable[Place]) -> Path:
    """Where a member belongs; raises Refused for a name that is none of ours."""
    if ATTACHMENT.fullmatch(name):
        return Path(settings.FILE_FOLDER) / PurePosixPath(name).relative_to("files")
    for place in known:
        if target := place.target(name):
            return target
    words = _("В архиве то, чего в копии не бывает: {name}. Ничего не изменено.")
    raise Refused(words.format(name=repr(name)[:200]))


def _templates(own: Path) -> Path | None:
    """The school's own templates where they lie in a folder of their own in our home."""
    folder = _named_templates(own)
    ours = folder and _is_below_home(folder) and not _is_the_programs(folder)
    return folder if ours else None


def _named_templates(own: Path) -> Path | None:
    """Where the school says that its own templates are."""
    try:
        named = read_yaml(own).get("templates") if own.exists() else None
    except ConfigMistake:
        return None
    if not isinstance(named, str) or not named:
        return None
    return (ROOT / named).resolve()


def _is_the_programs(folder: Path) -> bool:
    """Whether a folder in our home is one that the program itself keeps."""
    top = folder.relative_to(Path(settings.HOME).resolve()).parts[0]
    return top in RESERVED or top.startswith(("before-restore-", "."))


def _is_below_home(folder: Path) -> bool:
    return Path(settings.HOME).resolve() in folder.resolve().parents
