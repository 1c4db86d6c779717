"""E-mail to a server whose answers take 20 ms, as from far away."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial

from benchmarks.aims import at_least
from benchmarks.children import serving
from benchmarks.figures import Contender, by_turns, rounds_of
from benchmarks.letters import drained, peer, posting
from benchmarks.plan import Plan
from benchmarks.ratios import Spread, paired
from benchmarks.table import Table

OURS, BARE = "Broadcaster, SQLite", "bare aiosmtplib"
CONNECTIONS, DELAY = 8, 20


def measure(plan: Plan) -> list[Table]:
    """One table."""
    with ExitStack() as stack:
        sink = stack.enter_context(serving("sink", f"{DELAY}"))
        home = stack.enter_context(posting(sink.address, {"far": plan.far, "few": CONNECTIONS}))
        sample = home.home / "sample.eml"
        drained(home, sink, "few", CONNECTIONS, sample)  # for the sample, and to warm up
        bare = {"server": sink.address, "message": str(sample), "loop": "asyncio"}
        contenders: dict[str, Contender] = {
            OURS: partial(drained, home, sink, "far", plan.far, sample),
            BARE: partial(peer, "bare", sink, plan.far // 6, connections=CONNECTIONS, **bare),
        }
        rounds = by_turns(contenders, least=1, most=plan.rounds, until=plan.until)
    rates = {name: [run.rate for run in runs] for name, runs in rounds.items()}
    ratio = paired(rates[OURS], rates[BARE])
    rows = [
        (name, str(paired(found, rates[BARE])), f"{Spread.of(found).median:,.0f}")
        for name, found in rates.items()
    ]
    aim = at_least(
        f"e-mail to a server with {DELAY} ms reply delay",
        f"bare aiosmtplib loop, {CONNECTIONS} connections",
        3.5,
        ratio,
    )
    how = (
        f"{rounds_of(rounds[OURS])}; ours {plan.far:,} personal deliveries, theirs"
        f" {plan.far // 6:,};"
        f" {CONNECTIONS} connections each. Every answer leaves {DELAY} ms after what it answers has"
        " come; the server offers PIPELINING, of which aiosmtplib makes no use. The opening of the"
        " connections is timed with both."
    )
    header = ("", f"× {BARE}", "a second")
    return [Table("E-mail: a server far away", header, rows, [how], [aim])]
