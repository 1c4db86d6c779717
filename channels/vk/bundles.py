"""Copies that leave together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from broadcaster.contract import Accepted, Content, Envelope, Outcome, Part

PEERS = 100
"""VK takes at most so many recipients of one text in a request."""

CALLS = 25
"""VK runs at most so many calls in one script."""


@dataclass(slots=True)
class Copy:
    """One envelope on its way; it has an outcome as soon as nothing more can be sent for it."""

    envelope: Envelope
    parts: list[Part] = field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def done(self) -> tuple[Part, ...]:
        """What VK has accepted, in earlier attempts and in this one."""
        known = (*self.envelope.parts_done, *self.parts)
        return tuple(sorted(known, key=lambda part: part.number))

    @property
    def result(self) -> tuple[Envelope, Outcome]:
        """The envelope and what became of it."""
        return self.envelope, self.outcome or Accepted(self.done)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Copies of one content to different addresses, with the same parts still to send."""

    copies: tuple[Copy, ...]

    @property
    def content(self) -> Content:
        """What they share."""
        return self.copies[0].envelope.content

    @property
    def sent(self) -> frozenset[int]:
        """The numbers of the parts that were accepted in earlier attempts."""
        return frozenset(part.number for part in self.copies[0].envelope.parts_done)

    @property
    def waiting(self) -> list[Copy]:
        """Those for which the next part can be sent."""
        return [copy for copy in self.copies if copy.outcome is None]


def bundles(batch: Sequence[Envelope]) -> Iterator[Bundle]:
    """Every envelope of the batch, in as few bundles as VK's requests allow."""
    alike: dict[tuple[int, frozenset[int]], list[Envelope]] = {}
    for envelope in batch:
        sent = frozenset(part.number for part in envelope.parts_done)
        alike.setdefault((id(envelope.content), sent), []).append(envelope)
    for envelopes in alike.values():
        yield from _distinct(envelopes, CALLS if envelopes[0].content.personal else PEERS)


def _distinct(envelopes: Sequence[Envelope], size: int) -> Iterator[Bundle]:
    """No address twice in a bundle: VK answers by address."""
    while envelopes:
        taken: dict[str, Copy] = {}
        left: list[Envelope] = []
        for envelope in envelopes:
            if len(taken) < size and envelope.address not in taken:
                taken[envelope.address] = Copy(envelope)
            else:
                left.append(envelope)
        yield Bundle(tuple(taken.values()))
        envelopes = left
