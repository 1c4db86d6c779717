"""One channel as the shared suite sees it; a `rows_<channel>.py` beside this file has a `row`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from broadcaster.contract import Channel, Outcome, Reason, Scope, Turnstile, Uploads
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.phone import Platform


class Ability(StrEnum):
    """What the suite asks of a platform besides its faults; a row may declare one absent."""

    CONNECTION = "connection"
    """It is reached over a connection, which can be refused."""
    CREDENTIALS = "credentials"
    """It asks who we are; BAD_TOKEN makes `check` say so."""
    PARTS = "parts"
    """Two texts are two messages."""
    QUESTION = "question"
    """It can be asked whether it is at work, and is, before a first message."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One fault of the platform and what the channel makes of it.

    `retry_after` is the exact wait of the outcome in seconds; `holds` says that the turnstile is
    shut with it. `arrives` says that the platform has stored the message all the same. `address` is
    where it is sent, the row's own by default; `moved_to` is the new address an Accepted names.
    """

    fault: Fault
    outcome: type[Outcome]
    reason: Reason | None = None
    scope: Scope = Scope.COPY
    retry_after: float | None = None
    holds: bool = False
    arrives: bool = False
    address: str = ""
    moved_to: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, (self.fault.kind, self.fault.detail, self.fault.method)))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One channel, its sandbox platform and what is known of the two.

    `platform` makes a stopped platform on a free port; `channel` makes a channel that speaks to it
    (it runs by then), patient for so many seconds, and configured with every one of `secrets`.
    `address` and `another` are places the platform knows. `spellings` maps what people type to what
    `normalise` makes of it, `junk` is what it refuses; `shared` are those of `spellings` at which
    many people read, on a channel that reaches people too. `max_text` is the longest text as the
    platform counts it (see `Traits.utf16`); where there is no limit, a number worth trying. Every
    FaultKind and Ability stands either in `troubles` or, with the reason why the platform has no
    such thing, in `absent`.
    """

    name: str
    platform: Callable[[], Platform]
    channel: Callable[[Platform, Turnstile, Uploads, float], Channel]
    address: str
    another: str
    max_text: int
    secrets: tuple[str, ...]
    spellings: Mapping[str, str]
    junk: tuple[str, ...]
    shared: frozenset[str] = frozenset()
    troubles: tuple[Trouble, ...]
    absent: Mapping[FaultKind | Ability, str]

    def __str__(self) -> str:
        return self.name

    def can(self, ability: Ability) -> bool:
        """Whether the platform has it."""
        return ability not in self.absent
