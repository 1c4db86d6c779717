"""What a lane knew of its copies survives its process, and nothing that lives is taken for dead."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest

from broadcaster.services.flights import (
    SIZE,
    SLOTS,
    Fate,
    Flights,
    LeftBehind,
    clear,
    flights_of,
    left_behind,
)
from tests.services.dispatch_stage import Broken

LANE = UUID(int=1)
OTHER = UUID(int=2)

KILLED = """
import os, signal
from pathlib import Path
from uuid import UUID
from broadcaster.services.flights import Fate, flights_of

with flights_of(UUID(int=1), Path({place!r})) as flights:
    for copy in (11, 12, 13, 14, 15):
        flights.leaves(copy)
    flights.answered(12, Fate.TAKEN)
    flights.answered(13, Fate.REFUSED)
    flights.answered(14, Fate.TAKEN)
    flights.recorded([14])
    os.kill(os.getpid(), signal.SIGKILL)
"""


def read(place: Path | None) -> list[LeftBehind]:
    with left_behind(place) as told:
        return list(told)


def abandon(place: Path, lane: UUID, *copies: int) -> None:
    """End a lane by a fault while these copies are on their way."""
    with suppress(Broken), flights_of(lane, place) as flights:
        for copy in copies:
            flights.leaves(copy)
        raise Broken


def test_a_process_that_is_killed_leaves_behind_what_it_knew(flights_place: Path) -> None:
    script = KILLED.format(place=str(flights_place))
    died = subprocess.run([sys.executable, "-c", script], check=False)
    assert died.returncode == -signal.SIGKILL
    assert read(flights_place) == [LeftBehind(LANE, frozenset({12}), frozenset({11, 15}))]


def test_what_a_living_lane_knows_is_its_own_affair(flights_place: Path) -> None:
    with flights_of(LANE, flights_place) as flights:
        flights.leaves(11)
        assert read(flights_place) == []


def test_a_lane_that_ends_well_leaves_nothing(flights_place: Path) -> None:
    with flights_of(LANE, flights_place) as flights:
        flights.leaves(11)
    assert read(flights_place) == []
    assert not list(flights_place.parent.glob(f"{flights_place.name}*"))


def test_a_lane_that_ends_by_a_fault_leaves_behind_what_it_knew(flights_place: Path) -> None:
    abandon(flights_place, LANE, 11)
    assert read(flights_place) == [LeftBehind(LANE, frozenset(), frozenset({11}))]


def test_whoever_reads_has_it_for_himself(flights_place: Path) -> None:
    abandon(flights_place, LANE, 11)
    with left_behind(flights_place) as first, left_behind(flights_place) as second:
        assert (len(first), len(second)) == (1, 0)
    assert len(read(flights_place)) == 1


def test_it_is_there_until_it_is_cleared(flights_place: Path) -> None:
    abandon(flights_place, LANE, 11)
    abandon(flights_place, OTHER, 12)
    clear(flights_place, [LANE])
    assert [told.lane for told in read(flights_place)] == [OTHER]


def test_another_installations_lanes_are_not_seen(flights_place: Path) -> None:
    abandon(flights_place, LANE, 11)
    assert read(flights_place.with_name("broadcaster-other")) == []


def test_room_is_used_again(flights_place: Path) -> None:
    with suppress(Broken), flights_of(LANE, flights_place) as flights:
        for copy in range(3 * SLOTS):
            flights.leaves(copy)
            flights.recorded([copy])
        flights.leaves(7)
        raise Broken
    assert read(flights_place) == [LeftBehind(LANE, frozenset(), frozenset({7}))]


def test_who_had_no_room_for_a_copy_claims_to_know_nothing(flights_place: Path) -> None:
    abandon(flights_place, LANE, *range(SLOTS))
    abandon(flights_place, OTHER, *range(SLOTS + 1))
    assert [told.lane for told in read(flights_place)] == [LANE]


def test_the_lane_itself_knows_also_those_that_had_no_room() -> None:
    flights = Flights(bytearray(SIZE))
    for copy in range(SLOTS + 2):
        flights.leaves(copy)
    flights.recorded(range(1, SLOTS + 1))
    assert set(flights.doubtful) == {0, SLOTS + 1}


def test_a_copy_that_leaves_twice_takes_one_place(flights_place: Path) -> None:
    abandon(flights_place, LANE, 7, 7)
    assert read(flights_place) == [LeftBehind(LANE, frozenset(), frozenset({7}))]


def test_an_answer_to_a_copy_that_never_left_is_no_news() -> None:
    flights = Flights(bytearray(SIZE))
    flights.answered(7, Fate.TAKEN)
    flights.recorded([7])


@pytest.mark.parametrize("place", [None, Path("/nowhere/at/all"), Path("/proc/none")])
def test_without_a_place_a_lane_works_all_the_same(place: Path | None) -> None:
    with flights_of(LANE, place) as flights:
        flights.leaves(11)
    assert read(place) == []


def test_what_is_no_table_is_not_read(flights_place: Path, tmp_path: Path) -> None:
    begun, strange, linked = (
        flights_place.with_name(f"{flights_place.name}-{end}") for end in (LANE, "x", OTHER)
    )
    begun.write_bytes(b"short")
    strange.write_bytes(bytes(SIZE))
    linked.symlink_to(tmp_path / "elsewhere")
    assert read(flights_place) == []
    assert (begun.exists(), strange.exists()) == (False, True)


def test_nobody_else_may_read_it(flights_place: Path) -> None:
    with flights_of(LANE, flights_place):
        [file] = flights_place.parent.glob(f"{flights_place.name}*")
        assert file.stat().st_mode & 0o777 == 0o600
