"""The audit log: its end, its pages, and walking it from the beginning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from broadcaster.domain.chain import FIRST
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries.dialect import fetch, on_postgres

APPENDING = 0x61756469
"""The advisory lock of whoever appends: «audi» in ASCII."""

BATCH = 1000

GUARDS = {
    "sqlite": (
        """
        SELECT count(*) FROM sqlite_master
        WHERE type = 'trigger' AND tbl_name = 'store_auditentry'
          AND substr(name, 1, 12) = 'audit_keeps_'
        """,
        3,
    ),
    "postgresql": (
        """
        SELECT count(*) FROM pg_trigger
        WHERE tgname = 'audit_keeps_rows' AND tgrelid = 'store_auditentry'::regclass
          AND tgenabled <> 'D'
        """,
        1,
    ),
}
"""How many triggers guard the table, and how many there should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are looked for; what is empty or None does not narrow."""

    user: int | None = None
    actor: str = ""
    action: str = ""
    kind: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first, and whether there are newer and older ones."""

    entries: list[AuditEntry]
    newer: bool
    older: bool


def hold_the_end() -> None:
    """Wait until nobody else appends, and keep it so until this transaction ends.

    SQLite has one writer at a time anyway: its transactions begin IMMEDIATE.
    """
    if on_postgres():
        fetch("SELECT pg_advisory_xact_lock(%s)", [APPENDING])


def last_hash() -> str:
    """The hash that the next entry follows."""
    return AuditEntry.objects.order_by("-pk").values_list("hash", flat=True).first() or FIRST


def has_hash(digest: str) -> bool:
    """Whether there is an entry with this hash."""
    return AuditEntry.objects.filter(hash=digest).exists()


def has_follower(digest: str) -> bool:
    """Whether an entry says that it follows this hash."""
    return AuditEntry.objects.filter(previous=digest).exists()


def guarded() -> bool:
    """Whether the database's triggers that keep entries from being changed are in place."""
    question, wanted = GUARDS["postgresql" if on_postgres() else "sqlite"]
    ((standing,),) = fetch(question)
    return bool(standing == wanted)


def all_in_order() -> Iterator[AuditEntry]:
    """Every entry, the oldest first; a batch at a time is in memory."""
    last = -1 << 62
    while batch := list(AuditEntry.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def matching(wanted: Wanted) -> QuerySet[AuditEntry]:
    """The entries that are looked for, newest first."""
    given = {
        "user": wanted.user,
        "actor": wanted.actor,
        "action": wanted.action,
        "subject_kind": wanted.kind,
        "subject__startswith": wanted.subject,
        "at__gte": wanted.since,
        "at__lt": wanted.until,
    }
    narrowed = {name: value for name, value in given.items() if value not in {None, ""}}
    return AuditEntry.objects.filter(**narrowed).order_by("-pk")


def page_of(
    wanted: Wanted, *, size: int, before: int | None = None, after: int | None = None
) -> Page:
    """The newest entries, those right `before` a number, or those right `after` one.

    Nothing is counted: the log is long.
    """
    rows = matching(wanted)
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        return Page(found[:size][::-1], newer=len(found) > size, older=True)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: size + 1])
    return Page(found[:size], newer=before is not None, older=len(found) > size)


def in_batches(wanted: Wanted) -> Iterator[AuditEntry]:
    """The entries that are looked for, newest first; a batch at a time is in memory."""
    rows, last = matching(wanted), None
    while batch := list((rows if last is None else rows.filter(pk__lt=last))[:BATCH]):
        yield from batch
        last = batch[-1].pk
