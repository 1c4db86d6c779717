"""Writing down what platforms answered: receipts, states, consequences, a set at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from broadcaster.contract import Accepted, Reason
from broadcaster.domain.states import MOVES, REACHED, State
from broadcaster.domain.verdict import SENT, Verdict
from broadcaster.store.queries import former
from broadcaster.store.queries.dialect import (
    among,
    by_id,
    change,
    change_prepared,
    dumped,
    fetch,
    is_lane,
    key,
    listed,
    loaded,
    moment,
    on_postgres,
    plain,
    rowset,
    storable,
    when,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One outcome with its verdict, ready to be written; `parts` are all messages accepted so far.

    `outcome` is the outcome's name, `detail` the platform's words without secrets, `moved_to` the
    place's new address or empty. `address` is where it was sent; the place may have another by now.
    """

    delivery: int
    attempt: int
    at: datetime
    outcome: str
    reason: str
    detail: str
    parts: Sequence[Sequence[Any]]
    verdict: Verdict
    moved_to: str = ""
    address: str = ""


ROW = {
    "id": "int",
    "attempt": "int",
    "at": "time",
    "detail": "text",
    "parts": "json",
    "due_at": "time",
}

TOLD = {
    "id": "int",
    "at": "time",
    "reason": "text",
    "state": "text",
    "moved_to": "text",
    "address": "text",
}
"""What answers say of places."""

NUL = "\\u0000"
"""As JSON spells it."""
LONGEST_NAME = 1000
"""Characters of what a platform calls a message."""
SETTLES = frozenset(end for end in State if State.UNCONFIRMED in MOVES[end])
"""What decides even a copy that was taken from its lane unconfirmed."""


class Kind(NamedTuple):
    """What many answers have in common."""

    outcome: str
    reason: str
    state: State
    why: str
    counts: bool


def record(answers: Sequence[Answer], *, lane: UUID) -> int:
    """Write receipts and next states of this lane's copies; returns how many states changed.

    An answer decides the copies of this lane, and those that were taken from it unconfirmed when it
    fell silent, once it does know. A copy that was only held back met no platform and leaves no
    receipt. Copies that another worker has decided keep their state.
    """
    closing = [answer for answer in answers if answer.verdict.closes_address]
    if closing:
        _close_places(closing, lane)
    moved = [answer for answer in answers if answer.moved_to]
    if moved:
        _move_places(moved, lane)
    kinds: dict[Kind, list[Answer]] = {}
    for answer in answers:
        kinds.setdefault(_kind(answer), []).append(answer)
    return sum(_decide(kind, mine, lane) for kind, mine in kinds.items())


def taken(copies: Collection[int], *, lane: UUID) -> list[Answer]:
    """The answers to copies that a platform has taken, when nothing but that is known any more.

    They came a moment after the copies were let through.
    """
    if not copies:
        return []
    rows = fetch(
        f"SELECT id, attempts, handed_at, parts FROM store_delivery WHERE {among('id')}"
        f" AND {is_lane('lane')}",
        [listed(copies), key(lane)],
    )
    return [
        Answer(row, tries + 1, at, Accepted.__name__.lower(), "", "", loaded(parts), SENT)
        for row, tries, handed_at, parts in rows
        if (at := when(handed_at))
    ]


def _kind(answer: Answer) -> Kind:
    verdict = answer.verdict
    return Kind(answer.outcome, answer.reason, verdict.state, verdict.reason, verdict.counts)


def _decide(kind: Kind, answers: Sequence[Answer], lane: UUID) -> int:
    """Write answers of one kind; PostgreSQL does in one statement what SQLite does in two."""
    rows = dumped(map(_row, answers))
    if NUL in rows:  # one of them would cost all its company
        rows = dumped(map(_row, map(_storable, answers)))
    receipt = [kind.outcome, kind.reason]
    state = [kind.state, kind.why]
    leaves_receipt = kind.reason != Reason.HELD_BACK
    if on_postgres() and leaves_receipt:
        return change_prepared(_decided_with_receipts(kind), [rows, *state, key(lane), *receipt])
    if leaves_receipt:
        change_prepared(_receipts(kind), [*receipt, rows, key(lane)])
    return change_prepared(_decided(kind), [*state, rows, key(lane)])


def _row(answer: Answer) -> list[Any]:
    return [
        answer.delivery,
        answer.attempt,
        moment(answer.at),
        storable(answer.detail, 300) if answer.detail else "",
        answer.parts,
        moment(answer.verdict.due_at),
    ]


def _storable(answer: Answer) -> Answer:
    """The answer without signs in a message's names that PostgreSQL does not take."""
    parts = [
        [number, {name: _named(value) for name, value in ids.items()}]
        for number, ids in answer.parts
    ]
    return replace(answer, parts=parts)


def _named(value: Any) -> Any:
    return storable(value, LONGEST_NAME) if isinstance(value, str) else value


RECEIPT = "INSERT INTO store_receipt (delivery_id, attempt, at, outcome, reason, detail, parts)"


def _ours(state: str) -> str:
    """Which copies answers decide that lead to a state: found by their ids, then looked at."""
    before = f"('{State.SENDING}')"
    if state in SETTLES:
        before = f"('{State.SENDING}', '{State.UNCONFIRMED}')"
    return (
        f"delivery.id = answer.id AND {is_lane('delivery.lane')}"
        f" AND {plain('delivery.state')} IN {before}"
    )


def _decided(kind: Kind, answer: str = "") -> str:
    """The statement that moves copies on; its parameters are the state, its reason, rows, lane."""
    return (
        f"UPDATE store_delivery AS delivery {by_id()} SET state = %s, reason = %s,"
        " due_at = coalesce(answer.due_at, delivery.due_at),"
        f" sent_at = {'answer.at' if kind.state in REACHED else 'NULL'},"
        f" attempts = answer.attempt {'' if kind.counts else '- 1'},"
        " parts = answer.parts, lane = NULL, handed_at = NULL"
        f" FROM {answer or rowset(ROW)} AS answer WHERE {_ours(kind.state)}"
    )


def _receipts(kind: Kind) -> str:
    """The statement that writes receipts, to go before the one that moves the copies on."""
    return (
        f"{RECEIPT} SELECT answer.id, answer.attempt, answer.at, %s, %s,"
        f" answer.detail, answer.parts FROM {rowset(ROW)} AS answer"
        f" JOIN store_delivery AS delivery {by_id()} ON {_ours(kind.state)}"
    )


def _decided_with_receipts(kind: Kind) -> str:
    """Both statements in one, which PostgreSQL can."""
    return (
        f"WITH told AS MATERIALIZED {rowset(ROW)}, decided AS ({_decided(kind, 'told')}"
        # It would read all copies there are when it has not counted them yet.
        " AND delivery.id = ANY(ARRAY(SELECT id FROM told)) RETURNING"
        " answer.id, answer.attempt, answer.at, answer.detail, answer.parts)"
        f" {RECEIPT} SELECT id, attempt, at, %s, %s, detail, parts FROM decided"
    )


PLACES = (
    ("store_address", "address_id", "guardian_id"),
    ("store_destination", "destination_id", "group_id"),
)
"""The tables of places, how a delivery names them, and whose they are."""


def _told(table: str, column: str) -> str:
    """What the answers say of places, by value: whoever shares a place shares its fate."""
    settles = ", ".join(f"'{end}'" for end in sorted(SETTLES))
    return (
        "(SELECT DISTINCT old.channel, old.value, answer.reason, answer.at, answer.moved_to"
        f" FROM {rowset(TOLD)} AS answer JOIN store_delivery AS delivery {by_id()}"
        f" ON delivery.id = answer.id AND delivery.lane = %s"
        f" AND (delivery.state = '{State.SENDING}'"
        f" OR delivery.state = '{State.UNCONFIRMED}' AND answer.state IN ({settles}))"
        f" JOIN {table} old ON old.id = delivery.{column}"
        " AND answer.address IN ('', old.value)) AS told"
    )


def _telling(answers: Sequence[Answer], lane: UUID) -> list[str]:
    """The parameters of `_told`."""
    rows = (
        [one.delivery, moment(one.at), one.reason, one.verdict.state, one.moved_to, one.address]
        for one in answers
    )
    return [dumped(rows), key(lane)]


def _close_places(answers: Sequence[Answer], lane: UUID) -> None:
    """Shut the addresses and destinations that the platform said are dead or closed to us."""
    for table, column, _owner in PLACES:
        change(
            f"UPDATE {table} AS place SET state = 'closed', state_reason = told.reason,"
            f" state_since = told.at FROM {_told(table, column)}"
            " WHERE place.channel = told.channel AND place.value = told.value",
            _telling(answers, lane),
        )


def _move_places(answers: Sequence[Answer], lane: UUID) -> None:
    """Follow places that the platform has renamed; shut the old one of who has the new already."""
    for table, column, owner in PLACES:
        told = _told(table, column)
        known = (
            f"EXISTS (SELECT 1 FROM {table} known WHERE known.channel = place.channel"
            " AND known.value = told.moved_to"
            f" AND coalesce(known.{owner}, 0) = coalesce(place.{owner}, 0))"
        )
        change(
            f"UPDATE {table} AS place SET state = 'closed', state_since = told.at,"
            f" state_reason = '{Reason.DESTINATION_LOST}' FROM {told}"
            f" WHERE place.channel = told.channel AND place.value = told.value AND {known}",
            _telling(answers, lane),
        )
        if table == "store_address":
            _keep_former(answers, lane, told, known)
        change(
            f"UPDATE {table} AS place SET value = told.moved_to FROM {told}"
            f" WHERE place.channel = told.channel AND place.value = told.value AND NOT {known}",
            _telling(answers, lane),
        )


def _keep_former(answers: Sequence[Answer], lane: UUID, told: str, known: str) -> None:
    """Note where earlier copies went; those of the answers went to the new address."""
    rows = fetch(
        f"SELECT place.id FROM store_address AS place JOIN {told}"
        f" ON place.channel = told.channel AND place.value = told.value WHERE NOT {known}",
        _telling(answers, lane),
    )
    if rows:
        at = max(one.at for one in answers)
        former.keep([place for (place,) in rows], at=at)
        former.end([one.delivery for one in answers], now=at)
