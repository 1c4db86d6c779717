"""Who may do what: roles, rights and whose announcements wait for approval."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from broadcaster.domain.policy import Importance


class Role(StrEnum):
    """What a member of staff is in this program."""

    TEACHER = "teacher"
    APPROVER = "approver"
    """A deputy head or a methodist: writes to everybody and consents to what others write."""
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a screen or a button needs; a screen that names none is closed."""

    ENTER = "enter"
    """See the first page and one's own account."""
    WRITE = "write"
    """Write drafts, release them, and steer the sending: for one's own groups or for all."""
    APPROVE = "approve"
    SEE_REPORTS = "see_reports"
    """Reports of what one may see: `sees_all` tells whether that is everything."""
    SEE_PEOPLE = "see_people"
    EDIT_PEOPLE = "edit_people"
    SEE_AUDIT = "see_audit"
    SEE_HEALTH = "see_health"
    MANAGE = "manage"
    """Settings, staff, keys of other programs."""


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.TEACHER: frozenset({Right.ENTER, Right.WRITE, Right.SEE_REPORTS, Right.SEE_PEOPLE}),
    Role.APPROVER: frozenset(
        {Right.ENTER, Right.WRITE, Right.APPROVE, Right.SEE_REPORTS, Right.SEE_PEOPLE}
    ),
    Role.AUDITOR: frozenset(
        {Right.ENTER, Right.SEE_REPORTS, Right.SEE_PEOPLE, Right.SEE_AUDIT, Right.SEE_HEALTH}
    ),
    Role.ADMINISTRATOR: frozenset(Right),
}


class Approval(StrEnum):
    """Which announcements of an author wait for somebody else's consent."""

    NEVER = "never"
    URGENT = "urgent"
    ALWAYS = "always"


def may(role: Role, right: Right) -> bool:
    """Whether a role carries a right."""
    return right in RIGHTS[role]


def sees_all(role: Role) -> bool:
    """Whether a role looks beyond its own groups."""
    return role is not Role.TEACHER


def needs_approval(approval: Approval, importance: Importance) -> bool:
    """Whether an announcement of this importance waits for somebody else's consent."""
    match approval:
        case Approval.NEVER:
            return False
        case Approval.URGENT:
            return importance is Importance.URGENT
        case Approval.ALWAYS:
            return True
