"""The e-mail channel against a bare aiosmtplib loop, in one run against one sink.

    python -m benchmarks.email_rate [messages] [rounds]

Both use 8 connections and uvloop. The channel writes a personal text and HTML for every copy; the
bare loop sends bytes that were prepared beforehand, which is the most that aiosmtplib can do.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import uuid4

import aiosmtplib
import uvloop

from benchmarks.email_sink import sink
from broadcaster.contract import Accepted, Attachment, Content, Envelope, Wording
from channels.email import Email, EmailConfig, Security
from channels.email.mime import Letter

CONNECTIONS = 8
SENTENCE = "Завтра утренник, приходите к девяти, нужна сменная обувь. "


class FreePassage:
    """A turnstile that costs nothing."""

    async def __call__(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> None:
        """Let everything through."""

    def hold(self, retry_after: float) -> None:
        """Nobody asks us to wait here."""
        raise AssertionError(retry_after)


class NoUploads:
    """Mail uploads nothing."""

    async def recall(self, attachment: Attachment, kind: str) -> str | None: ...
    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None: ...
    async def forget(self, attachment: Attachment, kind: str) -> None: ...


def envelopes(count: int) -> list[Envelope]:
    """Personal copies of some 4 KB on the wire."""
    text = Wording(("Здравствуйте, ", "name", "!\n\n" + SENTENCE * 12))
    html = Wording(("<p>Здравствуйте, <b>", "name", "</b>!</p><p>" + SENTENCE * 13 + "</p>"))
    content = Content("guid", Wording.plain("Утренник в пятницу"), (text,), html)
    return [
        Envelope(
            uuid4(),
            f"parent{number}@mail.example",
            content,
            {"name": f"Анна {number}"},
            {"name": f"Анна {number}"},
            unsubscribe=f"https://school5.example/u/{number}",
        )
        for number in range(count)
    ]


def config(port: int) -> EmailConfig:
    """The account both sides use."""
    return EmailConfig(
        host="127.0.0.1",
        port=port,
        security=Security.NONE,
        sender="news@school5.example",
        connections=CONNECTIONS,
        messages_per_connection=1_000_000,
    )


async def by_channel(port: int, copies: Sequence[Envelope]) -> int:
    """Send through the channel in batches as the dispatcher does; returns how many were taken."""
    taken = 0
    size = Email.traits.batch
    async with Email(config(port), turnstile=FreePassage(), uploads=NoUploads()) as channel:
        for start in range(0, len(copies), size):
            async for _, outcome in channel.send(copies[start : start + size]):
                taken += isinstance(outcome, Accepted)
    return taken


async def by_aiosmtplib(port: int, copies: Sequence[Envelope]) -> int:
    """Send prepared bytes with `sendmail` over as many connections; returns how many were taken."""
    letter = Letter(copies[0].content, config(port))
    raw = b"".join(letter.write(copies[0], b"Date: Sat, 21 Nov 2026 09:00:00 +0300\r\n").chunks)
    waiting = iter(copies)

    async def lane() -> int:
        taken = 0
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
            for envelope in waiting:
                refused, _ = await client.sendmail("news@school5.example", envelope.address, raw)
                taken += not refused
        return taken

    return sum(await asyncio.gather(*(lane() for _ in range(CONNECTIONS))))


@dataclass(frozen=True, slots=True)
class Rate:
    """Messages a second and CPU seconds for a thousand messages, in this process."""

    per_second: float
    cpu: float


def measured(
    way: Callable[[int, Sequence[Envelope]], Awaitable[int]], port: int, copies: list[Envelope]
) -> Rate:
    """Run one way once and check that nothing was lost."""

    async def whole() -> int:
        return await way(port, copies)

    wall, cpu = time.perf_counter(), time.process_time()
    taken = uvloop.run(whole())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert taken == len(copies), f"{taken} of {len(copies)}"
    return Rate(len(copies) / wall, cpu / len(copies) * 1000)


def compare(messages: int, rounds: int) -> list[tuple[Rate, Rate]]:
    """Channel and bare loop by turns, `rounds` times; the sink has counted every message."""
    copies = envelopes(messages)
    with sink() as target:
        pairs = [
            (
                measured(by_channel, target.port, copies),
                measured(by_aiosmtplib, target.port, copies),
            )
            for _ in range(rounds)
        ]
        assert target.count() == 2 * rounds * messages
    return pairs


def main() -> None:
    """Print medians and the ratio of the paired rates."""
    messages, rounds = (*map(int, sys.argv[1:]), *(10_000, 5)[len(sys.argv) - 1 :])
    pairs = compare(messages, rounds)
    for name, rates in zip(("channel", "aiosmtplib"), zip(*pairs, strict=True), strict=True):
        speed = statistics.median(rate.per_second for rate in rates)
        cpu = statistics.median(rate.cpu for rate in rates)
        print(f"{name:<12}{speed:>9,.0f} msg/s{cpu:>9.3f} CPU s/1000")
    ratios = sorted(ours.per_second / theirs.per_second for ours, theirs in pairs)
    print(f"ratio {statistics.median(ratios):.2f} [{ratios[0]:.2f}–{ratios[-1]:.2f}]")


if __name__ == "__main__":
    main()
