"""The chain of the audit log: every entry's hash covers the entry and the hash before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

FIRST = "the first entry"
"""What stands in place of a hash before the first entry."""


class Breach(StrEnum):
    """What is wrong with an entry."""

    CHANGED = "changed"
    """It does not say what it said when it was written."""
    REMOVED = "removed"
    """One or more entries right before it are gone."""
    INSERTED = "inserted"
    """It was put between two entries that belong together."""


@dataclass(frozen=True, slots=True)
class Link:
    """What an entry's hash covers."""

    at: datetime
    actor: str
    user: int | None
    action: str
    kind: str
    subject: str
    facts: Mapping[str, Any]
    previous: str

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, the same whatever the time zone of `at`, in hex."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        row = [at, self.actor, self.user, self.action, self.kind, self.subject]
        return sha256(canonical([*row, self.facts, self.previous]).encode()).hexdigest()


def canonical(value: Any) -> str:
    """The one spelling of a JSON value, whatever order a database gives its keys back in."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value as every database gives it back: texts, whole numbers, lists, mappings.

    A fraction becomes its text, because databases spell fractions differently; so does whatever
    JSON does not know. Characters that no database takes are left out.
    """
    match value:
        case None | bool():
            return value
        case int():
            return int(value)
        case Mapping():
            return {storable(str(name)): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case set() | frozenset():
            return sorted(plain(one) for one in value)
        case _:
            return storable(str(value))


def storable(words: str) -> str:
    """The words without what PostgreSQL refuses: zero characters and halves of pairs."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def breach(link: Link, digest: str, *, before: str, has_follower: bool) -> Breach | None:
    """What is wrong with an entry that has this `digest` and stands after the hash `before`.

    `has_follower` tells whether another entry names `before` as the one it follows.
    """
    follows = link.previous == before
    if not follows and has_follower:
        return Breach.INSERTED
    if link.digest() != digest:
        return Breach.CHANGED
    return None if follows else Breach.REMOVED
