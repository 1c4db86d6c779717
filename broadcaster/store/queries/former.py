"""Where the tries of a copy went whose address has another value by now (decision 0062)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from broadcaster.domain.states import WAITING
from broadcaster.store.models import Delivery, FormerAddress
from broadcaster.store.queries.dialect import (
    among,
    change,
    change_prepared,
    listed,
    moment,
    on_postgres,
)

HERE = "former.delivery_id = delivery.id AND former.until IS NULL"
"""The join that finds the value to which a copy went, when its address has another by now."""


def keep(addresses: Iterable[int], *, at: datetime) -> None:
    """Note the values of these addresses with every copy that went there; call before a change.

    What still waits and has never been tried will go to the new value, and is left alone.
    """
    stamp = "CAST(%s AS timestamptz)" if on_postgres() else "%s"
    waiting = ", ".join(f"'{state}'" for state in sorted(WAITING))
    change(
        "INSERT INTO store_formeraddress (delivery_id, address_id, value, replaced_at)"
        f" SELECT delivery.id, address.id, address.value, {stamp}"
        " FROM store_address address JOIN store_delivery delivery"
        f" ON delivery.address_id = address.id WHERE {among('address.id')}"
        f" AND (delivery.state NOT IN ({waiting}) OR EXISTS (SELECT 1 FROM store_receipt receipt"
        " WHERE receipt.delivery_id = delivery.id)) ON CONFLICT DO NOTHING",  # what is noted stays
        [moment(at), listed(addresses)],
    )


def end(copies: Sequence[int], *, now: datetime) -> None:
    """Note that these copies go to what their addresses are now, whatever they were before."""
    change_prepared(
        f"UPDATE store_formeraddress SET until = %s WHERE until IS NULL AND {among('delivery_id')}",
        [moment(now), listed(copies)],
    )


def with_place(copies: QuerySet[Delivery]) -> QuerySet[Any]:
    """The copies with `place`, the address to which each went or will go; None when forgotten."""
    hers = {"delivery": OuterRef("pk"), "address__guardian": OuterRef("guardian")}
    former = FormerAddress.objects.filter(**hers, until=None)
    went = Coalesce(Subquery(former.values("value")), F("address__value"))
    waits = When(state__in=sorted(WAITING), then=F("address__value"))
    return copies.annotate(place=Case(waits, default=went, output_field=CharField()))
