"""Somebody has told a family by telephone or face to face: informed, though nothing arrived."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from broadcaster.domain.naming import folded
from broadcaster.services.audit import Action, Actor, record
from broadcaster.store.models import Delivery, Guardian, ToldInPerson
from broadcaster.store.queries.dialect import storable
from broadcaster.store.queries.folding import pattern_of

LONGEST = 200
"""Characters of a note."""


class NotAsked(Exception):
    """The announcement has no copy for this person."""


def tell(
    announcement: UUID, guardian: int, *, by: Actor, now: datetime, note: str = ""
) -> ToldInPerson:
    """Write down who has told a person, and when; the first word stands.

    Raises NotAsked.
    """
    with transaction.atomic():
        if not Delivery.objects.filter(announcement=announcement, guardian=guardian).exists():
            raise NotAsked(guardian)
        told, is_new = ToldInPerson.objects.get_or_create(
            announcement_id=announcement,
            guardian_id=guardian,
            defaults={"by": by.name[:120], "at": now, "note": storable(note.strip(), LONGEST)},
        )
        if is_new:
            _note(by, Action.TOLD_IN_PERSON, announcement, guardian, now)
    return told


def take_back(announcement: UUID, guardian: int, *, by: Actor, now: datetime) -> bool:
    """Take the mark away again; whether there was one."""
    with transaction.atomic():
        marks = ToldInPerson.objects.filter(announcement=announcement, guardian=guardian)
        gone, _kinds = marks.delete()
        if gone:
            _note(by, Action.TOLD_TAKEN_BACK, announcement, guardian, now)
    return bool(gone)


def _note(by: Actor, action: Action, announcement: UUID, guardian: int, now: datetime) -> None:
    record(by, action, now=now, kind="announcement", subject=announcement, guardian=guardian)


def people_called(announcement: UUID, name: str, *, most: int = 5) -> list[Guardian]:
    """The people of an announcement with a copy whose number or name this is, a few of them."""
    asked = Guardian.objects.filter(deliveries__announcement=announcement).distinct()
    if name.isdigit() and len(name) < 19:  # noqa: PLR2004 - what a column holds
        return list(asked.filter(pk=int(name)))
    for word in folded(name).split():
        asked = asked.filter(name__regex=pattern_of(word))
    return list(asked.order_by("name", "pk")[:most])
