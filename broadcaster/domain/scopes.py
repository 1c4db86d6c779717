"""What another program of the school may do with its token."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum


class Scope(StrEnum):
    """One thing that a token opens; a token without scopes opens nothing."""

    WRITE = "announcements:write"
    """Make drafts, read announcements, pause and cancel them."""
    RELEASE = "announcements:release"
    """Send to families, now or at a time, without a second person's consent."""
    REPORTS = "reports:read"
    """Read announcements and who was reached, without names."""
    WRITE_PEOPLE = "people:write"
    READ_PEOPLE = "people:read"
    """Read names, also in reports."""


NOTED_EVERY = timedelta(minutes=1)
"""A token's last use is not written down more often."""


def is_open(*, now: datetime, expires_at: datetime | None, revoked_at: datetime | None) -> bool:
    """Whether a token still opens anything."""
    return revoked_at is None and (expires_at is None or now < expires_at)


def is_worth_noting(*, now: datetime, last_used_at: datetime | None) -> bool:
    """Whether this use of a token is to be written down."""
    return last_used_at is None or now - last_used_at >= NOTED_EVERY


def unknown_scopes(names: Iterable[str]) -> list[str]:
    """The names that are no scope's."""
    known = set(Scope)
    return [name for name in names if name not in known]
