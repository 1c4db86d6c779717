"""What can go wrong between us and VK, and what it means for a copy.

VkError
├── Refused   VK answered HTTP 200 with an error: its code and words
├── Unsent    no connection came about, or VK is not at work: nothing has left
├── Broken    an HTTP status other than success
└── Lost      the request has left and no readable answer came
"""

from __future__ import annotations

from enum import Enum, auto
from typing import assert_never

from broadcaster.contract import (
    REST,
    Deferred,
    Outcome,
    Part,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)

TOO_MANY_A_SECOND = 6
RUNTIME_ERROR = 13
METHOD_QUOTA = 29
NO_POST = 214
UPLOAD_ERROR = 22
STALE_FILES = frozenset({129, 1150, 1153})
"""A photo or document we saved earlier is not there any more, or not for us."""

FAILURES = frozenset({1, 10})
"""VK itself has failed, whatever it was asked."""

PAUSE = 1.0
"""Seconds to wait after error 6: VK counts requests by the second and names no wait."""


class Kind(Enum):
    """What a code of VK asks of us."""

    RETRY = auto()
    AMBIGUOUS = auto()
    QUOTA = auto()
    HUMAN = auto()
    CONFIG = auto()
    GONE = auto()
    UNSUBSCRIBED = auto()
    PLACE_LOST = auto()
    CONTENT = auto()
    EXPIRED = auto()


CODES: dict[Kind, frozenset[int]] = {
    Kind.RETRY: frozenset({1, 6, 10, 32, 43}),
    Kind.AMBIGUOUS: frozenset({36}),
    Kind.QUOTA: frozenset({9, 29, 103, 601, 940, 944, 1105}),
    Kind.HUMAN: frozenset({14, 17, 24, 25, 3300, 3301, 3302, 3303, 3304}),
    Kind.CONFIG: frozenset(
        {2, 3, 4, 5, 7, 8, 11, 15, 16, 20, 21, 23, 27, 28, 33, 34, 35, 38, 42, 101, 250, 253, 711}
        | {912, 943, 1051, 1116, 1117, 2000, 3609, 9999}
    ),
    Kind.GONE: frozenset({18, 37, 39, 113, 936, 3610, 3611}),
    Kind.UNSUBSCRIBED: frozenset({900, 901, 902, 950, 987, 988}),
    Kind.PLACE_LOST: frozenset(
        {40, 125, 203, 210, 214, 917, 922, 925, 927, 932, 935, 945, 946, 983, 985, 1012}
    ),
    Kind.CONTENT: frozenset(
        {12, 13, 22, 100, 104, 105, 114, 118, 121, 129, 220, 222, 251, 252, 910, 911, 913, 914}
        | {921, 962, 969, 1150, 1153}
    ),
    Kind.EXPIRED: frozenset({909, 920, 924, 949}),
}
"""Every code we know, once. A code of none of these is taken for RETRY: nothing was accepted."""

KINDS: dict[int, Kind] = {code: kind for kind, codes in CODES.items() for code in codes}
ABOUT_PLACE = frozenset({Kind.GONE, Kind.UNSUBSCRIBED, Kind.PLACE_LOST})
DEACTIVATED = frozenset({18, 37, 3610})
BLACKLISTED = 900
TOO_LARGE = frozenset({910, 913, 914})


class VkError(Exception):
    """A request that did not succeed; `detail` is VK's or the network's words without secrets."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(VkError):
    """VK answered with an error."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(f"{code} {words}".strip())
        self.code = code

    @property
    def kind(self) -> Kind:
        """What the code asks of us.

        A wall that takes no post may be none of ours or have had enough for a day, under one code;
        only of the second VK says more.
        """
        if self.code == NO_POST and ":" in self.detail:
            return Kind.QUOTA
        return KINDS.get(self.code, Kind.RETRY)

    @property
    def about_place(self) -> bool:
        """Whether it speaks of one recipient, so that another may still be reached."""
        return self.kind in ABOUT_PLACE


class Unsent(VkError):
    """No connection came about, or VK has not answered a mere question: nothing has left.

    `reach` is whether VK itself could not be reached, or the server that takes a copy's files.
    """

    def __init__(self, detail: str, reach: Scope = Scope.CHANNEL) -> None:
        super().__init__(detail)
        self.reach = reach


class Broken(VkError):
    """An HTTP status other than success."""


class Lost(VkError):
    """The request has left and no readable answer came."""


def outcome_of(error: VkError, parts: tuple[Part, ...], *, reach: Scope) -> Outcome:
    """What a failed request means for a copy in it, of which `parts` were accepted earlier.

    `reach` is how far an error of rights goes: all of the channel when the community's own token
    was refused, this copy when it was one recipient or the second token.
    """
    match error:
        case Refused():
            return _refused(error, parts, reach)
        case Unsent():
            wait = REST if error.reach is Scope.CHANNEL else None
            return Deferred(Reason.CONNECTION, wait, parts, error.reach, error.detail)
        case Broken():
            return Deferred(Reason.SERVER_ERROR, parts=parts, detail=error.detail)
        case _:
            return Unconfirmed(error.detail, parts)


def before_sending(outcome: Outcome) -> Outcome:
    """The same outcome for a request that carried no copy yet: there is nothing to be unsure of."""
    if isinstance(outcome, Unconfirmed):
        return Deferred(Reason.CONNECTION, parts=outcome.parts, detail=outcome.detail)
    return outcome


def _refused(error: Refused, parts: tuple[Part, ...], reach: Scope) -> Outcome:
    match error.kind:
        case Kind.RETRY | Kind.QUOTA | Kind.HUMAN | Kind.CONFIG:
            return _deferred(error, parts, reach)
        case Kind.AMBIGUOUS:
            return Unconfirmed(error.detail, parts)
        case Kind.GONE | Kind.UNSUBSCRIBED | Kind.PLACE_LOST:
            return Unreachable(_why_unreachable(error), error.detail, parts)
        case Kind.CONTENT:
            reason = Reason.TOO_LARGE if error.code in TOO_LARGE else Reason.CONTENT
            return Rejected(reason, error.detail, parts)
        case Kind.EXPIRED:
            return Rejected(Reason.POLICY, error.detail, parts)
        case _:
            assert_never(error.kind)


def _deferred(error: Refused, parts: tuple[Part, ...], reach: Scope) -> Deferred:
    if error.code == TOO_MANY_A_SECOND:
        return Deferred(Reason.RATE_LIMITED, PAUSE, parts, Scope.CHANNEL, error.detail)
    if error.kind is Kind.QUOTA:
        scope = Scope.CHANNEL if error.code == METHOD_QUOTA else Scope.COPY
        return Deferred(Reason.QUOTA, None, parts, scope, error.detail)
    if error.kind is Kind.RETRY:
        return Deferred(Reason.SERVER_ERROR, None, parts, Scope.COPY, error.detail)
    reason = Reason.NEEDS_PERSON if error.kind is Kind.HUMAN else Reason.CREDENTIALS
    return Deferred(reason, None, parts, reach, error.detail)


def _why_unreachable(error: Refused) -> Reason:
    if error.kind is Kind.PLACE_LOST:
        return Reason.DESTINATION_LOST
    if error.kind is Kind.GONE:
        return Reason.DEACTIVATED if error.code in DEACTIVATED else Reason.NOT_FOUND
    return Reason.BLOCKED if error.code == BLACKLISTED else Reason.NO_PERMISSION
