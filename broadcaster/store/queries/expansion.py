"""From an audience to rows: who gets which copy, and who does not and why, in one INSERT … SELECT.

The gates are asked in the order of `broadcaster.domain.reasons.Skip`, the last one among the copies
that the policy chose: what nobody would send makes nothing else a duplicate. The same SELECT
answers a dry run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from broadcaster.contract import DataClass
from broadcaster.domain.policy import Plan
from broadcaster.domain.reasons import End, Skip, Why
from broadcaster.domain.states import State
from broadcaster.store.queries.dialect import change, fetch, key, moment, on_postgres


@dataclass(frozen=True, slots=True)
class Expansion:
    """What to expand: the groups' families, and some people by name, under a plan.

    `channels` maps each channel that is switched on to the most it may carry; `chosen` narrows the
    copies to some channels when it is not empty. With `people_only` the text differs from person to
    person and no place can show it. What is for people by name and for no group is no place's
    business, not even the school's.
    """

    announcement: UUID
    groups: Sequence[int]
    data_class: DataClass
    plan: Plan
    channels: Mapping[str, DataClass]
    chosen: Sequence[str] = ()
    people_only: bool = False
    people: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class CopyCount:
    """How many copies of one kind an expansion makes."""

    channel: str
    state: State
    reason: str
    why: str
    personal: bool
    count: int


@dataclass(frozen=True, slots=True)
class Unserved:
    """A person whom no copy would reach; `reasons` are (channel, reason)."""

    guardian: int
    name: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Census:
    """What an expansion makes: copies by kind, people asked for, people whom no copy reaches.

    Who shares an address with somebody that gets a copy is reached by it.
    """

    copies: tuple[CopyCount, ...]
    people: int
    unserved: int


COLUMNS = (
    "announcement_id, guardian_id, address_id, destination_id, channel, state, reason, why,"
    " priority, due_at, expires_at, attempts, parts"
)

AUDIENCE = """
on_channels(channel, carries) AS (VALUES {channels}),
audience AS (
    SELECT DISTINCT roll.guardian_id
    FROM store_pupil_groups member
    JOIN store_guardian_pupils roll ON roll.pupil_id = member.pupil_id
    WHERE member.group_id IN ({groups}){people}
),
{first} AS {kept} (
    SELECT audience.guardian_id, address.id, address.channel, address.value, address.preference,
        CASE
        WHEN address.id IS NULL THEN '{no_address}'
        WHEN carries IS NULL THEN '{channel_off}'
        WHEN consent_on IS NULL OR consent_withdrawn_at IS NOT NULL THEN '{no_consent}'
        WHEN carries < {data_class} THEN '{data_class_gate}'
        WHEN state <> 'open' THEN '{address_closed}'
        ELSE '' END AS gate
    FROM audience
    LEFT JOIN store_address address ON address.guardian_id = audience.guardian_id {chosen}
    LEFT JOIN on_channels ON on_channels.channel = address.channel
){then},
doubled AS (
    SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY channel, value ORDER BY preference, id) AS turn
        FROM single WHERE gate <= '' AND {shared}
    ) AS sharing WHERE turn > 1
),
gated_spot AS (
    SELECT destination.*, CASE
        WHEN carries IS NULL THEN '{channel_off}'
        WHEN {people_only} OR carries < {data_class} OR data_class < {data_class}
            THEN '{data_class_gate}'
        WHEN state <> 'open' THEN '{address_closed}'
        ELSE '' END AS gate
    FROM store_destination destination
    LEFT JOIN on_channels ON on_channels.channel = destination.channel
    WHERE (destination.group_id IN ({groups}) OR ({school} AND destination.group_id IS NULL))
    {chosen_spot}
),
spot AS (
    SELECT gated_spot.*, CASE
        WHEN gate = '' AND row_number() OVER (
            PARTITION BY channel, value, gate ORDER BY group_id IS NULL, id) > 1 THEN '{duplicate}'
        ELSE gate END AS skip
    FROM gated_spot
),
copies(guardian_id, address_id, destination_id, channel, skip, why) AS (
    SELECT guardian_id, id, CAST(NULL AS {integer}), coalesce(channel, ''),
        CASE WHEN gate = '' AND {suspected} id IN (SELECT id FROM doubled) THEN '{duplicate}'
        ELSE gate END, '{personal_why}'
    FROM single
    UNION ALL
    SELECT CAST(NULL AS {integer}), CAST(NULL AS {integer}), id, channel, skip,
        CASE WHEN group_id IS NULL THEN '{school_place}' ELSE '{group_place}' END
    FROM spot
)
"""

SHARED = """EXISTS (SELECT 1 FROM store_address twin WHERE twin.channel = single.channel
            AND twin.value = single.value AND twin.id <> single.id)"""
"""Somebody has the same place.

SQLite asks it first, of each place, so that most audiences look for no doubles at all. PostgreSQL
is slow at that: it looks for all doubles in one semi-join over an audience that it keeps. Of
`gate <= ''` it expects a third of the rows, of `gate = ''` one in 200, too few to hash.
"""

FIRST_PLACE = """,
ranked AS (
    SELECT place.*,
        row_number() OVER (PARTITION BY guardian_id, gate ORDER BY preference, id) AS turn
    FROM place
),
single AS {kept} (SELECT * FROM ranked WHERE gate <> '' OR turn = 1)
"""
"""Of the places that nothing shuts, the one where a person looks first."""

LOST = f"""
    SELECT guardian_id FROM copies WHERE guardian_id IS NOT NULL GROUP BY guardian_id
    HAVING max(CASE WHEN skip IN ('', '{Skip.DUPLICATE}') THEN 1 ELSE 0 END) = 0
"""
"""The people whom no copy would reach."""


def expand(what: Expansion) -> int:
    """Insert every copy and every skipped copy; returns the number of rows.

    A second call for the same announcement breaks a unique constraint: IntegrityError.
    """
    ctes, parameters = _audience(what)
    plan = what.plan
    born = End.TOO_LATE if plan.state is State.EXPIRED else plan.hold or ""
    parts = "CAST('[]' AS jsonb)" if on_postgres() else "'[]'"
    stamp = "CAST(%s AS timestamptz)" if on_postgres() else "%s"
    uuid = "CAST(%s AS uuid)" if on_postgres() else "%s"
    select = (
        f"SELECT {uuid}, guardian_id, address_id, destination_id, channel,"
        f" CASE WHEN skip <> '' THEN '{State.SKIPPED}' ELSE '{plan.state}' END,"
        f" CASE WHEN skip <> '' THEN skip ELSE '{born}' END, why, {int(plan.priority)},"
        f" {stamp}, {stamp}, 0, {parts} FROM copies"
    )
    return change(
        f"INSERT INTO store_delivery ({COLUMNS}) WITH {ctes} {select}",
        [*parameters, key(what.announcement), moment(plan.due_at), moment(plan.expires_at)],
    )


def count(what: Expansion) -> Census:
    """What `expand` would make, by kind, and whom it would reach; changes nothing.

    One statement: both databases keep `copies`, which it names twice.
    """
    ctes, parameters = _audience(what)
    rows = fetch(
        f"WITH {ctes}, lost AS ({LOST})"
        " SELECT 0, channel, skip, why, guardian_id IS NOT NULL, count(*) FROM copies"
        " GROUP BY 2, 3, 4, 5"
        " UNION ALL SELECT 1, '', '', '', 1 = 1, count(*) FROM audience"
        " UNION ALL SELECT 2, '', '', '', 1 = 1, count(*) FROM lost ORDER BY 1, 2, 3, 4",
        parameters,
    )
    *kinds, (*_, people), (*_, lost) = rows
    counts = tuple(
        CopyCount(
            channel,
            State.SKIPPED if skip else what.plan.state,
            skip,
            why,
            bool(personal),
            total,
        )
        for _, channel, skip, why, personal, total in kinds
    )
    return Census(counts, people, lost)


def unserved(what: Expansion, *, most: int) -> list[Unserved]:
    """The first `most` people, by name, whom no copy would reach; changes nothing."""
    ctes, parameters = _audience(what)
    rows = fetch(
        f"WITH {ctes}, lost AS ({LOST}), first AS (SELECT guardian.id, guardian.name FROM lost"
        " JOIN store_guardian guardian ON guardian.id = lost.guardian_id"
        f" ORDER BY guardian.name, guardian.id LIMIT {int(most)})"
        " SELECT first.id, first.name, copies.channel, copies.skip"
        " FROM first JOIN copies ON copies.guardian_id = first.id ORDER BY 2, 1, 3",
        parameters,
    )
    return [
        Unserved(guardian, name, tuple((channel, reason) for *_, channel, reason in mine))
        for (guardian, name), mine in groupby(rows, key=lambda row: (row[0], row[1]))
    ]


def _audience(what: Expansion) -> tuple[str, list[Any]]:
    """The common table expressions up to `copies` and their parameters, in order of appearance."""
    channels = [(name, int(carries)) for name, carries in what.channels.items()] or [("", -1)]
    groups = [int(group) for group in what.groups] or [-1]
    chosen = list(what.chosen)
    marks = ", ".join(["%s"] * len(chosen))
    kept = "MATERIALIZED" if on_postgres() else "NOT MATERIALIZED"
    sql = AUDIENCE.format(
        channels=", ".join("(CAST(%s AS varchar(32)), CAST(%s AS integer))" for _ in channels),
        groups=", ".join(map(str, groups)),
        people=_by_name(what.people),
        chosen=f"AND address.channel IN ({marks})" if chosen else "",
        chosen_spot=f"AND destination.channel IN ({marks})" if chosen else "",
        data_class=int(what.data_class),
        school="1=1" if what.plan.school_places and what.groups else "1=0",
        first="single" if what.plan.every_address else "place",
        shared=SHARED,
        suspected="" if on_postgres() else f"{SHARED} AND",
        kept=kept,
        then="" if what.plan.every_address else FIRST_PLACE.format(kept=kept),
        people_only="1=1" if what.people_only else "1=0",
        integer="bigint",
        personal_why=what.plan.personal_why,
        channel_off=Skip.CHANNEL_OFF,
        no_consent=Skip.NO_CONSENT,
        data_class_gate=Skip.DATA_CLASS,
        address_closed=Skip.ADDRESS_CLOSED,
        duplicate=Skip.DUPLICATE,
        no_address=Skip.NO_ADDRESS,
        school_place=Why.SCHOOL_PLACE,
        group_place=Why.GROUP_PLACE,
    )
    return sql, [value for channel in channels for value in channel] + chosen + chosen


def _by_name(people: Sequence[int]) -> str:
    """The half of the audience that was asked for by name; none of it slows the other half."""
    if not people:
        return ""
    ids = ", ".join(str(int(person)) for person in people)
    return f" UNION SELECT id FROM store_guardian WHERE id IN ({ids})"
