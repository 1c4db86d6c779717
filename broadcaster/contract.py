"""What a channel promises to the core, and what the core lends to a channel.

A channel takes a batch of envelopes and yields, one by one as they happen, what became of each.
Outcomes are values; exceptions are faults:

    ContractError
    ├── InvalidAddress     what `normalise` was given is no address of this channel
    └── Held               no request may leave now

Standard library only: every adapter and every layer of the core imports this module.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID


class ContractError(Exception):
    """Anything a channel or the core raises about the contract itself."""


class InvalidAddress(ContractError):
    """The text is no address of this channel; the message says what was expected."""


class Held(ContractError):
    """No request may leave now; `retry_after` is in seconds, None when only a person can reopen the
    channel.
    """

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("the channel is held back")
        self.retry_after = retry_after


class Secret:
    """A token or password; prints as stars, gives itself up only to `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one place that hands it to the platform."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


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


class Reason(StrEnum):
    """Why a copy was not accepted: the closed set shared by all platforms."""

    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"
    SERVER_ERROR = "server_error"
    CONNECTION = "connection"
    GREYLISTED = "greylisted"
    MAILBOX_FULL = "mailbox_full"
    CREDENTIALS = "credentials"
    NEEDS_PERSON = "needs_person"
    CONTENT = "content"
    TOO_LARGE = "too_large"
    POLICY = "policy"
    BLOCKED = "blocked"
    NO_PERMISSION = "no_permission"
    DEACTIVATED = "deactivated"
    NOT_FOUND = "not_found"
    DESTINATION_LOST = "destination_lost"
    HELD_BACK = "held_back"


class Scope(StrEnum):
    """How far an outcome reaches: this copy alone, or everything the channel would send."""

    COPY = "copy"
    CHANNEL = "channel"


@dataclass(frozen=True)
class Attachment:
    """A file of the announcement; `media_type` is its MIME type, `size` is in bytes, `digest` is
    SHA-256 in hex.
    """

    name: str
    media_type: str
    size: int
    digest: str
    path: Path
    title: str = ""

    @classmethod
    def of(cls, path: Path, media_type: str, *, name: str = "", title: str = "") -> Self:
        """Describe a file on disk; raises OSError when it cannot be read."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(name or path.name, media_type, path.stat().st_size, digest, path, title)

    @property
    def is_photo(self) -> bool:
        """Whether platforms show it as a picture."""
        return self.media_type in {"image/jpeg", "image/png", "image/gif", "image/webp"}

    @cached_property
    def content(self) -> bytes:
        """The bytes, read once and kept as long as this object lives."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: it opens `url`, or tells us `payload` (at most 64 bytes) when
    pressed.
    """

    label: str
    url: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Text with named holes for one person's segments: literals at even places, names of holes at
    odd ones.

    Literals are in the channel's markup already. Segments are escaped for it by whoever fills the
    holes in.
    """

    pieces: tuple[str, ...]

    @classmethod
    def plain(cls, text: str) -> Self:
        """Wording without holes."""
        return cls((text,))

    @property
    def personal(self) -> bool:
        """Whether it differs from person to person."""
        return len(self.pieces) > 1

    def fill(self, segments: Mapping[str, str]) -> str:
        """The text for one person; raises KeyError when a segment is missing."""
        if len(self.pieces) == 1:
            return self.pieces[0]
        return "".join(
            segments[piece] if place % 2 else piece for place, piece in enumerate(self.pieces)
        )


@dataclass(frozen=True, eq=False)
class Content:
    """What many copies share: one object an announcement's revision, channel and kind of place.

    A channel may do once per `Content` what is costly, and knows it by identity. `texts` holds one
    wording per message, each within the channel's limits; with attachments, the first is within
    `max_caption`. `html` is the rich alternative of mail and site. `guid` names the announcement
    for ever; corrections keep it.
    """

    guid: str
    subject: Wording
    texts: tuple[Wording, ...]
    html: Wording | None = None
    attachments: tuple[Attachment, ...] = ()
    buttons: tuple[Button, ...] = ()
    labels: tuple[str, ...] = ()

    @cached_property
    def personal(self) -> bool:
        """Whether any text differs from person to person."""
        wordings = (*self.texts, self.subject)
        return any(w.personal for w in wordings) or (self.html is not None and self.html.personal)


@dataclass(frozen=True, slots=True)
class Part:
    """One message the platform took: `number` counts from 0, `ids` are the platform's own names for
    it.
    """

    number: int
    ids: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One copy to one place; `delivery_id` is the idempotency key, the same for every attempt.

    `segments` fill the holes of `content` and are escaped for the channel's markup. `raw_segments`
    are the same values unescaped, for subjects, plain parts and addresses of pages. `parts_done`
    were accepted earlier and are not sent again. `unsubscribe` is the https page that stops this
    person's copies, where there is one.
    """

    delivery_id: UUID
    address: str
    content: Content
    segments: Mapping[str, str] = field(default_factory=dict)
    raw_segments: Mapping[str, str] = field(default_factory=dict)
    parts_done: tuple[Part, ...] = ()
    unsubscribe: str = ""

    @property
    def subject(self) -> str:
        """The subject or title for this person, as plain text."""
        return self.content.subject.fill(self.raw_segments)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts for this person, one per message, in the channel's markup."""
        return tuple(wording.fill(self.segments) for wording in self.content.texts)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The platform took it. `moved_to` is the place's new address when it was renamed."""

    parts: tuple[Part, ...]
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Deferred:
    """Nothing (more) was sent; later may do. `retry_after` is the platform's own wait in seconds,
    None when it named none. With `scope` CHANNEL every worker waits; CREDENTIALS and NEEDS_PERSON
    wait for a person.
    """

    reason: Reason
    retry_after: float | None = None
    parts: tuple[Part, ...] = ()
    scope: Scope = Scope.COPY
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """This message never; the address stays good. `detail`: the platform's words, no secrets."""

    reason: Reason
    detail: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The address is dead or has shut us out. `detail` is the platform's words without secrets."""

    reason: Reason
    detail: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The request left and the answer was lost. `parts` are those accepted for certain."""

    detail: str = ""
    parts: tuple[Part, ...] = ()


Outcome = Accepted | Deferred | Rejected | Unreachable | Unconfirmed


@dataclass(frozen=True, slots=True)
class Traits:
    """What is always true of a platform; `config/default.yaml` may narrow the numbers, never widen
    them.

    `max_text` and `max_caption` are in characters as the platform counts them (`utf16` says it
    counts UTF-16 units); 0 is "no limit". `repeatable` says that the platform removes doubles of
    one `delivery_id` itself. `batch` is the most copies worth claiming at once. `max_attachment` is
    in bytes.
    """

    markup: Markup
    data_class: DataClass
    capabilities: frozenset[Capability]
    max_text: int = 0
    max_caption: int = 0
    utf16: bool = False
    max_attachment: int = 0
    repeatable: bool = False
    batch: int = 500


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
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> None:
        """Return when the platform's limits allow `requests` more and it is on record that these
        copies leave now.

        `place` counts against the per-place limit as well (a Telegram group's 20 a minute). Pass no
        envelopes for an upload. Raises Held when the channel is held back; then nothing may be
        sent.
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
        """Yield each envelope of the batch exactly once with its outcome, as it becomes known."""

    async def check(self) -> Health:
        """Ask the platform who we are; never raises for a refusal, never sends anything to a
        person.
        """


def held(pause: Held, parts: tuple[Part, ...] = ()) -> Deferred:
    """The outcome of a copy that met a shut turnstile."""
    return Deferred(Reason.HELD_BACK, pause.retry_after, parts, Scope.CHANNEL)


async def each(
    batch: Sequence[Envelope],
    deliver: Callable[[Envelope], Awaitable[Outcome]],
    *,
    concurrency: int,
) -> AsyncIterator[tuple[Envelope, Outcome]]:
    """Deliver a batch copy by copy, `concurrency` at once, and yield outcomes in the order they
    come.

    A shut turnstile becomes `held`; what `deliver` raises otherwise is a fault and ends the
    iteration.
    """
    waiting = iter(batch)
    running: set[asyncio.Task[tuple[Envelope, Outcome]]] = set()

    async def one(envelope: Envelope) -> tuple[Envelope, Outcome]:
        try:
            return envelope, await deliver(envelope)
        except Held as pause:
            return envelope, held(pause, envelope.parts_done)

    try:
        while True:
            while len(running) < concurrency and (envelope := next(waiting, None)) is not None:
                running.add(asyncio.create_task(one(envelope)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
