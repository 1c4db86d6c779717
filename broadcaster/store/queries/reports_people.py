"""The people and the children of an announcement: who was reached, how, and who was not and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from broadcaster.store.queries.dialect import dumped, fetch, key, rowset, when
from broadcaster.store.queries.former import HERE
from broadcaster.store.queries.membership import THEN
from broadcaster.store.queries.reports import IDS, MARKS, TAKEN, holding

FATES = f"""
{MARKS},
fates AS (
    SELECT found.*, (SELECT guardian.name FROM store_guardian guardian
            WHERE guardian.id = found.guardian_id) AS name,
        told.at AS told_at, told.by AS told_by, told.note, pressed.at AS acknowledged_at
    FROM found LEFT JOIN store_toldinperson told
      ON told.announcement_id = %s AND told.guardian_id = found.guardian_id
    LEFT JOIN store_acknowledgement pressed
      ON pressed.announcement_id = %s AND pressed.guardian_id = found.guardian_id
)
"""
"""One row a person: on how many channels she was reached, whether somebody has told her, and when
she has acknowledged.

The name is looked up rather than joined: what a planner thinks of `channels = 0` is wrong by
thousands. `FATE_IDS` times the announcement's id is its parameter.
"""
FATE_IDS = IDS + 2

FATE = "guardian_id, name, channels, since, waiting, told_at, told_by, note, acknowledged_at"

PUPILS = f"""
pupils AS (
    SELECT pupil_id FROM ({THEN.format(only="")}) AS members
    UNION
    SELECT roll.pupil_id FROM store_announcement_people named
    JOIN store_guardian_pupils roll ON roll.guardian_id = named.guardian_id
    WHERE named.announcement_id = %s
)
"""
"""The children whom the announcement concerns: those of its groups at its release, and those of the
people asked for by name. `PUPIL_IDS` times the announcement's id is its parameter.
"""
PUPIL_IDS = 3


Way = tuple[str, datetime | None]
"""A channel that reached somebody, and since when."""


class Who(StrEnum):
    """Which people a list shows."""

    TO_CALL = "to_call"
    """Reached by no copy, told by nobody, and no copy is on its way."""
    WAITING = "waiting"
    """The same, but a copy still waits."""
    UNREACHED = "unreached"
    TOLD = "told"
    REACHED = "reached"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED = "unacknowledged"
    EVERYBODY = "everybody"


CHOSEN = {
    Who.TO_CALL: "channels = 0 AND told_at IS NULL AND waiting = 0",
    Who.WAITING: "channels = 0 AND told_at IS NULL AND waiting = 1",
    Who.UNREACHED: "channels = 0",
    Who.TOLD: "told_at IS NOT NULL",
    Who.REACHED: "channels > 0",
    Who.ACKNOWLEDGED: "acknowledged_at IS NOT NULL",
    Who.UNACKNOWLEDGED: "acknowledged_at IS NULL",
    Who.EVERYBODY: "1 = 1",
}


class Order(StrEnum):
    """How a list of people is sorted; equals by name."""

    NAME = "name"
    NAME_BACK = "-name"
    FEWEST = "channels"
    MOST = "-channels"
    EARLIEST = "since"


LETTERS = "replace(replace(name, 'Ё', 'Е'), 'ё', 'е')"
"""By letters Ё comes before А, and ё after я."""

SORTED = {
    Order.NAME: f"{LETTERS}, guardian_id",
    Order.NAME_BACK: f"{LETTERS} DESC, guardian_id DESC",
    Order.FEWEST: f"channels, {LETTERS}, guardian_id",
    Order.MOST: f"channels DESC, {LETTERS}, guardian_id",
    Order.EARLIEST: f"since IS NULL, since, {LETTERS}, guardian_id",
}


@dataclass(frozen=True, slots=True)
class People:
    """A list of an announcement's people; `words` is a part of the name, in any case."""

    announcement: UUID
    who: Who = Who.EVERYBODY
    order: Order = Order.NAME
    words: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """One person: the channels that reached her and since when, what waits, who has told her, and
    when she has acknowledged.
    """

    guardian: int
    name: str
    channels: int
    since: datetime | None
    waiting: bool
    told_at: datetime | None
    told_by: str
    note: str
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Tally:
    """People by what became of them.

    `told` and `waiting` are among the unreached: told by somebody, else with a copy on its way.
    `acknowledged` are among all.
    """

    twice: int = 0
    once: int = 0
    unreached: int = 0
    told: int = 0
    waiting: int = 0
    acknowledged: int = 0

    @property
    def total(self) -> int:
        """Everybody."""
        return self.twice + self.once + self.unreached

    @property
    def to_call(self) -> int:
        """Those who hear nothing unless somebody calls."""
        return self.unreached - self.told - self.waiting


@dataclass(frozen=True, slots=True)
class Pupils:
    """Children by what became of their guardians: one of them reached, else told, else nothing.

    `unasked` of the silent have no guardian to whom the announcement was addressed. One guardian
    acknowledges for the family.
    """

    total: int = 0
    reached: int = 0
    told: int = 0
    unasked: int = 0
    acknowledged: int = 0

    @property
    def silent(self) -> int:
        """Children at whose home nobody knows."""
        return self.total - self.reached - self.told


@dataclass(frozen=True, slots=True)
class Try:
    """One copy that did not reach its person.

    `at` is when the platform refused it, `closed_at` and `closed_why` tell of the address, and
    `left_at` when its owner withdrew her consent; nothing of an address in the place of another.
    """

    channel: str
    state: str
    reason: str
    at: datetime | None
    closed_at: datetime | None
    closed_why: str
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Home:
    """One child and one guardian of it, or none."""

    pupil: int
    name: str
    guardian: int | None
    guardian_name: str


def counts(announcement: UUID) -> tuple[Tally, Pupils]:
    """What became of the people, and of the children through their guardians, in one query."""
    rows = fetch(
        f"WITH {FATES}, {PUPILS}, marked AS ("
        "SELECT pupil_id, 0 AS reached, 0 AS told, 1 AS unasked, 0 AS pressed FROM pupils"
        " UNION ALL SELECT pupils.pupil_id, CASE WHEN channels > 0 THEN 1 ELSE 0 END,"
        " CASE WHEN told_at IS NOT NULL THEN 1 ELSE 0 END, 0,"
        " CASE WHEN acknowledged_at IS NOT NULL THEN 1 ELSE 0 END FROM fates"
        " JOIN store_guardian_pupils roll ON roll.guardian_id = fates.guardian_id"
        " JOIN pupils ON pupils.pupil_id = roll.pupil_id),"
        " homes AS (SELECT max(reached) AS reached, max(told) AS told, min(unasked) AS unasked,"
        " max(pressed) AS pressed FROM marked GROUP BY pupil_id)"
        " SELECT 1, sum(CASE WHEN channels > 1 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN channels = 1 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN channels = 0 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN channels = 0 AND told_at IS NOT NULL THEN 1 ELSE 0 END),"
        f" sum(CASE WHEN {CHOSEN[Who.WAITING]} THEN 1 ELSE 0 END),"
        " sum(CASE WHEN acknowledged_at IS NOT NULL THEN 1 ELSE 0 END) FROM fates"
        " UNION ALL SELECT 2, count(*), sum(reached),"
        " sum(CASE WHEN reached = 0 THEN told ELSE 0 END), sum(unasked), sum(pressed), 0 FROM homes"
        " ORDER BY 1",
        [key(announcement)] * (FATE_IDS + PUPIL_IDS),
    )
    people, children = ([int(count or 0) for count in row[1:]] for row in rows)
    return Tally(*people), Pupils(*children[:-1])


def how_many(what: People) -> int:
    """How long a list of people is."""
    condition, parameters = _condition(what)
    ((count,),) = fetch(
        f"WITH {FATES} SELECT count(*) FROM fates WHERE {condition}",
        parameters,
    )
    return int(count)


def people(what: People, *, limit: int, offset: int = 0) -> list[Fate]:
    """A part of a list of people."""
    condition, parameters = _condition(what)
    rows = fetch(
        f"WITH {FATES} SELECT {FATE} FROM fates WHERE {condition}"
        f" ORDER BY {SORTED[what.order]} LIMIT %s OFFSET %s",
        [*parameters, limit, offset],
    )
    return [_fate(row) for row in rows]


def fate(announcement: UUID, guardian: int) -> Fate | None:
    """What became of one person; None when the announcement was not for her."""
    rows = fetch(
        f"WITH {FATES} SELECT {FATE} FROM fates WHERE guardian_id = %s",
        [*[key(announcement)] * FATE_IDS, guardian],
    )
    return _fate(rows[0]) if rows else None


def _fate(row: Sequence[Any]) -> Fate:
    guardian, name, channels, since, waits, told_at, told_by, note, acknowledged_at = row
    told = (when(told_at), told_by or "", note or "")
    return Fate(guardian, name, channels, when(since), bool(waits), *told, when(acknowledged_at))


def _condition(what: People) -> tuple[str, list[Any]]:
    parameters: list[Any] = [key(what.announcement)] * FATE_IDS
    condition, patterns = holding("name", what.words)
    return f"{CHOSEN[what.who]} AND {condition}", [*parameters, *patterns]


def ways(announcement: UUID, guardians: Sequence[int]) -> dict[int, list[Way]]:
    """The channels on which people were reached, and since when; the earliest first."""
    if not guardians:
        return {}
    rows = fetch(
        f"WITH {FATES} SELECT guardian_id, channel, min(sent_at) AS since FROM marks"
        f" WHERE channel IS NOT NULL AND guardian_id IN (SELECT id FROM {rowset({'id': 'int'})}"
        " AS wanted) GROUP BY guardian_id, channel ORDER BY guardian_id, since, channel",
        [*[key(announcement)] * FATE_IDS, dumped([one] for one in guardians)],
    )
    found: dict[int, list[Way]] = {}
    for guardian, channel, since in rows:
        found.setdefault(guardian, []).append((channel, when(since)))
    return found


def tries(announcement: UUID, guardians: Sequence[int]) -> dict[int, list[Try]]:
    """The copies that have not reached these people, in the order in which they were made."""
    if not guardians:
        return {}
    rows = fetch(
        "SELECT delivery.guardian_id, delivery.channel, delivery.state, delivery.reason,"
        " (SELECT max(receipt.at) FROM store_receipt receipt"
        "  WHERE receipt.delivery_id = delivery.id),"
        " CASE WHEN address.state <> 'open' THEN address.state_since END,"
        " coalesce(address.state_reason, ''), address.consent_withdrawn_at"
        " FROM store_delivery delivery"
        " LEFT JOIN store_address address ON address.id = delivery.address_id AND NOT EXISTS"
        f" (SELECT 1 FROM store_formeraddress former WHERE {HERE})"
        f" WHERE delivery.announcement_id = %s AND delivery.state NOT IN ({TAKEN})"
        f" AND delivery.guardian_id IN (SELECT id FROM {rowset({'id': 'int'})} AS wanted)"
        " ORDER BY delivery.guardian_id, delivery.id",
        [key(announcement), dumped([one] for one in guardians)],
    )
    found: dict[int, list[Try]] = {}
    for guardian, channel, state, reason, at, closed, why, left in rows:
        one = Try(channel, state, reason, when(at), when(closed), why, when(left))
        found.setdefault(guardian, []).append(one)
    return found


def homes(announcement: UUID, *, group: int | None = None) -> list[Home]:
    """The children of an announcement, of one group when it is given, each with its guardians."""
    wanted, ids = PUPILS, PUPIL_IDS
    if group is not None:
        members = THEN.format(only=f"AND chosen.group_id = {int(group)}")
        wanted, ids = f"pupils AS ({members})", PUPIL_IDS - 1
    rows = fetch(
        f"WITH {wanted} SELECT pupil.id, pupil.name, guardian.id, coalesce(guardian.name, '')"
        " FROM pupils JOIN store_pupil pupil ON pupil.id = pupils.pupil_id"
        " LEFT JOIN store_guardian_pupils roll ON roll.pupil_id = pupil.id"
        " LEFT JOIN store_guardian guardian ON guardian.id = roll.guardian_id"
        " ORDER BY replace(replace(pupil.name, 'Ё', 'Е'), 'ё', 'е'), pupil.id, guardian.id",
        [key(announcement)] * ids,
    )
    return [Home(*row) for row in rows]
