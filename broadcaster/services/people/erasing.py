"""A person is forgotten: what is left tells that copies were sent, and not to whom."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import State, sources
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.people.family import Gone
from broadcaster.services.people.sharing import hand_over
from broadcaster.store.models import Delivery, Guardian, Pupil, Receipt


class StillSending(Exception):
    """A copy to this person is in a worker's hands; in a minute it will not be."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much is gone and how much is left without a name."""

    addresses: int
    pupils: int
    deliveries: int
    skipped: int


def orphans_of(guardian: int) -> list[Pupil]:
    """The children who would have no parent left."""
    mine = Pupil.objects.filter(guardians=guardian).values("pk")
    return list(
        Pupil.objects.filter(pk__in=mine)
        .annotate(parents=Count("guardians"))
        .filter(parents=1)
        .order_by("name", "pk")
    )


def erase(guardian: int, *, with_orphans: bool, by: Actor, now: datetime) -> Erased:
    """Forget a person in one transaction: name, addresses, consents, calls by telephone.

    What waits for the person is skipped first, or goes to who shares the mailbox. Copies stay as
    rows without a person, their receipts without the platform's ids and words; announcements stay
    as they are. Children who would have no parent left go only `with_orphans`.

    Raises Gone, and StillSending when a copy is being sent right now, nothing written.
    """
    with transaction.atomic():
        person = Guardian.objects.select_for_update().filter(pk=guardian).first()
        if person is None:
            raise Gone
        skipped = _stop(guardian)
        children = orphans_of(guardian) if with_orphans else []
        erased = Erased(
            addresses=person.addresses.count(),
            pupils=len(children),
            deliveries=_anonymise(guardian),
            skipped=skipped,
        )
        Pupil.objects.filter(pk__in=[child.pk for child in children]).delete()
        person.delete()
        record(
            by,
            Action.PERSON_ERASED,
            now=now,
            kind="guardian",
            subject=guardian,
            **asdict(erased),
        )
    return erased


def _stop(guardian: int) -> int:
    """Skip what waits; a worker that has been quicker makes us come again."""
    copies = Delivery.objects.filter(guardian=guardian)
    hand_over(copies)
    skipped = copies.filter(state__in=sources(State.SKIPPED)).update(
        state=State.SKIPPED, reason=Skip.NO_ADDRESS
    )
    if copies.filter(state=State.SENDING).exists():
        raise StillSending
    return skipped


def _anonymise(guardian: int) -> int:
    """Empty what leads back to the person; returns how many copies stay without one."""
    copies = Delivery.objects.filter(guardian=guardian)
    Receipt.objects.filter(delivery__in=copies).update(parts=[], detail="")
    return copies.update(parts=[])
