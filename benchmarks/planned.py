"""The planner held against the sandbox, and what its table of costs says of disks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks.children import serving
from benchmarks.figures import Void
from benchmarks.installation import installed
from benchmarks.mail import drained, mailing
from benchmarks.plan import Plan
from benchmarks.table import Table

TELEGRAM = {"base_url": "{address}"}
VK = {"group_id": "777", "base_url": "{address}"}


@dataclass(frozen=True, slots=True)
class Case:
    """So many copies on a channel under limits that the sandbox does not refuse."""

    name: str
    channel: str
    block: dict[str, str]
    limits: str
    copies: int
    personal: bool = False


def measure(plan: Plan) -> list[Table]:
    """Both parts."""
    calls = plan.calls
    cases = [
        Case("Telegram", "telegram", TELEGRAM, '["30/second"]', calls * 15 // 4),
        Case("Telegram, a quota too", "telegram", TELEGRAM, QUOTA, calls * 3 // 2),
        Case("VK, a text for all", "vk", VK, '["5/second"]', calls * 50),
        Case("VK, a text for each", "vk", VK, '["5/second"]', calls * 25 // 2, personal=True),
    ]
    header = (
        "",
        "limits",
        "copies",
        "requests",
        "planned, s",
        "measured, s*",
        "measured / planned",
    )
    leaving = Table("When the last copy leaves", header, [_row(case) for case in cases], [HOW])
    return [leaving, _sizes(plan)]


QUOTA = '["30/second", "60/12 second"]'
HOW = (
    "Planned: `broadcaster plan` after the release. Measured: a whole drain against the sandbox,"
    " its start included; where the channel is held back, it is looked at again every second."
)


def _row(case: Case) -> tuple[str, ...]:
    """Release, foretell, drain, compare; raises Void."""
    with serving("platform", case.channel) as platform:
        block = {key: value.format(address=platform.address) for key, value in case.block.items()}
        with installed(case.channel, {**block, "limits": case.limits}) as installation:
            families = [("all", case.channel, "1{:06}", case.copies)]
            installation.run("enrol", families=families)
            released = installation.run("release", group="all", personal=case.personal)
            told = installation.run("foretell")
            done = installation.run(
                "drain", channel=case.channel, announcements=released["announcements"]
            )
    if done["sent"] != case.copies:
        raise Void(f"{case}: {done}")
    return (
        case.name,
        case.limits.strip("[]").replace('"', ""),
        f"{case.copies:,}",
        f"{told['requests']:,}",
        f"{told['seconds']:.1f}",
        f"{done['seconds']:.1f}",
        f"{done['seconds'] / told['seconds']:.2f}",
    )


def _sizes(plan: Plan) -> Table:
    """Bytes for a copy, an answer, an address, a family, with all indexes."""
    rows = []
    with ExitStack() as stack:
        sink = stack.enter_context(serving("sink"))
        database = stack.enter_context(serving("postgres"))
        for name, address in (("SQLite", ""), ("PostgreSQL", database.address)):
            home = stack.enter_context(mailing(sink, plan, address))
            drained(home, sink, "many", plan.many, home.home / "sample.eml")
            told = home.run("sizes")
            people = plan.many + plan.few
            counts = {"copies": plan.many, "answers": plan.many}
            kinds = ("copies", "answers", "addresses", "families")
            figures: Sequence[str] = [f"{told[k] / counts.get(k, people):,.0f}" for k in kinds]
            rows.append((name, *figures))
    header = ("bytes on disk", "a copy", "its answer", "an address", "a family of two")
    note = f"After {plan.many:,} letters were sent; indexes included, what a vacuum would free too."
    return Table("Disk", header, rows, [note])
