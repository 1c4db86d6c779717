"""E-mail: the whole path against a bare client, a load generator in C, and two libraries."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.aims import Aim, at_least, not_measured
from benchmarks.children import Server, serving
from benchmarks.figures import Contender, Rounds, by_turns, rounds_of
from benchmarks.letters import (
    drained,
    drained_to,
    elsewhere,
    mailing,
    peer,
    posting,
    sourced,
    with_release,
)
from benchmarks.plan import Plan
from benchmarks.postfix import Absent, Postfix, postfix, sinking
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

WHOLE = "Broadcaster, SQLite, release included"
OURS, POSTGRES, SAME = "Broadcaster, SQLite", "Broadcaster, PostgreSQL", "Broadcaster, same text"
BARE, UVLOOP, BARE_SAME = "bare aiosmtplib", "bare aiosmtplib, uvloop", "bare aiosmtplib, same text"
SOURCE, APPRISE = "postfix smtp-source -s 8", "Apprise, one URL, many targets"
EACH, OFFICE = "Apprise, a URL for each recipient", "django-post_office, queueing included"
OURS_C, BARE_C, SOURCE_C = (f"{name} → smtp-sink" for name in (OURS, BARE, SOURCE))
IN_C = (OURS_C, BARE_C, SOURCE_C)
TURNS = (SOURCE, OURS, BARE, POSTGRES, UVLOOP, SAME, BARE_SAME, APPRISE, EACH, OFFICE, *IN_C)
"""Who is compared runs soon after each other: a shared machine changes its pace all the time."""
CONNECTIONS = 8
PERSONAL, LOOP = (
    "e-mail, personalised, SQLite, 8 connections",
    "bare aiosmtplib loop, 8 connections",
)


def measure(plan: Plan) -> list[Table]:
    """One table; its ratios are those of the two servers that receive."""
    with ExitStack() as stack:
        sink = stack.enter_context(serving("sink"))
        database = stack.enter_context(serving("postgres"))
        contenders, samples = stack.enter_context(_ours(sink, database, plan))
        contenders |= _others(sink, plan, samples)
        why = ""
        try:
            contenders |= stack.enter_context(_in_c(sink, plan, samples[OURS]))
        except Absent as absent:
            why = str(absent)
        turns = {name: contenders[name] for name in TURNS if name in contenders}
        done = by_turns(turns, least=plan.least, most=plan.rounds, until=plan.until)
        rounds = {OURS: done[OURS], WHOLE: with_release(done[OURS])}
        rounds |= {name: done[name] for name in contenders}
        sizes = {name: sample.stat().st_size / 1000 for name, sample in samples.items()}
        version = database.report()["version"]
    return [_table(rounds, _notes(rounds, plan, sizes, version), _aims(rounds, why))]


@contextmanager
def _ours(
    sink: Server, database: Server, plan: Plan
) -> Iterator[tuple[dict[str, Contender], Mapping[str, Path]]]:
    """Our contenders, and a message of the two kinds to send by others."""
    with mailing(sink, plan) as embedded, mailing(sink, plan, database.address) as served:
        samples = {name: embedded.home / f"{name}.eml" for name in (OURS, SAME)}
        for name, sample in samples.items():  # the first run of each is no contest: it warms up
            drained(embedded, sink, "few", plan.few, sample, personal=name == OURS)
        run = partial(drained, sink=sink, group="many", count=plan.many)
        contenders: dict[str, Contender] = {
            OURS: partial(run, embedded, sample=samples[OURS]),
            POSTGRES: partial(run, served, sample=samples[OURS]),
            SAME: partial(run, embedded, sample=samples[SAME], personal=False),
        }
        yield contenders, samples


def _others(sink: Server, plan: Plan, samples: Mapping[str, Path]) -> dict[str, Contender]:
    text: dict[str, Any] = {"server": sink.address, "message": str(samples[OURS])}
    half, quarter = (
        partial(peer, "bare", sink, plan.many // share, connections=CONNECTIONS) for share in (2, 4)
    )
    return {
        BARE: partial(half, loop="asyncio", **text),
        UVLOOP: partial(quarter, loop="uvloop", **text),
        BARE_SAME: partial(
            quarter, loop="asyncio", server=sink.address, message=str(samples[SAME])
        ),
        APPRISE: partial(peer, "apprise_mail", sink, plan.slow, **text),
        EACH: partial(peer, "apprise_each", sink, plan.slowest, **text),
        OFFICE: partial(peer, "post_office", sink, plan.slow, **text),
    }


@contextmanager
def _in_c(sink: Server, plan: Plan, sample: Path) -> Iterator[dict[str, Contender]]:
    """smtp-source to our sink, and three contenders to smtp-sink; raises Absent."""
    pair: Postfix = postfix()
    with sinking(pair) as other, posting(other.address, {"many": plan.many}) as embedded:
        bare: dict[str, Any] = {"connections": CONNECTIONS, "loop": "asyncio"}
        there = partial(elsewhere, other, pair=pair, message=str(sample))
        yield {
            SOURCE: partial(sourced, pair, sink, sample, plan.many * 2),
            OURS_C: partial(drained_to, other, embedded, "many", plan.many),
            SOURCE_C: partial(there, "smtp-source", plan.many * 2),
            BARE_C: partial(there, "bare", plan.many // 4, **bare),
        }


def faster(rounds: Rounds, ours: str, theirs: str) -> Spread:
    """How many times as fast, round by round."""
    return paired([run.rate for run in rounds[ours]], [run.rate for run in rounds[theirs]])


def _aims(rounds: Rounds, why: str) -> list[Aim]:
    """The rows of the one table; `why` there is no smtp-source, or nothing."""
    same = "e-mail, the same text for all, SQLite"
    in_c = "postfix `smtp-source -s 8` (C, same body, no receipts)"
    office = "django-post_office tuned (batch 1000, 8 threads), queueing included"
    pairs = [
        (PERSONAL, LOOP, 4, OURS, BARE),
        ("the same", in_c, 0.6, OURS, SOURCE),
        ("the same", f"{in_c}, both to postfix's smtp-sink", 0.6, OURS_C, SOURCE_C),
        ("the same", "Apprise `mailto://`, one URL many targets", 18, OURS, APPRISE),
        ("the same", "Apprise `mailto://`, one URL a recipient", 250, OURS, EACH),
        ("the same, release included", office, 15, WHOLE, OFFICE),
        ("the same on PostgreSQL", LOOP, 3.5, POSTGRES, BARE),
        (same, LOOP, 7, SAME, BARE_SAME),
    ]
    return [
        at_least(what, against, target, faster(rounds, ours, theirs))
        if theirs in rounds
        else not_measured(what, against, f"≥ {target}×", why)
        for what, against, target, ours, theirs in pairs
    ]


AGAINST = {SAME: BARE_SAME, BARE_SAME: BARE_SAME, OURS_C: BARE_C, SOURCE_C: BARE_C, BARE_C: BARE_C}
"""The bare client that sent the same bytes to the same server, where it is not the first one."""
HEADER = (
    "", "× bare aiosmtplib", "a second*", "CPU s/1,000*", "the server's CPU s/1,000*", "MB",
)  # fmt: skip


def _table(rounds: Rounds, notes: list[str], aims: list[Aim]) -> Table:
    rows = []
    for name, runs in rounds.items():
        ratio = faster(rounds, name, AGAINST.get(name, BARE))
        rate = Spread.of(run.rate for run in runs).median
        cpu = Spread.of(run.cpu for run in runs).median
        server = Spread.of(run.server for run in runs).median
        memory = Spread.of(run.memory for run in runs).median
        peak = "–" if math.isnan(memory) else f"{memory:.0f}"
        rows.append((name, str(ratio), f"{rate:,.0f}", f"{cpu:.3f}", f"{server:.3f}", peak))
    return Table("E-mail: the whole path", HEADER, rows, notes, aims)


def _notes(rounds: Rounds, plan: Plan, sizes: Mapping[str, float], version: int) -> list[str]:
    """What was compared with what."""
    how = (
        f"{rounds_of(rounds[OURS])} of {plan.many:,} deliveries over {CONNECTIONS} connections. A"
        " row's ratio is to the bare client that sent bytes of the same size to the same server."
    )
    ours = (
        "Ours: claim, render text and HTML, send, every receipt durable (SQLite in WAL with"
        f" synchronous=FULL, PostgreSQL {version} with fsync); Message-IDs all different, counted"
        " by the receiver and in the database. The drain of a process that has started is timed,"
        " with the opening of its connections; starting the process is not, and the release only"
        " where it says so."
    )
    texts = (
        f"Personalised: {sizes[OURS]:.1f} KB, name and children in the text, a link of each"
        " reader's to confirm and one to leave. The same text for all is what a school sends as a"
        f" routine announcement, {sizes[SAME]:.1f} KB: nobody is named, but the link to leave, its"
        " header and Message-ID are still each reader's own."
    )
    theirs = (
        "The peers personalise nothing and have no receipts, but for django-post_office with its"
        " rows of status and log. aiosmtplib (a plain loop on asyncio) and smtp-source send"
        " prebuilt bytes, a message of ours. Apprise and django-post_office are given its texts and"
        f" make the message themselves; they send {plan.slow:,}, Apprise with a URL for each"
        f" recipient {plan.slowest:,}."
    )
    server = (
        "The server runs beside the sender on the same cores; one that takes more processor time"
        f" for a message than its sender is what limits the rate. {_limited(rounds)} The"
        " benchmark's sink (Python, uvloop) counts and checks what comes; postfix's smtp-sink"
        " counts nothing, and is there because it is smtp-source's usual partner."
    )
    return [how, ours, texts, theirs, server]


def _limited(rounds: Rounds) -> str:
    """Where the server takes more than the sender, by medians."""
    limited = [
        name
        for name, runs in rounds.items()
        if Spread.of(run.server for run in runs).median > Spread.of(run.cpu for run in runs).median
    ]
    return f"Here that was so with: {'; '.join(limited) or 'none'}."
