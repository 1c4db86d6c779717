"""An uploaded table waits for its owner for an hour, and for nobody else."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from broadcaster.services.people.shelf import KEPT_FOR, Kept, Kind, clear, forget, keep, take
from tests.school import NOON

LATE = NOON + KEPT_FOR + timedelta(seconds=1)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "imports"


@pytest.fixture
def kept(shelf: Path) -> Kept:
    return keep(shelf, [b"a;", b"b"], name="люди.csv", kind=Kind.PEOPLE, user=1, now=NOON)


def test_its_owner_finds_it(shelf: Path, kept: Kept) -> None:
    found = take(shelf, kept.token, user=1, now=NOON)
    assert found == kept
    assert kept.file(shelf).read_bytes() == b"a;b"


def test_nobody_else_does(shelf: Path, kept: Kept) -> None:
    assert take(shelf, kept.token, user=2, now=NOON) is None


def test_after_an_hour_nobody_does(shelf: Path, kept: Kept) -> None:
    assert take(shelf, kept.token, user=1, now=LATE) is None


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "a" * 43, "%2e%2e"])
def test_a_wrong_token_finds_nothing(shelf: Path, kept: Kept, token: str) -> None:
    assert take(shelf, token, user=1, now=NOON) is None


def test_only_the_program_may_read_it(shelf: Path, kept: Kept) -> None:
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (shelf, *shelf.iterdir())]
    assert modes == [0o700, 0o600, 0o600]


def test_what_was_used_is_gone(shelf: Path, kept: Kept) -> None:
    forget(shelf, kept.token)
    forget(shelf, kept.token)
    assert list(shelf.iterdir()) == []


def test_old_tables_are_cleared_and_fresh_ones_stay(shelf: Path, kept: Kept) -> None:
    fresh = keep(shelf, [b""], name="x", kind=Kind.PLACES, user=1, now=LATE)
    clear(shelf, now=LATE)
    assert sorted(path.stem for path in shelf.iterdir()) == [fresh.token] * 2


def test_an_old_table_without_a_label_is_cleared(shelf: Path, kept: Kept) -> None:
    (shelf / f"{kept.token}.json").unlink()
    os.utime(kept.file(shelf), (0, 0))
    clear(shelf, now=NOON)
    assert list(shelf.iterdir()) == []


def test_clearing_a_shelf_that_was_never_made_is_harmless(shelf: Path) -> None:
    clear(shelf, now=NOON)
    assert not shelf.exists()
