"""A parent's addresses by hand: written down, put in order, agreed to, closed, removed."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from broadcaster.domain.reasons import AddressState
from broadcaster.services.audit import Actor
from broadcaster.services.people.family import Gone, changing
from broadcaster.services.people.sharing import hand_over, part
from broadcaster.store.models import Address, Delivery
from broadcaster.store.queries import former


class AddressTaken(Exception):
    """The person has this address on this channel already."""


def add_address(
    guardian: int,
    channel: str,
    value: str,
    *,
    consent_on: date | None,
    consent_source: str,
    seen: str | None,
    by: Actor,
    now: datetime,
) -> int:
    """Write down an address, the last in order; returns its number.

    `value` is in the one spelling of its channel. Raises AddressTaken.
    """
    with changing(
        guardian, seen=seen, by=by, now=now, what="address_added", channel=channel
    ) as person:
        own = person.addresses.all()
        if own.filter(channel=channel, value=value).exists():
            raise AddressTaken
        made = person.addresses.create(
            channel=channel,
            value=value,
            preference=own.count(),
            consent_on=consent_on,
            consent_source=consent_source if consent_on else "",
        )
    return made.pk


def change_address(
    guardian: int,
    address: int,
    value: str,
    *,
    keeps_consent: bool,
    seen: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """Put another address in the place of one; it is open, whatever the old one was.

    What has gone to the old one, or is on its way there, stays on record with it. A consent was
    given for the old address: it goes, unless `keeps_consent` says that only a slip of the pen was
    mended. A consent that was taken back stays so. Raises AddressTaken.
    """
    with changing(guardian, seen=seen, by=by, now=now, what="address_changed"):
        row = _own(guardian, address)
        if row.value == value:
            return
        others = Address.objects.filter(guardian=guardian, channel=row.channel, value=value)
        if others.exists():
            raise AddressTaken
        part(Delivery.objects.filter(address=row))  # holds what waits: no worker takes it meanwhile
        former.keep([row.pk], at=now)
        row.value = value
        _opened(row, now)
        if not keeps_consent:
            row.consent_on, row.consent_source, row.consent_withdrawn_at = None, "", None
        row.save()


def remove_address(
    guardian: int, address: int, *, seen: str | None, by: Actor, now: datetime
) -> None:
    """Forget an address; what waits for it is skipped by the next sweep, what was sent stays.

    Who shares the mailbox takes over what waits.
    """
    with changing(guardian, seen=seen, by=by, now=now, what="address_removed"):
        row = _own(guardian, address)
        hand_over(Delivery.objects.filter(address=row))
        row.delete()


def prefer(guardian: int, address: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Put an address first; the others keep their order behind it."""
    with changing(guardian, seen=seen, by=by, now=now, what="preference") as person:
        first = _own(guardian, address)
        others = person.addresses.exclude(pk=address).order_by("preference", "pk")
        for place, row in enumerate([first, *others]):
            row.preference = place
            row.save(update_fields=["preference"])


def agree(
    guardian: int,
    address: int,
    *,
    on: date,
    source: str,
    seen: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """Record a person's consent to be written to here; a withdrawal before it is over."""
    with changing(guardian, seen=seen, by=by, now=now, what="consent_given"):
        row = _own(guardian, address)
        row.consent_on, row.consent_source, row.consent_withdrawn_at = on, source, None
        row.save()


def withdraw(guardian: int, address: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Record that this person takes a consent back; others who share the mailbox have their own.

    What waits for the address is skipped by the next sweep.
    """
    with changing(guardian, seen=seen, by=by, now=now, what="consent_withdrawn"):
        row = _own(guardian, address)
        hand_over(Delivery.objects.filter(address=row))
        row.consent_withdrawn_at = row.consent_withdrawn_at or now
        row.save(update_fields=["consent_withdrawn_at"])


def close(guardian: int, address: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Write nothing more to this place, whoever shares it, until somebody opens it."""
    with changing(guardian, seen=seen, by=by, now=now, what="address_closed"):
        row = _own(guardian, address)
        _sharing(row).filter(state=AddressState.OPEN).update(
            state=AddressState.CLOSED, state_reason="", state_since=now
        )


def open_again(guardian: int, address: int, *, seen: str | None, by: Actor, now: datetime) -> None:
    """Write to this place again, for everybody who shares it."""
    with changing(guardian, seen=seen, by=by, now=now, what="address_opened"):
        row = _own(guardian, address)
        _sharing(row).filter(state=AddressState.CLOSED).update(
            state=AddressState.OPEN, state_reason="", state_since=now
        )


def _own(guardian: int, address: int) -> Address:
    row = Address.objects.select_for_update().filter(pk=address, guardian=guardian).first()
    if row is None:
        raise Gone
    return row


def _sharing(row: Address) -> QuerySet[Address]:
    return Address.objects.filter(channel=row.channel, value=row.value)


def _opened(row: Address, now: datetime) -> None:
    if row.state != AddressState.OPEN:
        row.state, row.state_reason, row.state_since = AddressState.OPEN, "", now
