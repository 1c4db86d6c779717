"""What everything costs while nothing happens: memory and processor of all its processes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.aims import at_most
from benchmarks.children import serving
from benchmarks.installation import SCHOOL, Installation, installed
from benchmarks.plan import Plan
from benchmarks.ratios import Spread
from benchmarks.served import served
from benchmarks.stopwatch import spent
from benchmarks.table import Table

MEMORY_AIM, CPU_AIM = 300.0, 2.0
"""Megabytes of all processes together; percent of one core."""
CHANNELS = """\
  email: {{enabled: true, host: {host}, port: {port}, security: none, sender: a@school.example}}
  telegram: {{enabled: true, base_url: "http://127.0.0.1:9"}}
  vk: {{enabled: true, group_id: 777, base_url: "http://127.0.0.1:9"}}
  site: {{enabled: true}}
"""
FAMILIES = 20
REST, LONG, SHORT, TIMES = 5.0, 10.0, 3.0, 3
"""Seconds after the last copy; seconds of one look in a whole run and in a first one; looks."""
PROC = Path("/proc")
MODULE = 2
"""The word of `python -m MODULE` that tells what a process is."""


def measure(plan: Plan) -> list[Table]:
    """After a page was asked for and an announcement was sent, so that all is loaded."""
    with serving("sink") as sink, installed("email", {}) as installation:
        _write(installation, sink.address)
        installation.run("enrol", families=[("all", "email", "parent{}@x.example", FAMILIES)])
        with served(installation) as system:
            installation.run("ringing", group="all", times=1)
            time.sleep(REST)
            looks = [_look(system.pid, SHORT if plan.quick else LONG) for _ in range(TIMES)]
            parts = {pid: _part(pid) for pid in _family(system.pid)}
            memory = {pid: _memory(pid) for pid in parts}
    cpu = Spread.of(100 * sum(look.values()) for look in looks)
    whole = Spread.of([sum(memory.values())])
    rows = [
        (part, f"{memory[pid]:.0f}", f"{100 * sum(look.get(pid, 0) for look in looks) / TIMES:.2f}")
        for pid, part in parts.items()
    ]
    rows.append(("everything", f"{whole.median:.0f}", f"{cpu.median:.2f}"))
    how = (
        "`broadcaster serve` with all four channels on, SQLite and the embedded broker, after a"
        f" page was shown and {FAMILIES} copies were sent. Memory is PSS, shared pages counted"
        " once over the processes that share them; processor time is taken over"
        f" {TIMES} × {SHORT if plan.quick else LONG:.0f} s of silence."
    )
    against = "nothing happens, all channels on"
    aims = [
        at_most("idle, everything started: memory", against, MEMORY_AIM, whole, " MB", digits=0),
        at_most("idle, everything started: processor", against, CPU_AIM, cpu, " % of a core"),
    ]
    header = ("process", "PSS, MB", "% of a core*")
    return [Table("Idle", header, rows, [how], aims)]


def _write(installation: Installation, address: str) -> None:
    host, _, port = address.rpartition(":")
    text = SCHOOL + CHANNELS.format(host=host, port=port)
    (installation.home / "school.yaml").write_text(text, encoding="utf-8")


def _look(pid: int, seconds: float) -> dict[int, float]:
    """The share of a core that each process of a family uses for so many seconds."""
    before, began = {one: spent(one) for one in _family(pid)}, time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - began
    return {one: (spent(one) - used) / took for one, used in before.items()}


def _family(pid: int) -> Iterator[int]:
    """A process and all that it has started."""
    yield pid
    for task in (PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _family(int(child))


def _memory(pid: int) -> float:
    """Megabytes of a process, what it shares divided among those who share it."""
    lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    (size,) = (line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(size) / 1024


def _part(pid: int) -> str:
    """What a process is: the module it runs."""
    words = (PROC / str(pid) / "cmdline").read_text().split("\0")
    return words[MODULE] if words[1:MODULE] == ["-m"] else " ".join(words[:MODULE])
