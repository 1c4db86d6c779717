"""From an audience to rows: who gets which copy, and who does not and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import End, Hold, Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.models import Delivery, Guardian
from broadcaster.store.queries.expansion import Census, Unserved, count, expand, unserved
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON


def expanded(*groups: str, **also: Any) -> list[Delivery]:
    """All rows that releasing one announcement makes."""
    what = school.expansion(school.announcement(*groups), *groups, **also)
    expand(what)
    return list(Delivery.objects.filter(announcement=what.announcement).order_by("pk"))


def sent(rows: list[Delivery]) -> list[str]:
    """Where copies go."""
    places = (row.address or row.destination for row in rows if row.state == State.QUEUED)
    return sorted(place.value for place in places if place)


def skipped(rows: list[Delivery]) -> dict[str, str]:
    """Why copies do not go: place → reason."""
    gone = ((row.address or row.destination, row.reason) for row in rows)
    return {place.value if place else "": reason for place, reason in gone if reason}


def test_a_routine_copy_goes_to_the_preferred_address_alone() -> None:
    school.guardian(alpha="first", beta="second")
    assert sent(expanded()) == ["first"]


def test_other_open_addresses_leave_no_row_in_a_routine_announcement() -> None:
    school.guardian(alpha="first", beta="second")
    assert len(expanded()) == 1


@pytest.mark.parametrize("importance", [Importance.IMPORTANT, Importance.URGENT])
def test_an_important_copy_goes_to_every_address(importance: Importance) -> None:
    school.guardian(alpha="first", beta="second")
    assert sent(expanded(importance=importance)) == ["first", "second"]


def test_a_person_with_children_in_three_groups_gets_one_copy() -> None:
    school.guardian(groups=["1А", "2Б", "3В"], alpha="once")
    assert sent(expanded("1А", "2Б", "3В")) == ["once"]


def test_a_person_with_two_children_in_a_group_gets_one_copy() -> None:
    school.guardian(groups=["1А", "1А"], alpha="once")
    assert sent(expanded()) == ["once"]


def test_nobody_outside_the_groups_gets_a_copy() -> None:
    school.guardian(groups=["2Б"], alpha="elsewhere")
    assert expanded("1А") == []


def test_a_person_without_addresses_is_a_row_with_a_reason() -> None:
    person = school.guardian()
    [row] = expanded()
    assert (row.guardian, row.channel, row.state, row.reason) == (
        person, "", State.SKIPPED, Skip.NO_ADDRESS,
    )  # fmt: skip


GATES = {
    Skip.CHANNEL_OFF: {"channel": "unknown"},
    Skip.NO_CONSENT: {"consent_on": None},
    Skip.DATA_CLASS: {"channel": "gamma"},
    Skip.ADDRESS_CLOSED: {"state": "closed"},
}


@pytest.mark.parametrize("reason", GATES)
def test_every_gate_gives_its_reason(reason: Skip) -> None:
    fields: dict[str, Any] = {"channel": "alpha", "value": "here"} | GATES[reason]
    school.address(school.guardian(), **fields)
    assert skipped(expanded(data_class=DataClass.CLOSED)) == {"here": reason}


@pytest.mark.parametrize("place", range(len(GATES)))
def test_the_first_gate_that_is_shut_gives_the_reason(place: int) -> None:
    fields: dict[str, Any] = {"channel": "alpha", "value": "here"}
    for gate in reversed(list(GATES.values())[place:]):
        fields |= gate
    school.address(school.guardian(), **fields)
    assert skipped(expanded(data_class=DataClass.CLOSED)) == {"here": list(GATES)[place]}


def test_a_withdrawn_consent_is_none() -> None:
    school.address(school.guardian(), "alpha", "here", consent_withdrawn_at=NOW)
    assert skipped(expanded()) == {"here": Skip.NO_CONSENT}


def test_the_next_address_is_used_when_the_preferred_one_is_shut() -> None:
    person = school.guardian()
    school.address(person, "alpha", "shut", preference=0, state="closed")
    school.address(person, "beta", "open", preference=1)
    rows = expanded()
    assert (sent(rows), skipped(rows)) == (["open"], {"shut": Skip.ADDRESS_CLOSED})


def test_a_mailbox_that_two_people_share_gets_one_copy() -> None:
    school.guardian(alpha="shared")
    school.guardian(alpha="shared")
    rows = expanded()
    assert (sent(rows), skipped(rows)) == (["shared"], {"shared": Skip.DUPLICATE})


def test_a_mailbox_that_its_sharer_does_not_use_first_still_gets_its_copy() -> None:
    mother = school.guardian()
    school.address(mother, "beta", "her own", preference=0)
    school.address(mother, "alpha", "shared", preference=1)
    school.address(school.guardian(), "alpha", "shared", preference=1)
    rows = expanded()
    assert (sent(rows), skipped(rows)) == (["her own", "shared"], {})


def test_a_shut_share_of_a_mailbox_takes_nothing_from_the_other() -> None:
    school.address(school.guardian(), "alpha", "shared", consent_on=None)
    school.address(school.guardian(), "alpha", "shared", preference=5)
    assert sent(expanded()) == ["shared"]


def test_the_same_value_on_two_channels_is_two_places() -> None:
    school.guardian(alpha="777", beta="777")
    assert sent(expanded(importance=Importance.IMPORTANT)) == ["777", "777"]


def test_chosen_channels_leave_the_others_out() -> None:
    school.guardian(alpha="first", beta="second")
    school.destination("alpha", "place")
    assert sent(expanded(chosen=["beta"])) == ["second"]


def test_a_person_without_an_address_on_the_chosen_channels_is_a_row() -> None:
    school.guardian(alpha="first")
    assert skipped(expanded(chosen=["beta"])) == {"": Skip.NO_ADDRESS}


def test_a_routine_announcement_goes_to_the_places_of_its_groups_alone() -> None:
    school.destination("alpha", "ours", of="1А")
    school.destination("alpha", "theirs", of="2Б")
    school.destination("alpha", "school", of=None)
    assert sent(expanded("1А")) == ["ours"]


def test_an_important_one_goes_to_the_schools_places_too() -> None:
    school.destination("alpha", "ours", of="1А")
    school.destination("alpha", "school", of=None)
    rows = expanded("1А", importance=Importance.IMPORTANT)
    assert {row.destination.value: row.why for row in rows if row.destination} == {
        "ours": Why.GROUP_PLACE,
        "school": Why.SCHOOL_PLACE,
    }


def test_a_place_of_two_groups_gets_one_copy() -> None:
    school.destination("alpha", "chat", of="1А")
    school.destination("alpha", "chat", of="2Б")
    assert sent(expanded("1А", "2Б")) == ["chat"]


def test_a_shut_twin_of_a_place_takes_nothing_from_the_other() -> None:
    school.destination("alpha", "chat", of="1А", state="closed")
    school.destination("alpha", "chat", of="2Б")
    assert sent(expanded("1А", "2Б")) == ["chat"]


@pytest.mark.parametrize(
    ("reason", "fields"),
    [
        (Skip.CHANNEL_OFF, {"channel": "unknown"}),
        (Skip.DATA_CLASS, {"data_class": DataClass.PUBLIC}),
        (Skip.ADDRESS_CLOSED, {"state": "closed"}),
    ],
)
def test_every_gate_of_a_place_gives_its_reason(reason: Skip, fields: dict[str, Any]) -> None:
    school.destination(**({"channel": "alpha", "value": "place"} | fields))
    assert skipped(expanded(data_class=DataClass.CLOSED)) == {"place": reason}


def test_a_place_carries_no_more_than_its_channel_may() -> None:
    school.destination("beta", "place", data_class=DataClass.PERSONAL)
    assert skipped(expanded(data_class=DataClass.PERSONAL)) == {"place": Skip.DATA_CLASS}


def test_a_text_that_speaks_to_one_person_goes_to_no_place() -> None:
    school.destination("alpha", "place", data_class=DataClass.PERSONAL)
    rows = expanded(data_class=DataClass.PERSONAL, people_only=True)
    assert skipped(rows) == {"place": Skip.DATA_CLASS}


def test_copies_carry_what_the_policy_said() -> None:
    school.guardian(alpha="here")
    until = NOW + timedelta(days=1)
    plan = school.at_noon(Importance.URGENT, expires_at=until)
    [row] = expanded(plan=plan)
    assert (row.priority, row.due_at, row.expires_at, row.why) == (
        plan.priority, NOW, until, Why.EVERY_CHANNEL,
    )  # fmt: skip


def test_a_new_copy_has_no_history() -> None:
    school.guardian(alpha="here")
    [row] = expanded()
    assert (row.attempts, row.parts, row.lane, row.handed_at, row.sent_at) == (
        0, [], None, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "hold", "reason"),
    [
        (State.HELD, Hold.QUIET_HOURS, Hold.QUIET_HOURS),
        (State.EXPIRED, None, End.TOO_LATE),
    ],
)
def test_copies_are_born_as_the_plan_says(state: State, hold: Hold | None, reason: str) -> None:
    school.guardian(alpha="here")
    [row] = expanded(plan=replace(school.at_noon(), state=state, hold=hold))
    assert (row.state, row.reason) == (state, reason)


def test_expanding_twice_makes_nothing() -> None:
    school.guardian(alpha="here", beta="there")
    what = school.expansion(school.announcement(), importance=Importance.IMPORTANT)
    expand(what)
    with pytest.raises(IntegrityError), transaction.atomic():
        expand(what)
    assert Delivery.objects.count() == 2


def test_without_groups_and_channels_there_is_nothing_to_make() -> None:
    school.guardian(alpha="here")
    what = school.expansion(school.announcement(), "9Я", channels={})
    assert (expand(what), count(what)) == (0, Census((), 0, 0))


def test_the_number_of_rows_is_returned() -> None:
    school.guardian(alpha="here")
    school.guardian()
    assert expand(school.expansion(school.announcement())) == 2


def named(*people: Guardian, **also: Any) -> list[Delivery]:
    """All rows of an announcement for these people and for no group."""
    ids = [person.pk for person in people]
    what = replace(school.expansion(school.announcement(), people=ids, **also), groups=[])
    expand(what)
    return list(Delivery.objects.filter(announcement=what.announcement).order_by("pk"))


def test_a_person_asked_for_by_name_gets_a_copy() -> None:
    person = school.guardian(groups=["2Б"], alpha="hers")
    school.guardian(groups=["2Б"], alpha="another")
    assert sent(named(person)) == ["hers"]


def test_a_person_asked_for_by_name_without_an_address_is_a_row_with_a_reason() -> None:
    assert skipped(named(school.guardian())) == {"": Skip.NO_ADDRESS}


def test_who_is_in_a_group_and_asked_for_by_name_gets_one_copy() -> None:
    person = school.guardian(alpha="once")
    assert sent(expanded(people=[person.pk])) == ["once"]


def test_who_has_been_erased_meanwhile_gets_nothing() -> None:
    person = school.guardian(alpha="gone")
    number = person.pk
    person.delete()
    assert expanded(people=[number]) == []


@pytest.mark.parametrize("importance", list(Importance))
def test_what_is_for_people_by_name_is_shown_at_no_place(importance: Importance) -> None:
    school.destination("alpha", "wall", of=None)
    school.destination("alpha", "class")
    assert sent(named(school.guardian(alpha="hers"), importance=importance)) == ["hers"]


def test_a_dry_run_counts_people_asked_for_by_name() -> None:
    people = [school.guardian(groups=["2Б"], alpha="hers").pk]
    school.guardian(alpha="of the group")
    assert count(school.expansion(school.announcement("1А"), people=people)).people == 2


def test_those_whom_no_copy_reaches_are_told_with_every_reason() -> None:
    lost = school.guardian("Анна", alpha="closed", off="away")
    lost.addresses.filter(channel="alpha").update(state="closed")
    school.guardian("Борис", alpha="here")
    what = school.expansion(school.announcement("1А"))
    reasons = (("alpha", Skip.ADDRESS_CLOSED), ("off", Skip.CHANNEL_OFF))
    assert unserved(what, most=9) == [Unserved(lost.pk, "Анна", reasons)]
    assert count(what).unserved == 1


def test_only_the_first_by_name_are_told() -> None:
    for name in ("Вера", "Анна", "Борис"):
        school.guardian(name)
    told = unserved(school.expansion(school.announcement("1А")), most=2)
    assert [one.name for one in told] == ["Анна", "Борис"]
