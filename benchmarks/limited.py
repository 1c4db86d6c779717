"""Platforms that limit us: how much of the limit is used, and what it costs to wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.children import Server, serving
from benchmarks.figures import Void
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.table import Table

HEADER = ("", "copies", "a second*", "the limit", "share of it", "refused requests", "of a core*")
HOW = (
    "A whole drain, its start included, against the sandbox, which refuses what is over the limit;"
    " every receipt durable."
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to send: to `group`, `releases` announcements, `bundle` copies in each request.

    `limit` is in requests a second.
    """

    name: str
    group: str
    limit: int
    requests: int
    bundle: int = 1
    releases: int = 1
    personal: bool = False

    @property
    def copies(self) -> int:
        """All that are to be sent."""
        return self.requests * self.bundle

    @property
    def families(self) -> int:
        """How many families the group must have."""
        return self.copies // self.releases


def vk(plan: Plan) -> list[Table]:
    """One by one, one text for a hundred, 25 texts in a script: each against its own limit."""
    calls = plan.calls
    ways = [
        Way("one by one", "one", 20, calls, releases=calls),
        Way("peer_ids, a text for all", "same", 20, calls, bundle=100),
        Way("execute, a text for each", "own", 20, calls, bundle=25, personal=True),
    ]
    rows = _rows("vk", {"group_id": "777", "base_url": "{address}"}, ways)
    return [Table("VK at 20 requests a second", HEADER, rows, [HOW])]


def telegram(plan: Plan) -> Table:
    """Private chats, one request each."""
    ways = [Way("private chats", "all", 30, plan.calls * 2)]
    rows = _rows("telegram", {"base_url": "{address}"}, ways)
    return Table("Telegram at 30 requests a second", HEADER, rows, [HOW])


def _rows(channel: str, block: Mapping[str, str], ways: list[Way]) -> list[tuple[str, ...]]:
    with _limited(channel, block) as (installation, platform):
        families = [
            (way.group, channel, f"{place}{{:06}}", way.families)
            for place, way in enumerate(ways, start=1)
        ]
        installation.run("enrol", families=families)
        return [_row(installation, platform, channel, way) for way in ways]


@contextmanager
def _limited(channel: str, block: Mapping[str, str]) -> Iterator[tuple[Installation, Server]]:
    with serving("platform", channel) as platform:
        spelled = {name: value.format(address=platform.address) for name, value in block.items()}
        with installed(channel, spelled) as installation:
            yield installation, platform


def _row(installation: Installation, platform: Server, channel: str, way: Way) -> tuple[str, ...]:
    """Release, drain, compare; raises Void."""
    released = installation.run(
        "release", group=way.group, personal=way.personal, times=way.releases
    )
    before = platform.report()
    told = installation.run("drain", channel=channel, announcements=released["announcements"])
    after = platform.report()
    shown, calls = after["shown"] - before["shown"], after["calls"] - before["calls"]
    if {shown, told["sent"], told["receipts"]} != {way.copies}:
        raise Void(f"{way}: {told} recorded, {shown} shown")
    rate = way.copies / told["seconds"]
    limit = way.limit * way.bundle
    return (
        way.name,
        f"{way.copies:,}",
        f"{rate:,.0f}",
        f"{limit:,}",
        f"{rate / limit:.0%}",
        str(calls - way.requests),
        f"{told['cpu'] / told['seconds']:.1%}",
    )
