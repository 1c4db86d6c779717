"""The audit log: who did what to what. Rows are chained by hash and never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from broadcaster.store.models import AuditEntry


class Action(StrEnum):
    """What can be done to something; each has its words in `broadcaster.words`."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - an event
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    STAFF_INVITED = "staff_invited"
    STAFF_CHANGED = "staff_changed"
    STAFF_CLOSED = "staff_closed"
    SETTINGS_CHANGED = "settings_changed"
    CHANNEL_CHECKED = "channel_checked"
    CHANNEL_REOPENED = "channel_reopened"
    DRAFT_MADE = "draft_made"
    DRAFT_DROPPED = "draft_dropped"
    APPROVAL_ASKED = "approval_asked"
    APPROVED = "approved"
    RETURNED = "returned"
    RELEASED = "released"
    SCHEDULED = "scheduled"
    PAUSED = "paused"
    RESUMED = "resumed"
    CANCELLED = "cancelled"
    RESENT = "resent"
    COPY_DECIDED = "copy_decided"
    TOLD_IN_PERSON = "told_in_person"
    TOLD_TAKEN_BACK = "told_taken_back"
    REPORT_EXPORTED = "report_exported"
    PEOPLE_IMPORTED = "people_imported"
    PERSON_CHANGED = "person_changed"
    PEOPLE_MERGED = "people_merged"
    PERSON_EXPORTED = "person_exported"
    PERSON_ERASED = "person_erased"
    GROUP_CHANGED = "group_changed"
    TOKEN_MADE = "token_made"  # noqa: S105 - an event
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - an event
    WEBHOOK_CHANGED = "webhook_changed"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a member of staff with the account's number, a program, or the command line."""

    name: str
    user: int | None = None


COMMAND_LINE = Actor("command line")
SYSTEM = Actor("broadcaster")


def record(
    actor: Actor,
    action: Action,
    *,
    now: datetime,
    kind: str = "",
    subject: object = "",
    **facts: Any,
) -> None:
    """Append one entry, in the transaction of what it tells of.

    `kind` and `subject` say to what it was done ("announcement", its id). `facts` are JSON values
    and hold no name, address or text of a family: the log outlives erasure.
    """
    last = AuditEntry.objects.order_by("-pk").values_list("hash", flat=True).first() or ""
    row = [now.isoformat(), actor.name, actor.user, action, kind, str(subject), facts, last]
    digest = sha256(json.dumps(row, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    AuditEntry.objects.create(
        at=now,
        actor=actor.name,
        user=actor.user,
        action=action,
        subject_kind=kind,
        subject=str(subject),
        facts=facts,
        previous=last,
        hash=digest,
    )
