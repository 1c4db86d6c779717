"""Writing down what platforms answered: receipts, states, and what follows for places."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from broadcaster.contract import Reason
from broadcaster.domain.states import MOVES, State
from broadcaster.domain.verdict import Verdict
from broadcaster.store.models import Address, Delivery, Destination, Receipt
from broadcaster.store.queries.recording import Answer, record
from tests import school

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = school.NOON
LANE = uuid4()
SENT = Verdict(State.SENT)
DEAD = Verdict(State.FAILED, Reason.BLOCKED, closes_address=True)


def answer(row: Delivery, verdict: Verdict = SENT, **also: Any) -> Answer:
    fields: dict[str, Any] = {
        "attempt": 1,
        "at": NOW,
        "outcome": "accepted",
        "reason": verdict.reason,
        "detail": "",
        "parts": [[0, {"id": 7}]],
    } | also
    return Answer(delivery=row.pk, verdict=verdict, **fields)


def recorded(*answers: Answer, lane: UUID = LANE) -> int:
    return record(answers, lane=lane)


def copy(**also: Any) -> Delivery:
    return to(school.address(school.guardian(), "alpha"), **also)


def to(place: Address | Destination, **also: Any) -> Delivery:
    fields = {"state": State.SENDING, "lane": LANE, "handed_at": NOW} | also
    return school.copy(place, **fields)


def test_an_accepted_copy_is_sent() -> None:
    row = copy()
    assert recorded(answer(row)) == 1
    row.refresh_from_db()
    assert (row.state, row.reason, row.sent_at, row.parts) == (
        State.SENT, "", NOW, [[0, {"id": 7}]],
    )  # fmt: skip


def test_an_answered_copy_is_in_no_lane() -> None:
    row = copy()
    recorded(answer(row))
    row.refresh_from_db()
    assert (row.lane, row.handed_at) == (None, None)


def test_a_deferred_copy_knows_when_it_is_due() -> None:
    row = copy()
    recorded(answer(row, Verdict(State.DEFERRED, Reason.GREYLISTED, due_at=school.LATER)))
    row.refresh_from_db()
    assert (row.state, row.reason, row.due_at, row.sent_at) == (
        State.DEFERRED, Reason.GREYLISTED, school.LATER, None,
    )  # fmt: skip


def test_a_try_is_counted() -> None:
    row = copy(attempts=2)
    recorded(answer(row, attempt=3))
    row.refresh_from_db()
    assert row.attempts == 3


def test_a_try_that_met_the_channels_trouble_is_not_counted() -> None:
    row = copy(attempts=2)
    recorded(answer(row, Verdict(State.DEFERRED, due_at=NOW, counts=False), attempt=3))
    row.refresh_from_db()
    assert row.attempts == 2


def test_every_answer_leaves_a_receipt() -> None:
    row = copy()
    recorded(answer(row, outcome="rejected", reason=Reason.CONTENT, detail="too rude"))
    receipt = Receipt.objects.get()
    assert (receipt.delivery, receipt.attempt, receipt.at, receipt.outcome) == (
        row, 1, NOW, "rejected",
    )  # fmt: skip
    assert (receipt.reason, receipt.detail, receipt.parts) == (
        Reason.CONTENT, "too rude", [[0, {"id": 7}]],
    )  # fmt: skip


def test_a_copy_that_was_held_back_leaves_no_receipt() -> None:
    row = copy()
    recorded(answer(row, Verdict(State.DEFERRED, Reason.HELD_BACK, due_at=NOW, counts=False)))
    row.refresh_from_db()
    assert (row.state, Receipt.objects.count()) == (State.DEFERRED, 0)


def test_many_answers_are_one_set() -> None:
    rows = [copy() for _ in range(50)]
    assert recorded(*map(answer, rows)) == 50
    assert (set(school.states()), Receipt.objects.count()) == ({State.SENT}, 50)


def test_no_answers_change_nothing() -> None:
    assert recorded() == 0


@pytest.mark.parametrize("state", sorted(set(State) - {State.SENDING, State.UNCONFIRMED}))
def test_an_answer_for_a_copy_already_decided_changes_nothing(state: State) -> None:
    row = copy(state=state)
    assert recorded(answer(row, Verdict(State.FAILED, "blocked"))) == 0
    row.refresh_from_db()
    assert (row.state, Receipt.objects.count()) == (state, 0)


@pytest.mark.parametrize("end", [State.SENT, State.FAILED])
def test_a_silent_lanes_late_answer_settles_what_nobody_knew(end: State) -> None:
    row = copy(state=State.UNCONFIRMED)
    assert recorded(answer(row, Verdict(end))) == 1
    assert (school.states(), Receipt.objects.count()) == ([end], 1)


def test_a_silent_lanes_copy_is_not_sent_again_for_a_late_answer() -> None:
    row = copy(state=State.UNCONFIRMED)
    assert recorded(answer(row, Verdict(State.DEFERRED, due_at=NOW))) == 0
    assert (school.states(), Receipt.objects.count()) == ([State.UNCONFIRMED], 0)


def test_a_platform_whose_answer_was_lost_is_not_asked_by_another_lane() -> None:
    row = copy(state=State.UNCONFIRMED, lane=None)
    assert recorded(answer(row)) == 0


def test_another_lanes_late_answer_changes_nothing() -> None:
    row = copy()
    late = answer(row, DEAD, moved_to="elsewhere")
    assert recorded(late, lane=uuid4()) == 0
    row.refresh_from_db()
    assert (row.state, row.address.state, Receipt.objects.count()) == (State.SENDING, "open", 0)
    assert row.address.value != "elsewhere"


def test_every_state_a_verdict_names_may_follow_sending() -> None:
    ends = [state for state, sources in MOVES.items() if State.SENDING in sources]
    rows = [copy() for _ in ends]
    recorded(*[answer(row, Verdict(end)) for row, end in zip(rows, ends, strict=True)])
    assert school.states() == ends


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("a\x00b", "ab"),
        ("lone \udcff surrogate", "lone ? surrogate"),
        ("долго " * 100, "долго " * 50),
        ("новая\nстрока", "новая\nстрока"),
        ('кавычки "\\"', 'кавычки "\\"'),
    ],
)
def test_whatever_the_platform_says_can_be_kept(said: str, kept: str) -> None:
    recorded(answer(copy(), detail=said))
    assert Receipt.objects.get().detail == kept


def test_platforms_ids_may_be_large_and_may_be_words() -> None:
    row = copy()
    recorded(answer(row, parts=[[0, {"id": 2**53 + 1, "message_ids": "1,2"}]]))
    row.refresh_from_db()
    assert row.parts == [[0, {"id": 2**53 + 1, "message_ids": "1,2"}]]


def closed(place: Address | Destination) -> tuple[str, str]:
    place.refresh_from_db()
    return place.state, place.state_reason


def test_a_dead_address_is_closed_with_its_reason_and_time() -> None:
    row = copy()
    recorded(answer(row, DEAD))
    assert closed(row.address) == ("closed", Reason.BLOCKED)
    assert row.address.state_since == NOW


def test_whoever_shares_a_dead_mailbox_has_lost_it_too() -> None:
    row = copy()
    spouse = school.address(school.guardian(), "alpha", row.address.value)
    recorded(answer(row, DEAD))
    assert closed(spouse) == ("closed", Reason.BLOCKED)


def test_the_same_value_on_another_channel_stays_open() -> None:
    row = copy()
    other = school.address(row.guardian, "beta", row.address.value)
    recorded(answer(row, DEAD))
    assert closed(other) == ("open", "")


def test_other_addresses_of_the_same_batch_stay_open() -> None:
    dead, alive = copy(), copy()
    recorded(answer(dead, DEAD), answer(alive))
    assert closed(alive.address) == ("open", "")


def test_a_lost_place_is_closed() -> None:
    place = school.destination("alpha")
    recorded(answer(to(place), DEAD))
    assert closed(place) == ("closed", Reason.BLOCKED)


def moved(row: Delivery, value: str = "new") -> None:
    assert recorded(answer(row, moved_to=value)) == 1


def value(place: Address | Destination) -> str:
    place.refresh_from_db()
    return place.value


def test_a_place_that_has_moved_is_followed() -> None:
    place = school.destination("alpha", "old")
    moved(to(place))
    assert value(place) == "new"


def test_an_address_that_has_moved_is_followed() -> None:
    row = copy()
    moved(row)
    assert value(row.address) == "new"


def test_everybody_who_shares_a_place_moves_with_it() -> None:
    first = school.destination("alpha", "old", of="1А")
    second = school.destination("alpha", "old", of="2Б")
    moved(to(first))
    assert value(second) == "new"


def test_the_same_value_on_another_channel_does_not_move() -> None:
    other = school.destination("beta", "old")
    moved(to(school.destination("alpha", "old")))
    assert value(other) == "old"


@pytest.mark.parametrize("owner", ["1А", None])
def test_a_place_whose_new_address_is_known_already_is_closed(owner: str | None) -> None:
    old = school.destination("alpha", "old", of=owner)
    new = school.destination("alpha", "new", of=owner)
    moved(to(old))
    assert (value(old), *closed(old)) == ("old", "closed", Reason.DESTINATION_LOST)
    assert closed(new) == ("open", "")


def test_a_person_whose_new_address_is_known_already_keeps_the_one() -> None:
    person = school.guardian(alpha="old")
    new = school.address(person, "alpha", "new")
    old = person.addresses.get(value="old")
    moved(to(old))
    assert closed(old) == ("closed", Reason.DESTINATION_LOST)
    assert closed(new) == ("open", "")


def test_another_persons_same_address_hinders_no_move() -> None:
    school.address(school.guardian(), "alpha", "new")
    row = copy()
    moved(row)
    assert value(row.address) == "new"
