"""What became of a copy; expected outcomes are values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from broadcaster.contract.faults import Held
from broadcaster.contract.messages import Part


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


def held(pause: Held, parts: tuple[Part, ...] = ()) -> Deferred:
    """The outcome of a copy that met a shut turnstile."""
    scope = Scope.COPY if pause.place else Scope.CHANNEL
    return Deferred(Reason.HELD_BACK, pause.retry_after, parts, scope)
