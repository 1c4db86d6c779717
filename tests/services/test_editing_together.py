"""Several people change one family at the very same time, each on a connection of her own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from broadcaster.services.audit import COMMAND_LINE
from broadcaster.services.people import addresses, editing, erasing, merging
from broadcaster.services.people.family import ChangedMeanwhile, Gone, fingerprint
from broadcaster.store.models import AuditEntry, Guardian
from tests import school
from tests.together import together

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

HERE: dict[str, Any] = {"by": COMMAND_LINE, "now": school.NOON}


def told(work: Callable[[], object]) -> Callable[[], str]:
    """How the work ended, in a word."""

    def run() -> str:
        try:
            work()
        except (ChangedMeanwhile, Gone) as end:
            return type(end).__name__
        return "done"

    return run


def test_of_two_who_save_one_form_one_is_told() -> None:
    anna = school.guardian("Анна").pk
    seen = fingerprint(anna)
    first = told(lambda: editing.rename(anna, "Анна Первая", seen=seen, **HERE))
    second = told(lambda: editing.rename(anna, "Анна Вторая", seen=seen, **HERE))
    assert sorted(together(first, second)) == ["ChangedMeanwhile", "done"]
    assert AuditEntry.objects.count() == 1


def test_of_two_who_add_one_address_one_is_told() -> None:
    anna = school.guardian("Анна").pk
    seen = fingerprint(anna)
    also: dict[str, Any] = HERE | {"seen": seen, "consent_on": None, "consent_source": ""}
    add = told(lambda: addresses.add_address(anna, "email", "a@b.org", **also))
    assert sorted(together(add, add)) == ["ChangedMeanwhile", "done"]


def test_of_two_who_merge_a_pair_both_ways_one_is_told() -> None:
    one, two = school.guardian("Анна", alpha="a").pk, school.guardian("Анна", alpha="a").pk
    there = told(lambda: merging.merge(one, two, **HERE))
    back = told(lambda: merging.merge(two, one, **HERE))
    assert sorted(together(there, back)) == ["Gone", "done"]
    assert Guardian.objects.get().addresses.count() == 1


def test_who_is_erased_twice_is_erased_once() -> None:
    anna = school.guardian("Анна", alpha="a").pk
    erase = told(lambda: erasing.erase(anna, with_orphans=True, **HERE))
    assert sorted(together(erase, erase)) == ["Gone", "done"]
