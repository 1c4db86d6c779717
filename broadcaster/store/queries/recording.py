"""Writing down what platforms answered: receipts, states, consequences, a set at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from broadcaster.contract import Reason
from broadcaster.domain.states import MOVES, REACHED, State
from broadcaster.domain.verdict import Verdict
from broadcaster.store.queries.dialect import (
    by_id,
    change,
    dumped,
    key,
    moment,
    rowset,
    storable,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One outcome with its verdict, ready to be written; `parts` are all messages accepted so far.

    `outcome` is the outcome's name, `detail` the platform's words without secrets, `moved_to` the
    place's new address or empty.
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


ROW = {
    "id": "int",
    "attempt": "int",
    "attempts": "int",
    "at": "time",
    "outcome": "text",
    "reason": "text",
    "detail": "text",
    "parts": "json",
    "state": "text",
    "state_reason": "text",
    "due_at": "time",
    "sent_at": "time",
    "closes": "int",
    "moved_to": "text",
}

SETTLES = ", ".join(f"'{end}'" for end in State if State.UNCONFIRMED in MOVES[end])

OURS = f"""delivery.id = answer.id AND delivery.lane = %s AND (delivery.state = '{State.SENDING}'
    OR delivery.state = '{State.UNCONFIRMED}' AND answer.state IN ({SETTLES}))"""
"""Which copies an answer may decide: this lane's, and those that were taken from it unconfirmed
when it fell silent, once it does know.
"""


def _decided() -> str:
    """The copies to be joined to their answers."""
    return f"JOIN store_delivery AS delivery {by_id()} ON {OURS}"


def record(answers: Sequence[Answer], *, lane: UUID) -> int:
    """Write receipts and next states of this lane's copies; returns how many states changed.

    A copy that was only held back met no platform and leaves no receipt. Copies that another worker
    has decided keep their state.
    """
    rows = dumped(_row(answer) for answer in answers)
    answer = f"{rowset(ROW)} AS answer"
    change(
        "INSERT INTO store_receipt (delivery_id, attempt, at, outcome, reason, detail, parts)"
        " SELECT answer.id, answer.attempt, answer.at, answer.outcome, answer.reason,"
        f" answer.detail, answer.parts FROM {answer} {_decided()}"
        f" WHERE answer.reason <> '{Reason.HELD_BACK}'",
        [rows, key(lane)],
    )
    if any(one.verdict.closes_address for one in answers):
        _close_places(rows, answer, lane)
    if any(one.moved_to for one in answers):
        _move_places(rows, answer, lane)
    return change(
        f"UPDATE store_delivery AS delivery {by_id()}"
        " SET state = answer.state, reason = answer.state_reason,"
        " due_at = coalesce(answer.due_at, delivery.due_at), sent_at = answer.sent_at,"
        " attempts = answer.attempts, parts = answer.parts, lane = NULL, handed_at = NULL"
        f" FROM {answer} WHERE {OURS}",
        [rows, key(lane)],
    )


def _row(answer: Answer) -> list[Any]:
    verdict = answer.verdict
    at = moment(answer.at)
    return [
        answer.delivery,
        answer.attempt,
        answer.attempt if verdict.counts else answer.attempt - 1,
        at,
        answer.outcome,
        answer.reason,
        storable(answer.detail, 300),
        answer.parts,
        verdict.state,
        verdict.reason,
        moment(verdict.due_at),
        at if verdict.state in REACHED else None,
        int(verdict.closes_address),
        answer.moved_to,
    ]


PLACES = (
    ("store_address", "address_id", "guardian_id"),
    ("store_destination", "destination_id", "group_id"),
)
"""The tables of places, how a delivery names them, and whose they are."""


def _told(table: str, column: str, answer: str, about: str) -> str:
    """What the answers say of places, by value: whoever shares a place shares its fate."""
    return (
        "(SELECT DISTINCT old.channel, old.value, answer.reason, answer.at, answer.moved_to"
        f" FROM {answer} {_decided()}"
        f" JOIN {table} old ON old.id = delivery.{column} WHERE {about}) AS told"
    )


def _close_places(rows: str, answer: str, lane: UUID) -> None:
    """Shut the addresses and destinations that the platform said are dead or closed to us."""
    for table, column, _owner in PLACES:
        told = _told(table, column, answer, "answer.closes = 1")
        change(
            f"UPDATE {table} AS place SET state = 'closed', state_reason = told.reason,"
            f" state_since = told.at FROM {told}"
            " WHERE place.channel = told.channel AND place.value = told.value",
            [rows, key(lane)],
        )


def _move_places(rows: str, answer: str, lane: UUID) -> None:
    """Follow places that the platform has renamed; shut the old one of who has the new already."""
    for table, column, owner in PLACES:
        told = _told(table, column, answer, "answer.moved_to <> ''")
        known = (
            f"EXISTS (SELECT 1 FROM {table} known WHERE known.channel = place.channel"
            " AND known.value = told.moved_to"
            f" AND coalesce(known.{owner}, 0) = coalesce(place.{owner}, 0))"
        )
        change(
            f"UPDATE {table} AS place SET state = 'closed', state_since = told.at,"
            f" state_reason = '{Reason.DESTINATION_LOST}' FROM {told}"
            f" WHERE place.channel = told.channel AND place.value = told.value AND {known}",
            [rows, key(lane)],
        )
        change(
            f"UPDATE {table} AS place SET value = told.moved_to FROM {told}"
            f" WHERE place.channel = told.channel AND place.value = told.value AND NOT {known}",
            [rows, key(lane)],
        )
