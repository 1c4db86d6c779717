"""The audit log: who did what to what. Entries are chained by hash and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from broadcaster.domain.actions import Action
from broadcaster.domain.chain import Link, plain, storable
from broadcaster.store.models import AuditEntry
from broadcaster.store.queries.audit import hold_the_end, last_hash

__all__ = ["COMMAND_LINE", "STRANGER", "SYSTEM", "Action", "Actor", "record"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff with the account's number, a program, or the command line."""

    name: str
    user: int | None = None


COMMAND_LINE = Actor("command line")
SYSTEM = Actor("broadcaster")
STRANGER = Actor("stranger")
"""Somebody who has not signed in."""


def record(
    actor: Actor,
    action: Action,
    *,
    now: datetime,
    kind: str = "",
    subject: object = "",
    **facts: Any,
) -> None:
    """Append one entry, in the transaction of what it tells of: the last thing that is done there.

    `kind` and `subject` say to what it was done ("announcement", its id). `facts` are JSON values
    and hold no name, address or text of a family: the log outlives erasure. Others who want to
    append wait until this transaction ends, so that the chain has one end.
    """
    with transaction.atomic():
        hold_the_end()
        link = Link(
            at=now.astimezone(UTC),
            actor=storable(actor.name)[:160],
            user=actor.user,
            action=action.value,
            kind=storable(kind)[:24],
            subject=storable(str(subject))[:64],
            facts=plain(facts),
            previous=last_hash(),
        )
        AuditEntry.objects.create(
            at=link.at,
            actor=link.actor,
            user=link.user,
            action=link.action,
            subject_kind=link.kind,
            subject=link.subject,
            facts=link.facts,
            previous=link.previous,
            hash=link.digest(),
        )
