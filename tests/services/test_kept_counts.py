"""Counts that are dear are kept for a while, with their time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from broadcaster.services import kept_counts
from broadcaster.services.kept_counts import KeptCounts

NEWS = uuid4()


@dataclass
class Desk:
    """Somebody who counts up, and whom one can send to count later."""

    counted: int = 0
    errands: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.counts = KeptCounts(self.errands.append)

    def count(self) -> int:
        self.counted += 1
        return self.counted

    def look(self, announcement: UUID = NEWS, *, large: bool = True) -> int:
        return self.counts.look(announcement, "x", self.count, large=lambda _: large)[0]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def ageing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted is old at once."""
    monkeypatch.setattr(kept_counts, "SHORTEST", 0.0)
    monkeypatch.setattr(kept_counts, "SHARE", 0)


def test_a_small_announcement_is_counted_for_every_look(desk: Desk) -> None:
    assert [desk.look(large=False), desk.look(large=False)] == [1, 2]


def test_a_large_one_is_counted_once_for_a_while(desk: Desk) -> None:
    assert [desk.look(), desk.look()] == [1, 1]
    assert desk.errands == []


def test_the_time_is_that_of_counting(desk: Desk) -> None:
    first = desk.counts.look(NEWS, "x", desk.count, large=bool)
    assert desk.counts.look(NEWS, "x", desk.count, large=bool) == first


@pytest.mark.usefixtures("ageing")
def test_what_is_old_is_shown_while_one_goes_to_count_again(desk: Desk) -> None:
    assert [desk.look(), desk.look(), desk.look()] == [1, 1, 1]
    (errand,) = desk.errands
    errand()
    assert desk.look() == 2


@pytest.mark.usefixtures("ageing")
def test_after_a_count_that_failed_another_one_is_sent(desk: Desk) -> None:
    desk.look()
    desk.counts.look(NEWS, "x", lambda: 1 // 0, large=bool)
    desk.errands.pop()()
    assert desk.look() == 1
    desk.errands.pop()()
    assert desk.look() == 2


def test_who_changes_something_sees_it(desk: Desk) -> None:
    desk.look()
    desk.counts.forget(NEWS)
    assert desk.look() == 2


@pytest.mark.usefixtures("ageing")
def test_what_was_counted_before_a_change_is_not_kept_after_it(desk: Desk) -> None:
    desk.look()
    desk.look()
    desk.counts.forget(NEWS)
    assert desk.look() == 2
    desk.errands.pop()()
    assert desk.look() == 2


def test_what_was_being_counted_during_a_change_is_not_kept_either(desk: Desk) -> None:
    def changed_meanwhile() -> int:
        desk.counts.forget(NEWS)
        return 99

    assert desk.counts.look(NEWS, "x", changed_meanwhile, large=bool)[0] == 99
    assert desk.look() == 1


def test_what_was_counted_long_ago_is_not_shown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.look()
    monkeypatch.setattr(kept_counts, "LONGEST", -1000.0)
    assert desk.look() == 2
    assert desk.errands == []


def test_other_announcements_are_not_forgotten(desk: Desk) -> None:
    other = uuid4()
    desk.look(other)
    desk.counts.forget(NEWS)
    assert desk.look(other) == 1


def test_no_more_are_kept_than_there_is_room_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_counts, "MOST", 1)
    desk.look()
    desk.look(uuid4())
    assert desk.look() == 3


def ready(desk: Desk) -> bool:
    return desk.counts.ready(NEWS, ["x"], desk.look)


def test_one_is_sent_to_count_however_many_look_meanwhile(desk: Desk) -> None:
    assert [ready(desk), ready(desk)] == [False, False]
    (errand,) = desk.errands
    assert not desk.counts.has(NEWS, ["x"])
    errand()
    assert ready(desk)
    assert desk.counts.has(NEWS, ["x"])
    assert desk.look() == 1


def test_what_changed_while_it_was_counted_is_counted_again(desk: Desk) -> None:
    ready(desk)
    desk.errands.pop()()
    desk.counts.forget(NEWS)
    assert [ready(desk), ready(desk)] == [False, False]
    desk.errands.pop()()
    assert ready(desk)


def test_whoever_asks_after_a_failed_count_may_count_and_the_next_one_is_sent_again(
    desk: Desk,
) -> None:
    def fail() -> None:
        raise RuntimeError

    assert not desk.counts.ready(NEWS, ["x"], fail)
    desk.errands.pop()()
    assert ready(desk)
    assert not ready(desk)
    assert len(desk.errands) == 1


def test_whoever_looks_is_shown_what_was_counted_before_one_could_ask_again() -> None:
    counts = KeptCounts(lambda work: work())

    def count() -> None:
        counts.look(NEWS, "x", lambda: 1, large=lambda _: True)

    assert counts.ready(NEWS, ["x"], count)
