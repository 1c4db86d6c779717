"""The ledger counts what a person would count: lost, doubled, unknown, still waiting."""

from __future__ import annotations

import pytest

from tests.faults.ledger import Copy, Ledger, reconcile
from tests.faults.table import Row, judged, markdown

ANNA = Copy("email", "anna@family.example", "1a")
BORIS = Copy("email", "boris@family.example", "1a")


def counted(state: str | None, arrivals: int, *, shown: int | None = None) -> Ledger:
    """What is said of one copy with this state that arrived so often."""
    states = {} if state is None else {ANNA: state}
    return reconcile([ANNA], states, {ANNA: arrivals}, shown=shown)


def test_a_copy_that_arrived_once_and_is_recorded_breaks_nothing() -> None:
    assert judged(counted("sent", 1), in_flight=0) == ()


def test_a_copy_called_sent_that_never_arrived_is_lost() -> None:
    assert counted("sent", 0).lost == 1


def test_a_copy_without_a_row_is_lost_even_when_it_arrived() -> None:
    assert counted(None, 1).lost == 1


@pytest.mark.parametrize("state", ["sent", "unconfirmed", "queued"])
def test_a_copy_that_arrived_three_times_is_doubled_twice(state: str) -> None:
    assert counted(state, 3).doubled == 2


@pytest.mark.parametrize("arrivals", [0, 1])
def test_an_unconfirmed_copy_is_neither_lost_nor_untrue(arrivals: int) -> None:
    seen = counted("unconfirmed", arrivals)
    assert (seen.unconfirmed, seen.lost, seen.untrue) == (1, 0, 0)


def test_a_copy_that_arrived_although_its_row_failed_is_untrue() -> None:
    assert counted("failed", 1).untrue == 1


def test_a_copy_that_still_waits_is_counted() -> None:
    assert counted("deferred", 0).waiting == 1


def test_an_unconfirmed_copy_that_nobody_is_shown_is_hidden() -> None:
    assert counted("unconfirmed", 0, shown=0).hidden == 1


def test_copies_of_another_announcement_are_not_taken_for_ours() -> None:
    other = ANNA._replace(mark="2a")
    assert reconcile([ANNA], {ANNA: "sent"}, {other: 1}).lost == 1


@pytest.mark.parametrize(
    ("seen", "broken"),
    [
        (counted("sent", 0), "lost"),
        (counted("sent", 2), "doubled"),
        (counted("queued", 0), "still waiting"),
        (counted("failed", 0), "failed"),
        (counted("unconfirmed", 0), "more than 0 unconfirmed"),
    ],
)
def test_what_goes_wrong_breaks_its_promise(seen: Ledger, broken: str) -> None:
    assert judged(seen, in_flight=0) == (broken,)


def test_as_many_may_be_unconfirmed_as_were_in_flight() -> None:
    assert judged(counted("unconfirmed", 0), in_flight=1) == ()


def test_the_table_says_in_words_which_promise_is_broken() -> None:
    row = Row("kill -9", "sqlite", "1", counted("sent", 0), ("lost",))
    assert "BROKEN: lost" in markdown([row])
