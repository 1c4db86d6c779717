"""E-mail: the whole path against a bare client and against Apprise, its memory, its expansion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.children import Server, contend, serving
from benchmarks.figures import Contender, Figures, Rounds, Void, by_turns
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

SQLITE, POSTGRES, FEW = "Broadcaster, SQLite", "Broadcaster, PostgreSQL", "Broadcaster, few"
BARE, STOCK, APPRISE = "aiosmtplib, uvloop", "aiosmtplib, asyncio", "Apprise mailto://"
CONNECTIONS = 8
AIMS = {BARE: 3.0, APPRISE: 15.0}
MEMORY_AIM = 1.1


def measure(plan: Plan) -> list[Table]:
    """All that concerns mail."""
    with ExitStack() as stack:
        sink = stack.enter_context(serving("sink"))
        database = stack.enter_context(serving("postgres"))
        embedded = stack.enter_context(mailing(sink, plan))
        served = stack.enter_context(mailing(sink, plan, database.address))
        sample = embedded.home / "sample.eml"
        drained(embedded, sink, "few", plan.few, sample)  # for the sample, and to warm up
        bare: dict[str, Any] = {
            "server": sink.address,
            "message": str(sample),
            "connections": CONNECTIONS,
        }
        contenders: dict[str, Contender] = {
            SQLITE: partial(drained, embedded, sink, "many", plan.many, sample),
            BARE: partial(peer, "bare", sink, plan.many, loop="uvloop", **bare),
            POSTGRES: partial(drained, served, sink, "many", plan.many, sample),
            STOCK: partial(peer, "bare", sink, plan.many // 2, loop="asyncio", **bare),
            APPRISE: partial(
                peer, "apprise_mail", sink, plan.apprise, server=sink.address, message=str(sample)
            ),
            FEW: partial(drained, embedded, sink, "few", plan.few, sample),
        }
        rounds = by_turns(contenders, least=plan.least, most=plan.rounds, until=plan.mail_until)
        notes = conditions(plan, sample.stat().st_size, database.report()["version"])
    return [speed(rounds, notes), memory(rounds, plan), expansion(rounds)]


@contextmanager
def mailing(sink: Server, plan: Plan, database: str = "") -> Iterator[Installation]:
    """An installation that mails to the sink, with a group of many families and one of few."""
    host, _, port = sink.address.rpartition(":")
    block = {"host": host, "port": port, "security": "none", "sender": "school@school.example"}
    with installed("email", block, database=database) as installation:
        pattern = "parent{}@family.example"
        families = [("many", "email", pattern, plan.many), ("few", "email", pattern, plan.few)]
        installation.run("enrol", families=families)
        yield installation


def drained(
    installation: Installation, sink: Server, group: str, count: int, sample: Path
) -> Figures:
    """Release to a group, drain, compare; raises Void. Keeps one of the messages in `sample`."""
    released = installation.run("release", group=group, personal=True)
    told = installation.run("drain", channel="email", announcements=released["announcements"])
    seen = sink.report()
    counted = [released["rows"], told["sent"], told["receipts"], told["ids"]]
    if {*counted, seen["count"], seen["ids"]} != {count} or seen["faulty"]:
        raise Void(f"{count} copies: {counted} recorded, {seen} seen")
    sample.write_text(seen["sample"], encoding="latin-1", newline="")
    return Figures(count, {**told, "insert": released["insert"], "release": released["release"]})


def peer(name: str, sink: Server, count: int, **options: str | int) -> Figures:
    """Let another program send; raises Void when the sink has counted something else."""
    told = contend(name, {}, count=count, **options)
    seen = sink.report()
    if seen["count"] != count:
        raise Void(f"{name}: {seen['count']} of {count} messages arrived")
    return Figures(count, told)


def rates(runs: Sequence[Figures]) -> list[float]:
    """Copies a second in each round."""
    return [run.rate for run in runs]


def speed(rounds: Rounds, notes: Sequence[str]) -> Table:
    """Deliveries a second as ratios to the peers'."""
    rows = []
    for name in (SQLITE, POSTGRES, BARE, STOCK, APPRISE):
        runs = rounds[name]
        against = [paired(rates(runs), rates(rounds[other])) for other in (BARE, STOCK, APPRISE)]
        cpu, peak = Spread.of(run.cpu for run in runs), Spread.of(run.memory for run in runs)
        rate = Spread.of(rates(runs)).median
        figures = f"{rate:,.0f}", f"{cpu.median:.3f}", f"{peak.median:.0f}"
        rows.append((name, *map(str, against), *figures))
    header = ("", f"× {BARE}", f"× {STOCK}", f"× {APPRISE}", "a second*", "CPU s/1,000*", "MB")
    told = (f"{len(rounds[SQLITE])} rounds.", *notes)
    return Table("E-mail: the whole path", header, rows, told)


def conditions(plan: Plan, size: int, version: int) -> tuple[str, ...]:
    """What was compared with what."""
    ours = (
        f"{plan.many:,} personal deliveries of {size / 1000:.1f} KB, {CONNECTIONS} connections."
        " Ours: claim, render text and HTML, send, every receipt durable (SQLite in WAL with"
        f" synchronous=FULL, PostgreSQL {version} with fsync); Message-IDs all different, counted"
        " by the receiver and in the database."
    )
    theirs = (
        "The peers write nothing down: aiosmtplib sends prebuilt bytes of the same size,"
        f" Apprise {plan.apprise:,} times the same text."
    )
    aims = ", ".join(f"{aim:g} × {name}" for name, aim in AIMS.items())
    return ours, theirs, f"Aims: {aims}."


def memory(rounds: Rounds, plan: Plan) -> Table:
    """The peak at few and at many deliveries."""
    few, many = ([run.memory for run in rounds[name]] for name in (FEW, SQLITE))
    row = (
        f"{Spread.of(few).median:.1f} MB",
        f"{Spread.of(many).median:.1f} MB",
        str(paired(many, few)),
        f"{MEMORY_AIM:g}",
    )
    header = (f"{plan.few:,} deliveries", f"{plan.many:,} deliveries", "ratio", "aim, at most")
    return Table("Peak memory of a sending process, SQLite", header, [row])


def expansion(rounds: Rounds) -> Table:
    """How fast an audience becomes rows."""
    rows = []
    for name in (SQLITE, POSTGRES):
        laps = [(run.count, run.told) for run in rounds[name]]
        statement = Spread.of(count / told["insert"] for count, told in laps)
        whole = Spread.of(count / told["release"] for count, told in laps)
        rows.append((name, f"{statement.median:,.0f}", f"{whole.median:,.0f}"))
    header = ("", "rows a second, the statement*", "rows a second, the whole release*")
    return Table("Expansion of an audience", header, rows)
