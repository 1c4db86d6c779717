"""What it takes to reach a whole city at once, reckoned from limits and from measured costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from limits import RateLimitItem

from broadcaster.contract import Content, Wording
from broadcaster.domain.planner import Leaving, Load, play
from broadcaster.domain.policy import Priority
from broadcaster.services.costs import (
    ADDRESS,
    ANSWER,
    BUSY,
    COPY,
    FAMILY,
    MEMORY,
    ROWS_A_SECOND,
    THREADS,
    cost_of,
)
from broadcaster.services.foretelling import requests_for, road_of
from broadcaster.services.outlets import Office, Outlet

SAME = Content(guid="", subject=Wording.plain(""), texts=(Wording.plain("…" * 600),))
OWN = Content(guid="", subject=Wording.plain(""), texts=(Wording(("…" * 600, "name", "")),))


@dataclass(frozen=True, slots=True)
class City:
    """Families with one address each on some of the channels: channel → percent of them.

    A `personal` text differs from family to family. `within` is the time that everything may take.
    """

    families: int
    schools: int
    shares: Mapping[str, float]
    personal: bool
    within: timedelta


@dataclass(frozen=True, slots=True)
class Way:
    """How one account, or an account for each school, brings a channel's copies away."""

    requests: int
    seconds: float
    binds: str


@dataclass(frozen=True, slots=True)
class Part:
    """One channel: with one account for the city, with one for each school, and how many accounts
    it takes to keep within the time; None when no number of them does.

    `lanes` are at work at once then, `cpu` is the seconds of one core for all of it.
    """

    channel: str
    limits: tuple[str, ...]
    copies: int
    whole: Way
    school: Way
    accounts: int | None
    lanes: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole city: what has to stand ready, in numbers and bytes."""

    parts: tuple[Part, ...]
    copies: int
    release_seconds: float
    lanes: int
    workers: int
    memory: int
    platform_connections: int
    database_connections: int
    rows: int
    people_bytes: int
    copies_bytes: int


def survey(office: Office, city: City, *, now: datetime) -> Survey:
    """Reckon a city; raises KeyError for a channel that is not configured."""
    parts = tuple(
        _part(office.outlets[name], city, share, now) for name, share in city.shares.items()
    )
    copies = sum(part.copies for part in parts)
    lanes = sum(part.lanes for part in parts)
    workers = _workers(sum(part.cpu for part in parts), lanes, city.within)
    connections = sum(
        part.lanes * cost_of(office.outlets[part.channel].adapter.name).connections
        for part in parts
    )
    return Survey(
        parts=parts,
        copies=copies,
        release_seconds=copies / ROWS_A_SECOND,
        lanes=lanes,
        workers=workers,
        memory=workers * MEMORY,
        platform_connections=connections,
        database_connections=lanes + workers * THREADS,
        rows=2 * copies,
        people_bytes=city.families * FAMILY + copies * ADDRESS,
        copies_bytes=copies * (COPY + ANSWER),
    )


def _workers(cpu: float, lanes: int, within: timedelta) -> int:
    """Processes: each has one core's worth of work in it, and a thread for each lane."""
    return max(1, ceil(cpu / (within.total_seconds() * BUSY)), ceil(lanes / THREADS))


def _part(outlet: Outlet, city: City, share: float, now: datetime) -> Part:
    copies = round(city.families * share / 100)
    whole = _way(outlet, copies, city, now)
    accounts = _accounts(outlet, copies, city, whole.seconds, now)
    return Part(
        channel=outlet.name,
        limits=tuple(map(_written, outlet.limits)),
        copies=copies,
        whole=whole,
        school=_way(outlet, ceil(copies / city.schools), city, now),
        accounts=accounts,
        lanes=_lanes(outlet, copies, accounts or 1, city, now),
        cpu=whole.requests * cost_of(outlet.adapter.name).cpu,
    )


def _lanes(outlet: Outlet, copies: int, accounts: int, city: City, now: datetime) -> int:
    """How many lanes are at work at once when accounts share the copies and take turns."""
    own = min(_way(outlet, ceil(copies / accounts), city, now).seconds, city.within.total_seconds())
    return max(1, ceil(accounts * outlet.lanes * own / city.within.total_seconds()))


def _way(outlet: Outlet, copies: int, city: City, now: datetime) -> Way:
    content = OWN if city.personal else SAME
    requests = requests_for(outlet, content, copies, place=False)
    told = _played(outlet, copies, requests, now)
    return Way(requests, ((told.last or now) - now).total_seconds(), told.binds)


def _played(outlet: Outlet, copies: int, requests: int, now: datetime) -> Leaving:
    """An urgent load alone on an account that has not sent anything yet."""
    load = Load(
        name=outlet.name, copies=copies, requests=requests, priority=Priority.URGENT, due_at=now
    )
    (told,) = play(road_of(outlet), [load], now=now)
    return told


def _written(limit: RateLimitItem) -> str:
    """A limit as the settings have it: `30/second`, `500/2 hour`."""
    times = "" if limit.multiples == 1 else f"{limit.multiples} "
    return f"{limit.amount}/{times}{limit.GRANULARITY.name}"


def _accounts(outlet: Outlet, copies: int, city: City, alone: float, now: datetime) -> int | None:
    """The least number of accounts that bring the copies away in time; one takes `alone`."""
    allowed = city.within.total_seconds()
    if alone <= allowed:
        return 1

    def in_time(accounts: int) -> bool:
        return _way(outlet, ceil(copies / accounts), city, now).seconds <= allowed

    low, high = 2, max(copies, 2)
    if not in_time(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if in_time(middle) else (middle + 1, high)
    return low
