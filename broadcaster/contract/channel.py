"""What a channel promises to the core, and what the core lends to a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import inf
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from broadcaster.contract.messages import Attachment, Envelope
from broadcaster.contract.outcomes import Outcome


class DataClass(IntEnum):
    """What a text tells about people, and the most a place may carry; comparable."""

    PUBLIC = 0
    CLOSED = 1
    PERSONAL = 2


class Markup(StrEnum):
    """The language a channel's texts are written in."""

    PLAIN = "plain"
    TELEGRAM = "telegram"
    MAIL = "mail"
    SITE = "site"


class Capability(StrEnum):
    """What a channel can do beyond carrying text; what is missing here is replaced by a link, never
    dropped.
    """

    ATTACHMENTS = "attachments"
    BUTTONS = "buttons"
    ALBUMS = "albums"
    DESTINATIONS = "destinations"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Traits:
    """What is always true of a platform; configuration may narrow the numbers, never widen them.

    `data_class` is the most that a school may ever let it carry.
    `max_text` and `max_caption` are in characters as the platform counts them (`utf16` says it
    counts UTF-16 units); 0 is "no limit". `repeatable` says that the platform removes doubles of
    one `delivery_id` itself. `together` copies fit into one request at most. `batch` is the
    most copies worth claiming at once where no limit says how many requests leave in a second.
    `max_attachment` and `max_photo` are in bytes; a larger photo travels as a file.
    `max_all_attachments` is for all files of a copy together. `refused_types` are the MIME types of
    files that it takes from nobody.
    """

    markup: Markup
    data_class: DataClass
    capabilities: frozenset[Capability]
    max_text: int = 0
    max_caption: int = 0
    utf16: bool = False
    max_attachment: int = 0
    max_photo: int = 0
    max_all_attachments: int = 0
    refused_types: frozenset[str] = frozenset()
    repeatable: bool = False
    together: int = 1
    batch: int = 500

    def carried(self, files: Iterable[Attachment]) -> tuple[Attachment, ...]:
        """The files that a copy takes along, in their order; the others are named in its text."""
        if Capability.ATTACHMENTS not in self.capabilities:
            return ()
        room = self.max_all_attachments or inf
        taken = []
        for file in files:
            if self._takes(file) and file.size <= room:
                taken.append(file)
                room -= file.size
        return tuple(taken)

    def _takes(self, file: Attachment) -> bool:
        fits = not self.max_attachment or file.size <= self.max_attachment
        return fits and file.media_type not in self.refused_types


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found: `account` is the bot's, community's or mailbox's name, `problem` what to
    do when not ok.
    """

    ok: bool
    account: str = ""
    problem: str = ""


class Turnstile(Protocol):
    """The core's gate in front of every request that carries copies."""

    async def __call__(
        self,
        envelopes: Sequence[Envelope],
        *,
        place: str = "",
        requests: int = 1,
        ahead: bool = False,
    ) -> None:
        """Return when the platform's limits allow `requests` more and it is on record that these
        copies leave now.

        `place` counts against the per-place limit as well (a Telegram group's 20 a minute). Pass no
        envelopes for an upload. With `ahead` they leave later, and `leaves` is to be told. Raises
        Held when the channel, or the place, is held back; then nothing may be sent.
        """

    def leaves(self, envelopes: Iterable[Envelope]) -> None:
        """Say of copies let through `ahead` that they leave now, at the latest before they do.

        Of the others a crash leaves no doubt: they have not left.
        """

    def passing(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> AbstractAsyncContextManager[None]:
        """The same around the request and its answer: `async with turnstile.passing([one]): …`.

        Better than a call wherever a platform counts seconds: an answer tells when the request has
        arrived at the latest, so more of the limit can be used and still nothing is refused.
        """

    def hold(self, retry_after: float) -> None:
        """Shut at once for every task of this process; the outcome that is yielded tells the other
        workers.
        """


class Uploads(Protocol):
    """What has been uploaded already and may be sent again by its handle; shared by all workers."""

    async def recall(self, attachment: Attachment, kind: str) -> str | None:
        """The platform's handle of this file uploaded as `kind`, None when there is none yet."""

    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None:
        """Remember a handle for the next recipients and workers."""

    async def forget(self, attachment: Attachment, kind: str) -> None:
        """Drop a handle the platform no longer accepts."""


class Channel(Protocol):
    """An adapter to one platform. Modules in `channels/` name theirs `adapter`.

    `Config` is a frozen dataclass: the channel's own block of YAML. The constructor does no I/O;
    `__aenter__` opens what is costly once; a channel lives in one event loop.
    """

    name: ClassVar[str]
    traits: ClassVar[Traits]
    Config: ClassVar[type[Any]]

    def __init__(self, config: Any, *, turnstile: Turnstile, uploads: Uploads) -> None:
        """Keep the configuration and what the core lends; open nothing."""

    @staticmethod
    def normalise(raw: str) -> str:
        """The one spelling of an address; raises InvalidAddress with what was expected."""

    async def __aenter__(self) -> Self:
        """Open what is costly once."""

    async def __aexit__(self, *failure: object) -> None:
        """Close what was opened."""

    def send(self, batch: Sequence[Envelope]) -> AsyncIterator[tuple[Envelope, Outcome]]:
        """Yield each envelope of the batch exactly once with its outcome, as it becomes known.

        The next batch may be sent while the last outcomes of this one are still to come.
        """

    async def check(self) -> Health:
        """Ask the platform who we are; never raises for a refusal, never sends anything to a
        person.
        """


@runtime_checkable
class Mixed(Protocol):
    """The further face of a channel with addresses of people and of places."""

    @staticmethod
    def is_shared(address: str) -> bool:
        """Whether many people read at this address, which is spelled as `normalise` does.

        Such an address is never taken for one person's own.
        """
