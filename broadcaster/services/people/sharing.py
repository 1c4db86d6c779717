"""A mailbox that two people share, when one of them goes: the other takes the copy over."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from broadcaster.domain.reasons import Skip
from broadcaster.domain.states import WAITING, State
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
    """Let who was skipped as a double have a copy too: one mailbox is going to be two.

    What waits goes to the new one as a whole: messages taken so far went to the old one.
    """
    waiting = copies.filter(state__in=sorted(WAITING), address__isnull=False)
    for copy in waiting.select_related("address"):
        if double := _double_of(copy):
            Delivery.objects.filter(pk=double.pk).update(**_wait(copy))
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
    """What makes another copy wait as this one does."""
    return {"state": copy.state, "reason": copy.reason, "due_at": copy.due_at}


def _double_of(copy: Delivery) -> Delivery | None:
    assert copy.address is not None
    return (
        Delivery.objects.filter(
            announcement=copy.announcement_id,
            state=State.SKIPPED,
            reason=Skip.DUPLICATE,
            channel=copy.channel,
            address__value=copy.address.value,
        )
        .exclude(guardian=copy.guardian_id)
        .first()
    )
