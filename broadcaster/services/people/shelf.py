"""Where an uploaded table waits between looking at it and applying it: for one person, an hour."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

KEPT_FOR = timedelta(hours=1)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Kind(StrEnum):
    """What a table is of."""

    PEOPLE = "people"
    PLACES = "places"


@dataclass(frozen=True, slots=True)
class Kept:
    """A table on the shelf; `name` is what its owner calls it."""

    token: str
    name: str
    kind: Kind
    user: int
    at: datetime

    def file(self, shelf: Path) -> Path:
        """Where its bytes lie."""
        return shelf / f"{self.token}.table"


def keep(
    shelf: Path, chunks: Iterable[bytes], *, name: str, kind: Kind, user: int, now: datetime
) -> Kept:
    """Put a table on the shelf under a name nobody can guess; nobody else may read it."""
    clear(shelf, now=now)
    shelf.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Kept(secrets.token_urlsafe(32), name, kind, user, now)
    table = kept.file(shelf)
    table.touch(mode=0o600)
    with table.open("wb") as file:
        file.writelines(chunks)
    label = _label(shelf, kept.token)
    label.touch(mode=0o600)
    label.write_text(json.dumps(asdict(kept), default=datetime.isoformat), encoding="utf-8")
    return kept


def take(shelf: Path, token: str, *, user: int, now: datetime) -> Kept | None:
    """The table under this token; None when there is none, it is old or another person's."""
    if not _TOKEN.fullmatch(token):
        return None
    kept = _read(_label(shelf, token))
    if kept is None or kept.user != user or now - kept.at > KEPT_FOR:
        return None
    return kept if kept.file(shelf).is_file() else None


def forget(shelf: Path, token: str) -> None:
    """Remove a table; nothing happens when it is gone already."""
    if _TOKEN.fullmatch(token):
        _label(shelf, token).unlink(missing_ok=True)
        (shelf / f"{token}.table").unlink(missing_ok=True)


def clear(shelf: Path, *, now: datetime) -> None:
    """Remove what has lain for too long, labels that cannot be read, tables without a label."""
    for file in list(shelf.glob("*.json")):
        kept = _read(file)
        if kept is None or now - kept.at > KEPT_FOR:
            forget(shelf, file.stem)
    oldest = (now - KEPT_FOR).timestamp()
    for file in list(shelf.glob("*.table")):
        if not _label(shelf, file.stem).exists() and file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def _label(shelf: Path, token: str) -> Path:
    return shelf / f"{token}.json"


def _read(label: Path) -> Kept | None:
    try:
        values = json.loads(label.read_text(encoding="utf-8"))
        return Kept(
            token=values["token"],
            name=values["name"],
            kind=Kind(values["kind"]),
            user=values["user"],
            at=datetime.fromisoformat(values["at"]),
        )
    except (OSError, ValueError, KeyError):
        return None
