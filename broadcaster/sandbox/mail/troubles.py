"""What a mail server answers when something is wrong, by fault and its `detail`."""

from __future__ import annotations

from collections.abc import Mapping

from broadcaster.sandbox.faults import Fault, FaultKind

AT_LOGIN = AT_SENDER = frozenset({FaultKind.BAD_TOKEN})
AT_RECIPIENT = frozenset({FaultKind.RATE_LIMIT, FaultKind.BLOCKED, FaultKind.GONE, FaultKind.DEFER})
AT_MESSAGE = frozenset(
    {
        FaultKind.SERVER_ERROR,
        FaultKind.CONTENT,
        FaultKind.SLOW,
        FaultKind.DROP,
        FaultKind.CUT,
        FaultKind.GARBAGE,
    }
)
"""Where in a transaction each kind can happen; MIGRATED and LOST cannot in mail."""

GARBAGE: Mapping[str, bytes] = {
    "": b"\xff\xfeHTTP/1.1 200 OK",
    "long": b"250-" + b"x" * 100_000,
    "nul": b"2\x0050 2.0.0 Ok",
    "empty": b"",
}
"""What stands in place of the reply to a message, by `detail`; a line end comes behind it."""

LOGIN_FIRST = "530 5.7.0 Authentication required"
REPLIES: Mapping[FaultKind, Mapping[str, str]] = {
    FaultKind.RATE_LIMIT: {
        "": "450 4.7.1 Too many messages, slow down",
        "421": "421 4.7.0 Too many messages from your address",
    },
    FaultKind.SERVER_ERROR: {
        "": "451 4.3.0 Local error in processing",
        "421": "421 4.3.2 Service shutting down",
    },
    FaultKind.BLOCKED: {
        "": "550 5.2.1 The mailbox does not accept messages",
        "policy": "550 5.7.1 Message rejected by policy",
    },
    FaultKind.GONE: {
        "": "550 5.1.1 No such user here",
        "plain": "550 No such user here",
        "vague": "550 Requested action not taken: mailbox unavailable",
    },
    FaultKind.DEFER: {
        "": "451 4.7.1 Greylisted, come back later",
        "full": "452 4.2.2 Mailbox full",
        "over": "552 5.2.2 The account is over quota",
        "quota": "550 5.4.5 Daily sending limit exceeded",
    },
    FaultKind.CONTENT: {
        "": "554 5.6.0 The message cannot be accepted",
        "spam": "554 5.7.1 Message rejected under suspicion of spam",
        "large": "552 5.3.4 Message too big",
    },
    FaultKind.BAD_TOKEN: {"": LOGIN_FIRST},
}


def refusal(fault: Fault) -> str | None:
    """The reply with which the server refuses; None where the fault is no refusal.

    Raises KeyError for a `detail` that mail does not know.
    """
    replies = REPLIES.get(fault.kind)
    return None if replies is None else replies[fault.detail]
