"""How long a person waits: from a release's commit to the first copy at the platform."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.aims import Aim, exactly_said
from benchmarks.children import Server, serving
from benchmarks.figures import Void
from benchmarks.installation import installed
from benchmarks.plan import Plan
from benchmarks.ratios import most_of
from benchmarks.served import served
from benchmarks.table import Table

RELEASES, FEW = 40, 8
"""Of each kind, in a whole run and in a look."""
FAMILIES = 20
AIMS = {"embedded broker": 500.0, "Redis": 100.0}
"""Milliseconds."""
WHAT = "from release (its commit) to the first copy handed over"


def measure(plan: Plan) -> list[Table]:
    """Both brokers."""
    times = FEW if plan.quick else RELEASES
    with serving("doorway") as door, serving("redis") as redis:
        found = {"embedded broker": _waits(door, times), "Redis": _waits(door, times, redis)}
    header = ("broker", "median, ms*", "95 %, ms*", "longest, ms*", "the bell itself, median, ms*")
    rows = [
        (name, *(f"{figure:.0f}" for figure in (median(laps), most_of(laps), max(laps), bell)))
        for name, (laps, bell) in found.items()
    ]
    aims = [_aim(name, laps) for name, (laps, _) in found.items()]
    how = (
        f"{times} releases each to {FAMILIES} families by e-mail on SQLite, one after the other,"
        " beside `broadcaster serve`. The clock starts when the transaction of the release has"
        " been committed, before the bell is rung, and stops when the whole first message is at"
        " the mail server. The connection is opened anew for each release."
    )
    return [Table("Waiting for the first copy", header, rows, [how], aims)]


def _waits(door: Server, times: int, redis: Server | None = None) -> tuple[list[float], float]:
    """The wait after each release and the median time of the bell, in milliseconds; may be Void."""
    host, _, port = door.address.rpartition(":")
    block = {"host": host, "port": port, "security": "none", "sender": "school@school.example"}
    with installed("email", block) as installation:
        installation.run("enrol", families=[("all", "email", "parent{}@x.example", FAMILIES)])
        ringing = installation.with_redis(redis.address if redis else "")
        with served(ringing):
            told = ringing.run("ringing", group="all", times=times)
        seen = door.report()
    if {told["sent"], told["receipts"], seen["count"], seen["ids"]} != {times * FAMILIES}:
        raise Void(f"{told} recorded, {seen['count']} seen")
    bell = (after - before for before, after in zip(told["committed"], told["rung"], strict=True))
    return _laps(told, sorted(seen["at"])), median(bell) * 1000


def _laps(told: dict[str, Any], arrived: Sequence[float]) -> list[float]:
    """Milliseconds from each release to the first message after it."""
    firsts = (arrived[bisect_left(arrived, at)] - at for at in told["committed"])
    return [lap * 1000 for lap in firsts]


def _aim(name: str, laps: Sequence[float]) -> Aim:
    most = most_of(laps)
    measured = f"{most:.0f} ms (median {median(laps):.0f}, {len(laps)} releases)"
    target = f"p95 < {AIMS[name]:.0f} ms"
    return exactly_said(WHAT, name, target, measured, met=most < AIMS[name])
