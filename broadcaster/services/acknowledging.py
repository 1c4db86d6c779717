"""A family says that it has read an announcement: «Ознакомлен(а)»."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import IntegrityError
from django.db.models import Count

from broadcaster.domain.keys import delivery_key, row_of
from broadcaster.services.seals import Seal
from broadcaster.store.models import Acknowledgement, Delivery
from broadcaster.store.queries.traces import newest_title

SEAL = Seal(salt="acknowledge")
LARGEST = (1 << 63) - 1
"""No number of a row is larger."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a token asks its holder about; `at` is when she has said so, None before."""

    announcement: UUID
    title: str
    guardian: int
    channel: str
    at: datetime | None


def acknowledge_token(delivery: UUID) -> str:
    """The last part of the page on which the reader of this copy acknowledges; 66 characters.

    It names the copy, and through it the announcement, the channel and whoever the person is by
    then: a link in a letter outlives the merging of two rows into one person.
    """
    return SEAL.sign(signing.b64_encode(delivery.bytes).decode("ascii"))


def asked(token: str) -> Asked | None:
    """What a token is about; None when it was not made here, or its person is known no more."""
    key = _key_in(token)
    if key is None or row_of(key) > LARGEST:
        return None
    copies = Delivery.objects.filter(pk=row_of(key)).exclude(guardian=None)
    row = copies.annotate(title=newest_title("announcement")).first()
    if row is None or delivery_key(row.announcement_id, row.pk) != key:
        return None
    mine = Acknowledgement.objects.filter(
        announcement=row.announcement_id, guardian=row.guardian_id
    )
    at = mine.values_list("at", flat=True).first()
    return Asked(row.announcement_id, row.title or "", row.guardian_id or 0, row.channel, at)


def acknowledge(token: str, *, now: datetime) -> Asked | None:
    """Write down that the holder of a token has read the announcement; the first time stands.

    None when the token is not good, also when its person is erased at this very moment.
    """
    about = asked(token)
    if about is None or about.at:
        return about
    try:
        row, _is_new = Acknowledgement.objects.get_or_create(
            announcement_id=about.announcement,
            guardian_id=about.guardian,
            defaults={"channel": about.channel, "at": now},
        )
    except IntegrityError:
        return None
    return Asked(about.announcement, about.title, about.guardian, row.channel, row.at)


def counts(announcements: Collection[UUID]) -> dict[UUID, int]:
    """How many people have acknowledged each of these announcements; 0 is left out."""
    rows = Acknowledgement.objects.filter(announcement__in=list(announcements))
    return dict(rows.values_list("announcement").annotate(people=Count("pk")))


def _key_in(token: str) -> UUID | None:
    try:
        return UUID(bytes=signing.b64_decode(SEAL.unsign(token).encode("ascii")))
    except (signing.BadSignature, ValueError):
        return None
