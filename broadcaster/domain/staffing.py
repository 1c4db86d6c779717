"""What may be done to a member of staff, and by whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from broadcaster.domain.permissions import Role

LOGIN = re.compile(r"\A[\w.+@-]+\Z")
"""What Django takes as the name of an account."""
LONGEST_LOGIN, LONGEST_NAME = 150, 120


class Objection(StrEnum):
    """Why a change of a member of staff is refused."""

    OWN_ROLE = "own_role"
    """Nobody changes her own role."""
    OWN_ACCOUNT = "own_account"
    """Nobody closes her own account."""
    LAST_ADMINISTRATOR = "last_administrator"
    """Somebody must be able to let others in."""


@dataclass(frozen=True, slots=True)
class Position:
    """What somebody is here; `open` is false for an account that was closed."""

    role: Role
    open: bool


def objection(
    before: Position, after: Position, *, own: bool, other_administrators: int
) -> Objection | None:
    """Why somebody cannot become from what she is what she should be; None when she can.

    `own` tells that she does it herself, `other_administrators` how many open accounts of
    administrators there are besides hers.
    """
    if own and after.role is not before.role:
        return Objection.OWN_ROLE
    if own and before.open and not after.open:
        return Objection.OWN_ACCOUNT
    if _rules(before) and not _rules(after) and not other_administrators:
        return Objection.LAST_ADMINISTRATOR
    return None


def _rules(position: Position) -> bool:
    return position.open and position.role is Role.ADMINISTRATOR
