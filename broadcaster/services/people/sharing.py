"""A mailbox that two people share, when one of them goes: the other takes the copy over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import UNDERWAY, WAITING, State
from broadcaster.store.models import Delivery


def hand_over(copies: QuerySet[Delivery]) -> int:
    """Give each waiting copy to who was skipped as its double; returns how many found somebody.

    Of two people with one mailbox only one has a copy that goes (decision 0022). The two rows
    change people: no copy is lost and none is sent twice. Who goes waits without a place: the next
    sweep skips that copy, and another channel may make up for it.
    """
    waiting = copies.filter(state__in=sorted(WAITING), address__isnull=False)
    return sum(_taken_over(copy) for copy in waiting.select_related("address").order_by("pk"))


def part(copies: QuerySet[Delivery]) -> None:
    """Give each of two who share a mailbox a copy of her own: it is going to be two.

    `copies` are those of the address that is going to be another one; they wait there, or are
    doubles of what has not arrived yet. What waits goes to the new one as a whole: messages taken
    so far went to the old one.
    """
    here = copies.filter(address__isnull=False).select_related("address")
    waiting = here.filter(state__in=sorted(WAITING))
    for copy in waiting:
        if double := _double_of(copy):
            Delivery.objects.filter(pk=double.pk).update(**_wait(copy))
    for copy in here.filter(state=State.SKIPPED, reason=Skip.DUPLICATE):
        if other := _others(copy).filter(state__in=sorted(UNDERWAY)).first():
            Delivery.objects.filter(pk=copy.pk).update(**_wait(other))
    waiting.update(parts=[])


def _taken_over(copy: Delivery) -> bool:
    double = _double_of(copy)
    if double is None:
        return False
    heir, place = double.guardian_id, double.address_id
    Delivery.objects.filter(pk=double.pk).update(
        guardian=copy.guardian_id, address=None, **_wait(copy)
    )
    Delivery.objects.filter(pk=copy.pk).update(guardian=heir, address=place)
    return True


def _wait(copy: Delivery) -> dict[str, Any]:
    """What makes another copy wait as this one does, or did until it was claimed."""
    state = State.QUEUED if copy.state == State.SENDING else copy.state
    return {"state": state, "reason": copy.reason, "due_at": copy.due_at}


def _double_of(copy: Delivery) -> Delivery | None:
    return _others(copy).filter(state=State.SKIPPED, reason=Skip.DUPLICATE).first()


def _others(copy: Delivery) -> QuerySet[Delivery]:
    """Copies of the announcement for others who read the same mailbox."""
    assert copy.address is not None
    same = {"announcement": copy.announcement_id, "channel": copy.channel}
    mailbox = Delivery.objects.filter(**same, address__value=copy.address.value)
    return mailbox.exclude(guardian=copy.guardian_id)
