"""What an archive says of itself, and whether this program can take it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader

from broadcaster.config_values import ROOT
from broadcaster.i18n import _
from broadcaster.services.backup.trouble import Refused

NAME = "manifest.json"
FORMAT = 1
DATABASES: Mapping[str, str] = {
    "sqlite": "database.sqlite3",
    "postgresql": "database.dump",
}
"""The database's member of the archive, by what kind of database it is."""
DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Member:
    """The size in bytes and the SHA-256 of one file in the archive."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in an archive, when it was made and of what.

    `migrations` are all that the database has seen; `rows` counts the rows of every table.
    `missing` are attachments that announcements name and the disk did not have.
    """

    program: str
    made_at: datetime
    database: str
    migrations: tuple[str, ...]
    rows: Mapping[str, int]
    members: Mapping[str, Member]
    secrets: bool = False
    missing: tuple[str, ...] = ()

    def written(self) -> bytes:
        """The manifest as it stands in the archive."""
        told = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        told["head"] = head(self.migrations)
        return json.dumps(told, ensure_ascii=False, indent=1).encode()


def program_version() -> str:
    """The version of this program."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def head(migrations: Collection[str]) -> str:
    """The newest of the store's own migrations; empty when there is none."""
    return max((name for name in migrations if name.startswith("store.")), default="")


def read_manifest(raw: bytes) -> Manifest:
    """The manifest of an archive; raises Refused when it says anything we would not say."""
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise Refused(_unknown_format(told["format"]))
        return _understood(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(_("Это не копия программы: её описание не читается.")) from error


def refuse_newer(migrations: Collection[str]) -> None:
    """Raise Refused when the database has seen changes that this program does not know."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if strange := sorted(set(migrations) - known):
        words = _(
            "Копию сделала более новая программа: в базе изменение {name}, которого эта не знает."
            " Обновите программу и повторите."
        )
        raise Refused(words.format(name=strange[0]))


def _unknown_format(given: object) -> str:
    words = _("Вид копии — {given}, а эта программа понимает только {ours}. Обновите программу.")
    return words.format(given=repr(given)[:40], ours=FORMAT)


def _understood(told: Mapping[str, Any]) -> Manifest:
    made_at = datetime.fromisoformat(told["made_at"])
    if made_at.tzinfo is None or told["database"] not in DATABASES:
        raise ValueError
    members = {str(name): _member(about) for name, about in told["members"].items()}
    return Manifest(
        program=str(told["program"])[:40],
        made_at=made_at.astimezone(UTC),
        database=told["database"],
        migrations=tuple(map(str, told["migrations"])),
        rows={str(table): int(count) for table, count in told["rows"].items()},
        members=members,
        secrets=told["secrets"] is True,
        missing=tuple(map(str, told["missing"])),
    )


def _member(about: Mapping[str, Any]) -> Member:
    size, digest = about["size"], about["sha256"]
    if type(size) is not int or size < 0 or not DIGEST.fullmatch(digest):
        raise ValueError
    return Member(size, digest)


def member_of(file: Path) -> Member:
    """The size and the digest of a file on the disk."""
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Member(stream.tell(), digest)
