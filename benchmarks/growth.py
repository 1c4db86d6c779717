"""What grows with the number of deliveries, and how fast an audience becomes rows."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.aims import Aim, at_least, at_most
from benchmarks.children import Server, serving
from benchmarks.figures import Contender, Figures, Rounds, Void, by_turns, rounds_of
from benchmarks.installation import Installation
from benchmarks.letters import PATIENCE, drained, posting
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

BEFORE, LARGE, AFTER = "before", "large", "after"
"""Runs of few, of many, and of few again: each round begins with another of them."""
SQLITE, POSTGRES = "Broadcaster, SQLite", "Broadcaster, PostgreSQL"
CPU_AIM, MEMORY_AIM = 1.1, 120
ROWS = {SQLITE: 300_000, POSTGRES: 80_000}
"""A second, at least."""


def measure(plan: Plan) -> list[Table]:
    """Growth, then expansion in homes as large."""
    with serving("sink") as sink, serving("postgres") as database:
        grown = _grown(plan, sink, plan.large, most=plan.rounds)
        expanded = _expanded(plan, sink, database)
    return [_growth(grown), _expansion(expanded)]


def million(plan: Plan) -> list[Table]:
    """Growth to the largest number, once."""
    with serving("sink") as sink:
        return [_growth(_grown(plan, sink, plan.largest, most=1))]


def _grown(plan: Plan, sink: Server, size: int, *, most: int) -> Rounds:
    """A run of many deliveries and two of few, by turns."""

    def run(home: Installation, count: int) -> Contender:
        return partial(drained, home, sink, "all", count, home.home / "sample.eml")

    with ExitStack() as stack:
        small, large = (
            run(stack.enter_context(posting(sink.address, {"all": count})), count)
            for count in (plan.many, size)
        )
        contenders = {BEFORE: small, LARGE: large, AFTER: small}
        return by_turns(contenders, least=1, most=most, until=plan.until)


def _expanded(plan: Plan, sink: Server, database: Server) -> Rounds:
    """Releases whose copies nobody sends."""

    def run(home: Installation) -> Figures:
        told = home.run("release", patience=PATIENCE, group="all", personal=True)
        if told["rows"] != plan.large:
            raise Void(f"{told['rows']} of {plan.large} rows")
        return Figures(plan.large, told)

    with ExitStack() as stack:
        contenders = {
            name: partial(
                run, stack.enter_context(posting(sink.address, {"all": plan.large}, address))
            )
            for name, address in ((SQLITE, ""), (POSTGRES, database.address))
        }
        return by_turns(contenders, least=plan.least, most=plan.rounds, until=plan.until)


def _growth(rounds: Rounds) -> Table:
    sizes = [rounds[LARGE][0].count, rounds[BEFORE][0].count]
    few = [*rounds[BEFORE], *rounds[AFTER]]
    rows = [_row(rounds[LARGE]), _row(few)]
    beside = [
        (one.cpu + other.cpu) / 2 for one, other in zip(rounds[BEFORE], rounds[AFTER], strict=True)
    ]
    ratio = paired([run.cpu for run in rounds[LARGE]], beside)
    worst = Spread.of([max(run.memory for run in [*few, *rounds[LARGE]])])
    what = f"CPU per 1,000 deliveries at {sizes[0]:,}"
    aims: Sequence[Aim] = (
        at_most(what, f"at {sizes[1]:,}", CPU_AIM, ratio),
        at_most(f"worker's peak memory at {sizes[0]:,}", "–", MEMORY_AIM, worst, " MB", digits=0),
    )
    how = (
        f"{rounds_of(rounds[LARGE])} of a large run and two small ones by turns, each in a home"
        " that has as many families as it has copies. Personal deliveries on SQLite, every receipt"
        " durable; each arrived once and has its receipt."
    )
    header = ("deliveries", "CPU s/1,000", "a second*", "peak memory, MB")
    return Table(f"E-mail: growth to {sizes[0]:,}", header, rows, [how], aims)


def _row(runs: Sequence[Figures]) -> tuple[str, ...]:
    cpu, rate = Spread.of(run.cpu for run in runs), Spread.of(run.rate for run in runs)
    memory = Spread.of(run.memory for run in runs)
    return (
        f"{runs[0].count:,}",
        cpu.spelled(digits=3),
        f"{rate.median:,.0f}",
        memory.spelled(digits=1),
    )


def _expansion(rounds: Rounds) -> Table:
    """How fast an audience becomes rows."""
    rows, aims = [], []
    for name, runs in rounds.items():
        count, database = runs[0].count, name.partition(", ")[2]
        statement = Spread.of(count / run.told["insert"] for run in runs)
        whole = Spread.of(count / run.told["release"] for run in runs)
        peak = Spread.of(run.memory for run in runs)
        rows.append(
            (
                database,
                f"{count:,}",
                statement.spelled(digits=0),
                whole.spelled(digits=0),
                f"{peak.median:.0f}",
            )
        )
        what = f"expansion of an audience of {count:,}, {database}"
        aims.append(at_least(what, "–", ROWS[name], statement, " rows/s", digits=0))
    header = ("", "rows", "rows a second, the statement*", "the whole release*", "its peak, MB")
    how = (
        "The statement is the one INSERT … SELECT in which all gates are asked; the release also"
        " renders for every channel, searches the text for the names on the roll, and commits."
    )
    return Table("Expansion of an audience", header, rows, [how], aims)
