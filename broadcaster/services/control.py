"""Stopping what has not been sent: pause, resume, cancel; leaving."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from broadcaster.domain.reasons import AddressState, End, Hold, Skip
from broadcaster.domain.states import MAY_LEAVE, UNDERWAY, WAITING, State, sources
from broadcaster.services.outlets import Office
from broadcaster.services.seals import Seal
from broadcaster.services.tending import make_up
from broadcaster.store.models import Address, Announcement, Delivery

UNSUBSCRIBE = Seal(salt="unsubscribe")


def pause(announcement: UUID, *, now: datetime) -> int:
    """Hold every copy that has not been handed over; returns how many.

    What a worker has claimed is not counted: it stays where it is and is held by the next sweep.
    What has come to its end is not stopped: there is nothing to go on with.
    """
    with transaction.atomic():
        _wait_for(announcement)
        mine = Delivery.objects.filter(announcement=OuterRef("pk"), state__in=sorted(UNDERWAY))
        Announcement.objects.filter(
            Q(released_at=None) | Exists(mine), pk=announcement, paused_at=None, cancelled_at=None
        ).update(paused_at=now)
        waiting = Delivery.objects.filter(announcement=announcement, state__in=sorted(WAITING))
        return waiting.exclude(state=State.HELD, reason=Hold.PAUSED).update(
            state=State.HELD, reason=Hold.PAUSED
        )


def resume(announcement: UUID) -> int:
    """Queue again what `pause` held, each copy for the time at which it was due; returns how many.

    Who has left meanwhile is not written to: such a copy is skipped by the next sweep. A scheduled
    announcement that was set aside is released again by it.
    """
    with transaction.atomic():
        Announcement.objects.filter(pk=announcement).update(paused_at=None, problem="")
        held = Delivery.objects.filter(
            announcement=announcement, state=State.HELD, reason=Hold.PAUSED
        )
        stayed = held.exclude(address__consent_withdrawn_at__isnull=False)
        return stayed.update(state=State.QUEUED, reason="")


def set_aside(announcement: UUID, problem: str, *, now: datetime) -> None:
    """Keep a scheduled announcement that cannot be released from being tried until `resume`."""
    Announcement.objects.filter(pk=announcement).update(paused_at=now, problem=problem)


def cancel(announcement: UUID, *, now: datetime) -> int:
    """End every copy that has not been handed over, for ever; returns how many.

    What every family has got by now is not cancelled: there is nothing left that could leave.
    """
    with transaction.atomic():
        _wait_for(announcement)
        mine = Delivery.objects.filter(announcement=OuterRef("pk"), state__in=sorted(MAY_LEAVE))
        Announcement.objects.filter(
            Q(released_at=None) | Exists(mine), pk=announcement, cancelled_at=None
        ).update(cancelled_at=now)
        waiting = Delivery.objects.filter(
            announcement=announcement, state__in=sources(State.CANCELLED)
        )
        return waiting.update(state=State.CANCELLED, reason=End.WITHDRAWN)


def _wait_for(announcement: UUID) -> None:
    """Let a release that is under way end: its copies would be seen here only by half."""
    Announcement.objects.select_for_update().filter(pk=announcement).first()


def unsubscribe_token(address: int, value: str) -> str:
    """The last part of the page on which the owner of an address leaves, as long as it is `value`.

    The seal is of both, the token names the number only.
    """
    _both, _, seal = UNSUBSCRIBE.sign(f"{address} {value}").rpartition(UNSUBSCRIBE.sep)
    return f"{address}{UNSUBSCRIBE.sep}{seal}"


def address_of(token: str) -> Address | None:
    """The address that a token speaks of; None when the token was not made here, or for what the
    address was before: a stranger may have got that letter.
    """
    number, _, seal = token.partition(UNSUBSCRIBE.sep)
    try:
        address = Address.objects.filter(pk=int(number)).first()
        if address is not None:
            UNSUBSCRIBE.unsign(f"{address.pk} {address.value}{UNSUBSCRIBE.sep}{seal}")
    except (signing.BadSignature, ValueError, OverflowError):
        return None
    return address


def leave(office: Office, address: Address, *, now: datetime) -> None:
    """Withdraw the consent of a mailbox and skip what waits its turn for it; may be repeated.

    Whoever shares it leaves too: it is the mailbox that wants no more, and nobody can tell who of
    its readers has pressed. Their other places make up for what was skipped; what is held is
    skipped when it wakes.
    """
    mailbox = Address.objects.filter(channel=address.channel, value=address.value)
    with transaction.atomic():
        mailbox.filter(consent_withdrawn_at=None).update(consent_withdrawn_at=now)
        waiting = Delivery.objects.filter(address__in=mailbox, state__in=WAITING - {State.HELD})
        skipped = list(waiting.select_for_update().values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=skipped).update(state=State.SKIPPED, reason=Skip.NO_CONSENT)
        make_up(office, skipped, now)


def return_again(address: Address) -> bool:
    """Take back a withdrawal made by mistake, for all whom it has made leave.

    Returns whether the address is written to now: the school may have shut it meanwhile.
    """
    with transaction.atomic():
        left = Address.objects.filter(pk=address.pk).values_list("consent_withdrawn_at", flat=True)
        mailbox = Address.objects.filter(channel=address.channel, value=address.value)
        mailbox.filter(consent_withdrawn_at__in=list(left)).update(consent_withdrawn_at=None)
    mine = Address.objects.filter(pk=address.pk, state=AddressState.OPEN)
    return mine.exclude(consent_on=None).exists()
