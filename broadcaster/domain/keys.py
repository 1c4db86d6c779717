"""The idempotency key of a copy, derived so that it needs no column and leads back to its row."""

from __future__ import annotations

from uuid import UUID

LOW = (1 << 64) - 1


def delivery_key(announcement: UUID, row: int) -> UUID:
    """The upper half of the announcement's random UUID and the delivery's row number.

    It is the same for every attempt and differs between installations even when row numbers repeat.
    """
    return UUID(int=(announcement.int & ~LOW) | row)


def row_of(key: UUID) -> int:
    """The row number inside a delivery's key."""
    return key.int & LOW
