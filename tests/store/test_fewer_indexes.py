"""The migration that takes needless indexes away, with copies and receipts in the tables."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection

from broadcaster.domain.states import State
from broadcaster.store.models import Delivery, Receipt
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

BEFORE = "0005_calendar"


def downgraded() -> None:
    call_command("migrate", "store", BEFORE, verbosity=0)


def upgraded() -> None:
    call_command("migrate", "store", verbosity=0)


@pytest.fixture
def carried() -> Delivery:
    """A copy with its receipt that have been where the migration was not made yet."""
    row = school.copy(school.address(school.guardian(), "alpha"), state=State.SENT)
    Receipt.objects.create(delivery=row, attempt=1, at=school.NOON, outcome="accepted")
    downgraded()
    upgraded()
    return row


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Delivery._meta.db_table)
    return set(found)


def test_copies_and_receipts_come_through_the_upgrade(carried: Delivery) -> None:
    assert Receipt.objects.get().delivery == carried


def test_after_the_upgrade_there_is_still_one_copy_an_address(carried: Delivery) -> None:
    assert carried.address is not None
    with pytest.raises(IntegrityError):
        school.copy(carried.address, carried.announcement_id)


def test_the_upgrade_may_be_taken_back(carried: Delivery) -> None:
    after = indexes()
    downgraded()
    before = indexes()
    upgraded()
    assert before - after >= {"store_delivery_announcement_id_a591a19f"}
    assert indexes() == after
    assert Delivery.objects.get() == carried


def test_an_upgrade_that_was_broken_off_is_finished_by_the_next() -> None:
    after = indexes()
    downgraded()
    with connection.cursor() as cursor:  # its first steps
        cursor.execute("CREATE INDEX delivery_of_destination ON store_delivery (channel)")
        cursor.execute("DROP INDEX store_delivery_announcement_id_a591a19f")
    upgraded()
    assert indexes() == after
