"""Changing the school's own file: comments kept, checked before it counts, whole or not at all.

Secrets never stand in it: each lies in a file of its own that only this program's account can
read, and the school's file names that file.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from secrets import token_hex
from tempfile import mkstemp
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from filelock import FileLock
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, ScalarString

from broadcaster.config import ConfigMistake, own_file, read_yaml
from broadcaster.contract import Secret
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record

HEAD = _(
    """\
# Настройки вашей школы. Все ключи с пояснениями — в config/default.yaml.
# Здесь только то, что отличается. Ключей и паролей здесь нет: они в отдельных файлах.
"""
)

PATIENCE = 10.0
"""Seconds to wait for somebody else who is changing the file."""

Check = Callable[[Path], None]
"""Raises what a file that cannot be used is refused with."""


class Unwritable(Exception):
    """The school's file or a secret's file cannot be written; the message says which and why."""


class Gone(Enum):
    """Instead of a value: the key is taken out of the file."""

    GONE = "gone"


GONE = Gone.GONE


@dataclass(frozen=True, slots=True)
class About:
    """What the audit log says of a file that is changed, and how a new one begins."""

    action: Action
    kind: str
    subject: str = ""
    head: str = ""


SETTINGS = About(Action.SETTINGS_CHANGED, "settings", head=HEAD)


def settle(
    changes: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    check: Check,
    file: Path | None = None,
    about: About = SETTINGS,
) -> list[str]:
    """Write settings by their dotted keys and return the keys that have changed.

    A Secret goes into a file of its own, and GONE takes a key out. Nothing is written when `check`
    raises for the new file; raises Unwritable when a file cannot be written.
    """
    file = file or own_file()
    with _alone(), _told(file):
        document = _read(file)
        written: list[Path] = []
        old: list[Path] = []
        try:
            changed = [
                key for key, value in changes.items() if _put(document, key, value, written, old)
            ]
            if changed:
                _replace(file, document, check, changed, about, by=by, now=now)
        except BaseException:
            _remove(written)
            raise
        _remove(old)
        return changed


def take_away(file: Path, about: About, *, by: Actor, now: datetime) -> bool:
    """Remove a file of the school's; False when there is none. Raises Unwritable."""
    with _alone(), _told(file):
        if not file.exists():
            return False
        with transaction.atomic():
            record(by, about.action, now=now, kind=about.kind, subject=about.subject, removed=True)
            file.unlink()
        return True


def secrets_folder() -> Path:
    """Where secrets that were given on a screen are kept."""
    return Path(settings.HOME) / "secrets"


def _put(
    document: CommentedMap, key: str, value: Any, written: list[Path], old: list[Path]
) -> bool:
    """Set one key; returns whether that changes anything. Notes which secret files come and go."""
    *blocks, name = key.split(".")
    place = document
    for block in blocks:
        if not isinstance(place.get(block), dict):
            place[block] = CommentedMap()
        place = place[block]
    if value is GONE:
        return place.pop(name, GONE) is not GONE
    before = place.get(name)
    if isinstance(value, Secret):
        written.append(_keep_secret(key, value))
        old.extend(_ours(before))
        value = f"file:{written[-1]}"
    if name in place and _is_there(before, value):
        return False
    place[name] = _plain(value)
    return True


def _is_there(before: Any, value: Any) -> bool:
    """Whether the file has this value; `21:00` without quotes is not read as what it looks like."""
    if before != value or isinstance(before, bool) is not isinstance(value, bool):
        return False
    return isinstance(before, ScalarString) or _plain(value) is value


def _plain(value: Any) -> Any:
    """A value as it is written; words that would be read as something else get quotes.

    The configuration is read by YAML 1.1, where `no` is false and `21:00` a number.
    """
    if not isinstance(value, str):
        return value
    try:
        is_read_back = yaml.safe_load(value) == value
    except yaml.YAMLError:
        is_read_back = False
    return value if is_read_back else DoubleQuotedScalarString(value)


def _keep_secret(key: str, secret: Secret) -> Path:
    """A new file for a secret; the one before stays for whoever still reads it."""
    folder = secrets_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{key.replace('.', '-')}-{token_hex(4)}"
    file.touch(mode=0o600)
    file.write_text(secret.reveal() + "\n", encoding="utf-8")
    return file


def _ours(reference: Any) -> Iterator[Path]:
    """The file of ours that a reference names."""
    kind, _colon, name = str(reference or "").partition(":")
    if kind == "file" and Path(name).parent == secrets_folder():
        yield Path(name)


def _remove(files: list[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink()


def _replace(
    file: Path,
    document: CommentedMap,
    check: Check,
    changed: list[str],
    about: About,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Put a checked candidate in the file's place; the audit log and the file agree."""
    candidate = _candidate(file, _written(file, document, about.head))
    try:
        check(candidate)
        with transaction.atomic():
            what = {"kind": about.kind, "subject": about.subject}
            record(by, about.action, now=now, **what, keys=changed)
            candidate.replace(file)
    finally:
        candidate.unlink(missing_ok=True)


def _candidate(file: Path, text: str) -> Path:
    """A file beside the school's own, with its rights and the new text."""
    file.parent.mkdir(parents=True, exist_ok=True)
    mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
    handle, name = mkstemp(dir=file.parent, prefix=f".{file.stem}-", suffix=".yaml")
    with os.fdopen(handle, "w", encoding="utf-8") as draft:
        draft.write(text)
        draft.flush()
        os.fsync(draft.fileno())
        os.fchmod(draft.fileno(), mode)
    return Path(name)


def _yaml() -> YAML:
    keeping = YAML()
    keeping.preserve_quotes = True
    keeping.width = 4096
    keeping.indent(mapping=2, sequence=4, offset=2)
    return keeping


def _read(file: Path) -> CommentedMap:
    if not file.exists():
        return CommentedMap()
    read_yaml(file)  # a mistake in it is told there without what it may hold of a password
    read = _yaml().load(file.read_text("utf-8"))
    if read is None:
        return CommentedMap()
    if not isinstance(read, CommentedMap):
        raise ConfigMistake(file, "", _("ожидаются ключи и значения"))
    return read


def _written(file: Path, document: CommentedMap, head: str) -> str:
    """The new text; a file in which everything is commented out keeps its comments too."""
    stream = io.StringIO()
    _yaml().dump(document, stream)
    before = file.read_text("utf-8") if file.exists() else head
    all_comments = yaml.safe_load(before) is None
    return (before.rstrip() + "\n") * all_comments + stream.getvalue()


@contextmanager
def _alone() -> Iterator[None]:
    """Only one hand writes at a time, of all processes."""
    with FileLock(Path(settings.HOME) / "settings.lock", timeout=PATIENCE):
        yield


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Say of which file it is that a disk complains."""
    try:
        yield
    except OSError as error:
        words = _(
            "Настройки не записаны: {file} — {why}. Дайте программе право писать в эту папку или"
            " впишите изменения в файл сами."
        )
        raise Unwritable(
            words.format(file=error.filename or file, why=system_words(error))
        ) from error
