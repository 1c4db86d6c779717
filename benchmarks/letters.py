"""Runs of senders of e-mail, ours and others', each counted where it arrives and where it is kept.

`server` in the figures of a run is the processor time that the receiving server took for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.children import Server, contend
from benchmarks.figures import Figures, Void
from benchmarks.installation import Installation, installed
from benchmarks.plan import Plan
from benchmarks.postfix import Postfix, Sink, send

PATTERN = "parent{}@family.example"
PATIENCE = 1200.0
"""Seconds for a step of the largest run."""


@contextmanager
def mailing(sink: Server, plan: Plan, database: str = "") -> Iterator[Installation]:
    """An installation that mails to the sink, with a group of many families and one of few."""
    with posting(sink.address, {"many": plan.many, "few": plan.few}, database) as installation:
        yield installation


@contextmanager
def posting(address: str, groups: Mapping[str, int], database: str = "") -> Iterator[Installation]:
    """An installation that mails to a server, with groups of so many families."""
    host, _, port = address.rpartition(":")
    block = {"host": host, "port": port, "security": "none", "sender": "school@school.example"}
    with installed("email", block, database=database) as installation:
        families = [(group, "email", PATTERN, count) for group, count in groups.items()]
        installation.run("enrol", patience=PATIENCE, families=families)
        yield installation


def drained(
    installation: Installation,
    sink: Server,
    group: str,
    count: int,
    sample: Path,
    *,
    personal: bool = True,
) -> Figures:
    """Release to a group, drain, compare; raises Void. Keeps one of the messages in `sample`."""
    run = _sent(installation, group, count, personal=personal)
    seen = sink.report()
    if {seen["count"], seen["ids"]} != {count} or seen["faulty"]:
        raise Void(f"{count} copies: {seen} seen")
    sample.write_text(seen["sample"], encoding="latin-1", newline="")
    return _with(run, server=seen["cpu"])


def drained_to(sink: Sink, installation: Installation, group: str, count: int) -> Figures:
    """The same to a server that does not count; raises Void."""
    before = sink.cpu()
    return _with(_sent(installation, group, count, personal=True), server=sink.cpu() - before)


def _sent(installation: Installation, group: str, count: int, *, personal: bool) -> Figures:
    """Release to a group and drain; raises Void unless the database has a receipt for each copy.

    What is personal is important as well: it asks for a confirmation by a link of each reader's.
    """
    released = installation.run(
        "release", patience=PATIENCE, group=group, personal=personal, important=personal
    )
    told = installation.run(
        "drain", patience=PATIENCE, channel="email", announcements=released["announcements"]
    )
    counted = [released["rows"], told["sent"], told["receipts"], told["ids"]]
    if {*counted} != {count}:
        raise Void(f"{count} copies: {counted} recorded")
    return Figures(count, {**released, **told})


def with_release(runs: Sequence[Figures]) -> list[Figures]:
    """The same runs, timed from the release on."""
    return [
        _with(
            run,
            seconds=run.seconds + run.told["release"],
            cpu=run.told["cpu"] + run.told["release_cpu"],
        )
        for run in runs
    ]


def peer(name: str, sink: Server, count: int, **options: str | int) -> Figures:
    """Let another program send; raises Void when the sink has counted something else."""
    return _seen(sink, name, Figures(count, contend(name, {}, count=count, **options)))


def sourced(pair: Postfix, sink: Server, message: Path, count: int) -> Figures:
    """Let smtp-source send; raises Void when the sink has counted something else."""
    told = send(pair, server=sink.address, message=str(message), count=count)
    return _seen(sink, "smtp-source", Figures(count, told))


def elsewhere(sink: Sink, name: str, count: int, pair: Postfix, **options: str | int) -> Figures:
    """Let another program send to a server that does not count."""
    before = sink.cpu()
    if name == "smtp-source":
        told = send(pair, server=sink.address, message=str(options["message"]), count=count)
    else:
        told = contend(name, {}, server=sink.address, count=count, **options)
    return _with(Figures(count, told), server=sink.cpu() - before)


def _seen(sink: Server, name: str, run: Figures) -> Figures:
    seen = sink.report()
    if seen["count"] != run.count or seen["faulty"]:
        raise Void(f"{name}: {run.count} messages, {seen} seen")
    return _with(run, server=seen["cpu"])


def _with(run: Figures, **also: Any) -> Figures:
    return Figures(run.count, {**run.told, **also})
