"""Platforms that limit us: how much of the limit is used, and what it costs to wait for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks.aims import Aim, at_least, at_most
from benchmarks.children import Server, serving
from benchmarks.figures import Void
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.ratios import Spread
from benchmarks.table import Table

HEADER = (
    "",
    "copies",
    "the limit",
    "share of it",
    "from the first to the last",
    "requests too many",
    "of a core*",
    "its start, CPU s*",
)
HOW = (
    (
        "Against the sandbox, which counts requests as they arrive and refuses what is over the"
        " limit in any second; every receipt durable, counted there and in the database."
    ),
    (
        "The share of it, which the aims are about, is of what came after the first second, by the"
        " platform's clock: the copies after the first of these until the last. Beside it all of"
        " the drain, from taking the lane to the last receipt on disk. A stretch of ten seconds may"
        " hold eleven times what is allowed in one: the share can be a little over 100 %."
    ),
    (
        "Requests too many: more than the copies need, because they were refused or not full, or"
        " because they asked first whether the platform is at work (decision 0065). Of a second a"
        " fifth of the way there and back stays unused, as a request may be quicker than those"
        " before (decision 0055): 40 ms where the platform is 200 ms away."
    ),
    (
        "Of a core: all of the drain. What starting a process costs stands apart: a worker starts"
        " once, not for each announcement."
    ),
)
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """A way to send: to `group`, `releases` announcements, `bundle` copies in each request.

    `limit` is in requests a second, `requests` are made in each round. The platform answers after
    `latency` seconds. `settings` are the channel's own.
    """

    name: str
    group: str
    limit: int
    requests: int
    bundle: int = 1
    releases: int = 1
    personal: bool = False
    latency: float = 0.0
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def copies(self) -> int:
        """All that are to be sent in a round."""
        return self.requests * self.bundle

    @property
    def families(self) -> int:
        """How many families the group must have."""
        return self.copies // self.releases


@dataclass(frozen=True, slots=True)
class Round:
    """One drain: the shares of the limit, requests beyond the fewest, processor time."""

    steady: float
    whole: float
    beyond: int
    core: float
    start: float


def vk(plan: Plan) -> list[Table]:
    """One text for a hundred, 25 texts in a script, near and far; one by one for comparison."""
    calls = plan.calls * 5 // 2
    ways = [
        Way(f"{name}, {latency * 1000:.0f} ms", group, 20, calls, bundle, 1, personal, latency)
        for latency in (0.0, 0.1)
        for name, group, bundle, personal in (
            ("peer_ids, a text for all", "same", 100, False),
            ("execute, a text for each", "own", 25, True),
        )
    ]
    ways.append(Way("one by one, 0 ms", "one", 20, plan.calls, releases=plan.calls))
    found = _measured("vk", {"group_id": "777", "base_url": "{address}"}, ways, plan)
    aims = [
        at_least(f"VK, {way.name}", "the limit", 95, share, " %", digits=1)
        for way, rounds in found.items()
        if way.bundle > 1 and (share := _percent(one.steady for one in rounds))
    ]
    return [_table("VK at 20 requests a second", found, aims)]


def telegram(plan: Plan) -> list[Table]:
    """Private chats, one request each: free of charge, near and far, and paid for."""
    calls = 30 * (5 if plan.quick else 60)
    near = Way("private chats", "all", 30, calls)
    far = Way("private chats, 200 ms", "all", 30, calls, latency=0.2)
    paid = Way(
        "private chats, paid broadcast",
        "all",
        1000,
        1000 * (4 if plan.quick else 18),
        settings=(
            ("limits", '["1000/second"]'),
            ("concurrency", "64"),
            ("paid_broadcast", "true"),
            ("paid_consent", "a benchmark"),
        ),
    )
    block = {"base_url": "{address}"}
    tables = []
    for ways, most in (([near, far], 1), ([paid], MOST_ROUNDS)):
        found = _measured("telegram", block | dict(ways[0].settings), ways, plan, most=most)
        aims = _of_telegram(ways[0], found[ways[0]])
        tables.append(_table(f"Telegram at {ways[0].limit} a second", found, aims))
    return tables


def _of_telegram(way: Way, rounds: Sequence[Round]) -> list[Aim]:
    what = f"Telegram, {way.limit:,} a second"
    share = _percent(one.steady for one in rounds)
    aims = [at_least(what, "the limit", 98, share, " %", digits=1)]
    if way.limit == 30:
        core = _percent(one.core for one in rounds)
        aims.append(at_most(f"{what}, processor", "one core", 7, core, " %", digits=1))
    return aims


def _percent(shares: Iterator[float]) -> Spread:
    return Spread.of(share * 100 for share in shares)


def _measured(
    channel: str, block: Mapping[str, str], ways: Sequence[Way], plan: Plan, most: int = MOST_ROUNDS
) -> dict[Way, list[Round]]:
    """Rounds of each way by turns, at least one and none that would probably end too late."""
    found: dict[Way, list[Round]] = {way: [] for way in ways}
    for number in range(most):
        began = time.monotonic()
        for way in ways:
            found[way].append(_round(channel, block, way))
        if plan.quick or number + 1 == most or 2 * time.monotonic() - began > plan.until:
            break
    return found


def _round(channel: str, block: Mapping[str, str], way: Way) -> Round:
    """An installation of its own, a release, a drain; raises Void."""
    with _limited(channel, block, way) as (installation, platform):
        installation.run("enrol", families=[(way.group, channel, "1{:06}", way.families)])
        released = installation.run(
            "release", group=way.group, personal=way.personal, times=way.releases
        )
        platform.report()
        told = installation.run("drain", channel=channel, announcements=released["announcements"])
        return _read(way, told, platform.report())


@contextmanager
def _limited(
    channel: str, block: Mapping[str, str], way: Way
) -> Iterator[tuple[Installation, Server]]:
    with serving("platform", channel, str(way.latency), str(way.bundle)) as platform:
        spelled = {name: value.format(address=platform.address) for name, value in block.items()}
        with installed(channel, spelled) as installation:
            yield installation, platform


def _read(way: Way, told: Mapping[str, Any], seen: Mapping[str, Any]) -> Round:
    """The figures of a round, if what was sent, shown and recorded is the same."""
    if {seen["shown"], told["sent"], told["receipts"]} != {way.copies}:
        raise Void(f"{way}: {told} recorded, {seen} shown")
    limit = way.limit * way.bundle
    return Round(
        steady=seen["many"] / seen["seconds"] / limit,
        whole=way.copies / told["seconds"] / limit,
        beyond=seen["calls"] - way.requests,
        core=told["cpu"] / told["seconds"],
        start=told["start"],
    )


def _table(title: str, found: Mapping[Way, Sequence[Round]], aims: Sequence[Aim]) -> Table:
    rows = [_row(way, rounds) for way, rounds in found.items()]
    return Table(title, HEADER, rows, HOW, aims)


def _row(way: Way, rounds: Sequence[Round]) -> tuple[str, ...]:
    return (
        way.name,
        f"{len(rounds)} × {way.copies:,}",
        f"{way.limit * way.bundle:,}",
        _percent(one.steady for one in rounds).spelled(" %", 1),
        _percent(one.whole for one in rounds).spelled(" %", 1),
        str(sum(one.beyond for one in rounds)),
        _percent(one.core for one in rounds).spelled(" %", 1),
        Spread.of(one.start for one in rounds).spelled("", 1),
    )
