"""Rows against arrivals: what was asked, what came, what came twice, what never came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

REACHED = frozenset({"sent", "delivered", "read"})
UNDERWAY = frozenset({"queued", "held", "deferred", "sending"})
ENDED = frozenset({"failed", "expired", "cancelled"})


class Copy(NamedTuple):
    """Which copy: its channel, its address there, the mark of its announcement."""

    channel: str
    address: str
    mark: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of copies. Every number counts copies.

    `lost` are those that a row calls sent and no platform has seen, and those without any row.
    `doubled` counts arrivals beyond the first. `untrue` are those that arrived although their row
    says that they wait or failed. `hidden` are unconfirmed ones that no report shows. `notes` are
    a few examples of what is wrong, for whoever looks into it.
    """

    asked: int = 0
    arrived: int = 0
    doubled: int = 0
    lost: int = 0
    unconfirmed: int = 0
    waiting: int = 0
    failed: int = 0
    untrue: int = 0
    hidden: int = 0
    notes: tuple[str, ...] = ()


FEW = 5


def reconcile(
    asked: Iterable[Copy],
    states: Mapping[Copy, str],
    arrivals: Mapping[Copy, int],
    *,
    shown: int | None = None,
) -> Ledger:
    """Count; `shown` is how many unconfirmed copies a person is shown, None is all of them."""
    wanted = list(asked)
    kinds: dict[str, list[Copy]] = {"lost": [], "doubled": [], "untrue": [], "unconfirmed": []}
    for one in wanted:
        for kind in _kinds(states.get(one), arrivals.get(one, 0)):
            kinds[kind].append(one)
    unconfirmed = len(kinds["unconfirmed"])
    return Ledger(
        asked=len(wanted),
        arrived=sum(arrivals.get(one, 0) > 0 for one in wanted),
        doubled=sum(arrivals[one] - 1 for one in kinds["doubled"]),
        lost=len(kinds["lost"]),
        unconfirmed=unconfirmed,
        waiting=sum(states.get(one) in UNDERWAY for one in wanted),
        failed=sum(states.get(one) in ENDED for one in wanted),
        untrue=len(kinds["untrue"]),
        hidden=0 if shown is None else unconfirmed - shown,
        notes=tuple(_notes(kinds, states, arrivals)),
    )


def _kinds(state: str | None, count: int) -> Iterable[str]:
    """What is to be said of a copy with this state that arrived so often."""
    if state is None or (state in REACHED and not count):
        yield "lost"
    if count > 1:
        yield "doubled"
    if count and state in UNDERWAY | ENDED:
        yield "untrue"
    if state == "unconfirmed":
        yield "unconfirmed"


def _notes(
    kinds: Mapping[str, list[Copy]], states: Mapping[Copy, str], arrivals: Mapping[Copy, int]
) -> Iterable[str]:
    for kind in ("lost", "doubled", "untrue"):
        for one in kinds[kind][:FEW]:
            seen = f"{states.get(one)}, arrived {arrivals.get(one, 0)} times"
            yield f"{kind}: {one.channel} {one.address} {one.mark}: {seen}"
