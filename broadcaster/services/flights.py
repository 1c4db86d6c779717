"""Which copies are with a platform right now, kept where a killed process cannot take it along.

The database is told of copies in groups, before they leave and after they were answered for, so at
any moment more of them are on record as leaving than are on their way. Whoever is killed would
leave all of these in doubt. So each lane keeps a table of its own in the machine's memory, and a
lock on it that ends with the process: who gets the lock knows that nothing of this lane will leave
any more, and the table says which copies had left without an answer.

The table is not on a disk: after a power cut, or on another machine, there is none, and then
everything on record is in doubt.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from mmap import mmap
from pathlib import Path
from struct import Struct
from uuid import UUID

log = logging.getLogger(__name__)

NUMBER = Struct("<q")
SLOT = 16
"""Bytes for a copy: its number, its fate, and nothing."""
SLOTS = 8192
"""Copies in a table; the two batches of a lane are half as many."""
SIZE = SLOT * (SLOTS + 1)
"""Bytes of a table; instead of a first slot there is a mark."""
FATE = NUMBER.size
"""Where in a slot its fate stands."""
MARK = 0
"""Where it says that the table is locked and holds every copy that has left."""


class Fate(IntEnum):
    """What is known of a copy; the database has heard nothing of it yet."""

    NOTHING = 0
    LEFT = 1
    TAKEN = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What a lane that has ended knew of its copies.

    `taken` are those that the platform had taken, `doubtful` those that nobody can tell of. None of
    the others has arrived.
    """

    lane: UUID
    taken: frozenset[int]
    doubtful: frozenset[int]


class Flights:
    """The table of a lane; copies are named by the numbers of their rows."""

    def __init__(self, table: bytearray | mmap) -> None:
        self._table = table
        self._slots: dict[int, int] = {}
        self._free = list(range(SIZE - SLOT, 0, -SLOT))
        self._table[MARK] = True

    def leaves(self, copy: int) -> None:
        """The next thing done with this copy gives it to the platform."""
        if copy in self._slots:
            return
        if not self._free:
            self._table[MARK] = False
            self._slots[copy] = 0
            return
        slot = self._slots[copy] = self._free.pop()
        NUMBER.pack_into(self._table, slot, copy)
        self._table[slot + FATE] = Fate.LEFT

    def answered(self, copy: int, fate: Fate) -> None:
        """This is known of the copy now, and not yet on record."""
        if slot := self._slots.get(copy):
            self._table[slot + FATE] = fate

    @property
    def doubtful(self) -> Collection[int]:
        """The copies that have left and of which the database has not heard."""
        return self._slots.keys()

    def recorded(self, copies: Iterable[int]) -> None:
        """The database knows what became of these."""
        for copy in copies:
            if slot := self._slots.pop(copy, 0):
                self._table[slot + FATE] = Fate.NOTHING
                self._free.append(slot)


@contextmanager
def flights_of(lane: UUID, place: Path | None) -> Iterator[Flights]:
    """The lane's table as long as the block lasts; a block that fails leaves it behind.

    `place` and a lane make the path of a table; without one, or without room there, nothing
    outlives the process.
    """
    path = None if place is None else _path(place, lane)
    file = None if path is None else _made(path)
    if path is None or file is None:
        yield Flights(bytearray(SIZE))
        return
    try:
        with mmap(file, SIZE) as table:
            yield Flights(table)
        path.unlink(missing_ok=True)
    finally:
        os.close(file)


def _made(path: Path) -> int | None:
    """A new file of zeros that is locked, None when there cannot be one."""
    with ExitStack() as stack:
        try:
            file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            stack.callback(os.close, file)
            os.posix_fallocate(file, 0, SIZE)  # memory that is missing later would end the process
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            log.info("flights.no_table", extra={"error": error.strerror})
            return None
        stack.pop_all()
    return file


def _path(place: Path, lane: UUID) -> Path:
    return place.with_name(f"{place.name}-{lane}")


@contextmanager
def left_behind(place: Path | None) -> Iterator[Sequence[LeftBehind]]:
    """What lanes knew whose processes are gone, nobody else's to read while the block lasts."""
    with ExitStack() as stack:
        yield [told for path in _tables(place) if (told := _read(path, stack)) is not None]


def clear(place: Path | None, lanes: Iterable[UUID]) -> None:
    """Forget what these lanes knew."""
    if place is not None:
        for lane in lanes:
            _path(place, lane).unlink(missing_ok=True)


def _tables(place: Path | None) -> Sequence[Path]:
    return sorted(place.parent.glob(f"{place.name}-*")) if place is not None else []


def _read(path: Path, stack: ExitStack) -> LeftBehind | None:
    """A table whose process is gone; locked until the stack is left.

    One that does not hold everything tells nothing, and goes.
    """
    with suppress(OSError, ValueError):
        lane = UUID(path.name[-36:])
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        stack.callback(os.close, file)
        if os.fstat(file).st_uid == os.geteuid():
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            table = os.pread(file, SIZE, 0)
            if len(table) == SIZE and table[MARK]:
                return _understood(lane, table)
            path.unlink()
    return None


def _understood(lane: UUID, table: bytes) -> LeftBehind:
    fates: dict[int, set[int]] = {Fate.LEFT: set(), Fate.TAKEN: set()}
    for slot in range(SLOT, SIZE, SLOT):
        if (mine := fates.get(table[slot + FATE])) is not None:
            mine.add(*NUMBER.unpack_from(table, slot))
    return LeftBehind(lane, frozenset(fates[Fate.TAKEN]), frozenset(fates[Fate.LEFT]))
