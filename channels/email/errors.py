"""What a refusal of an SMTP server means for a copy: one table, the first row that fits decides.

Sources: RFC 5321 §4.2, RFC 3463 (x.y.z status codes), the bulk senders' pages of Yandex, Mail.ru
and Gmail, and what servers are seen to say: Yandex «550 5.7.1 No such user!», Mail.ru no status at
all, Rspamd «Ratelimit … exceeded». A 4yz or 5yz reply says little by itself; servers differ in
everything but the few codes and words below, so that an address is closed only by those that speak
of the mailbox and of nothing else.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass, replace
from enum import Enum, auto

import aiosmtplib

from broadcaster.contract import (
    Deferred,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from channels.email.replies import Reply

MINUTE, HOUR = 60.0, 3600.0
RATE_WAIT = MINUTE
GREYLIST_WAIT = 5 * MINUTE
"""Greylists let a second attempt through after 5 to 15 minutes."""
FULL_WAIT = 4 * HOUR
QUOTA_WAIT = 24 * HOUR
"""Yandex blocks a mailbox for a day, and for longer when it keeps trying."""
CONNECT_WAIT = 30.0
DETAIL = 300
"""Characters of the server's words that are kept."""


class Phase(Enum):
    """How far a transaction had come when the server refused."""

    CONNECT = auto()
    LOGIN = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()


OPENING = frozenset({Phase.CONNECT, Phase.LOGIN})
SENDER = frozenset({Phase.MAIL})
RECIPIENT = frozenset({Phase.RCPT, Phase.DATA})
ANY = frozenset(Phase)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the patterns of code, status and words all fit, in one of the phases."""

    phases: frozenset[Phase]
    code: str
    status: str
    words: str
    outcome: Deferred | Rejected | Unreachable

    def fits(self, phase: Phase, code: str, status: str, words: str) -> bool:
        """Whether the row speaks of this reply."""
        return (
            phase in self.phases
            and re.fullmatch(self.code, code) is not None
            and re.match(self.status, status) is not None
            and re.search(self.words, words) is not None
        )


RATE = Deferred(Reason.RATE_LIMITED, RATE_WAIT, scope=Scope.CHANNEL)
QUOTA = Deferred(Reason.QUOTA, QUOTA_WAIT, scope=Scope.CHANNEL)
CREDENTIALS = Deferred(Reason.CREDENTIALS, scope=Scope.CHANNEL)
NEEDS_PERSON = Deferred(Reason.NEEDS_PERSON, scope=Scope.CHANNEL)
SERVER_DOWN = Deferred(Reason.SERVER_ERROR, CONNECT_WAIT, scope=Scope.CHANNEL)
SERVER_ERROR = Deferred(Reason.SERVER_ERROR)
CONNECTION_LOST = Deferred(
    Reason.CONNECTION, detail="the connection was lost before the message had left"
)
UNUSABLE = Deferred(
    Reason.CONNECTION,
    CONNECT_WAIT,
    scope=Scope.CHANNEL,
    detail="the server ends every connection before it takes a message",
)
IN_DOUBT = Unconfirmed("the connection was lost after the message, before its answer")
MAILBOX_FULL = Deferred(Reason.MAILBOX_FULL, FULL_WAIT)
GREYLISTED = Deferred(Reason.GREYLISTED, GREYLIST_WAIT)
TOO_LARGE = Rejected(Reason.TOO_LARGE)
POLICY = Rejected(Reason.POLICY)
CONTENT = Rejected(Reason.CONTENT)
NOT_FOUND = Unreachable(Reason.NOT_FOUND)
DEACTIVATED = Unreachable(Reason.DEACTIVATED)

RULES = (
    Rule(ANY, "530|534|535|538", "", "", CREDENTIALS),
    Rule(ANY, "[45]..", "", "daily|sending (limit|quota)|messages per day", QUOTA),
    Rule(ANY, "5..", r"5\.4\.5$", "", QUOTA),
    Rule(RECIPIENT, "4..", r"4\.2\.[01]$", "", GREYLISTED),
    Rule(ANY, "4..", "", "too (many|much mail|quick|fast)|rate[- ]?limit|throttl|slow down", RATE),
    Rule(ANY, "5..", "", "sending for this account is disabled", NEEDS_PERSON),
    Rule(frozenset({Phase.LOGIN}), "5..", "", "", CREDENTIALS),
    Rule(OPENING, "5..", "", "", NEEDS_PERSON),
    Rule(OPENING, "4..", "", "", SERVER_DOWN),
    Rule(ANY, "421", "", "", SERVER_ERROR),
    Rule(ANY, "5..", r"5\.(3\.4|2\.3)$", "", TOO_LARGE),
    Rule(RECIPIENT, "[45]..", r"[45]\.2\.2$", "", MAILBOX_FULL),
    Rule(
        RECIPIENT, "[45]..", "", "mailbox ((is )?full|size)|over quota|quota exceeded", MAILBOX_FULL
    ),
    Rule(ANY, "5..", "", "size|too (large|big|much mail data)", TOO_LARGE),
    Rule(RECIPIENT, "552", "", "", MAILBOX_FULL),
    Rule(RECIPIENT, "5..", r"5\.1\.[78]$", "", NEEDS_PERSON),
    Rule(RECIPIENT, "5..", "", "sender (address )?(rejected|denied)|not owned by", NEEDS_PERSON),
    Rule(SENDER, "5..", "", "", NEEDS_PERSON),
    Rule(RECIPIENT, "5..", r"5\.1\.\d+$", "", NOT_FOUND),
    Rule(RECIPIENT, "55[013]", "", "(no such|unknown) user|user (unknown|not found)", NOT_FOUND),
    Rule(RECIPIENT, "5..", r"5\.2\.1$", "", DEACTIVATED),
    Rule(RECIPIENT, "5..", r"5\.7\.\d+$", "", POLICY),
    Rule(RECIPIENT, "5..", "", "spam|polic|blocked|black ?list|blocklist|spf|dkim|dmarc", POLICY),
    Rule(RECIPIENT, "5..", "", "", CONTENT),
    Rule(ANY, "45[24]", "", "", SERVER_ERROR),
    Rule(ANY, "4..", r"4\.[345]\.\d+$", "", SERVER_ERROR),
    Rule(ANY, "4..", "", "", GREYLISTED),
)
STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


def classify(phase: Phase, reply: Reply) -> Outcome:
    """The outcome of a refusal; a reply that is none in this place counts as a server's error."""
    found = STATUS.match(reply.text)
    status, words = found[0] if found else "", without_addresses(reply.text.lower())
    for rule in RULES:
        if rule.fits(phase, str(reply.code), status, words):
            return replace(rule.outcome, detail=str(reply)[:DETAIL])
    return replace(SERVER_ERROR, detail=str(reply)[:DETAIL])


def classify_opening(error: Exception) -> Deferred:
    """The outcome of a connection that could not be opened, for all copies of the channel."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            outcome = classify(Phase.LOGIN, Reply(error.code, error.message))
        case aiosmtplib.SMTPSenderRefused():
            outcome = classify(Phase.MAIL, Reply(error.code, error.message))
        case aiosmtplib.SMTPResponseException():
            outcome = classify(Phase.CONNECT, Reply(error.code, error.message))
        case OSError() if untrusted(error):
            outcome = replace(NEEDS_PERSON, detail="the server's certificate is not trusted")
        case OSError():
            outcome = Deferred(Reason.CONNECTION, CONNECT_WAIT, detail=reason_of(error))
        case _:
            outcome = replace(NEEDS_PERSON, detail=reason_of(error))
    if not isinstance(outcome, Deferred):
        outcome = replace(NEEDS_PERSON, detail=reason_of(error))
    return replace(outcome, scope=Scope.CHANNEL)


def untrusted(error: BaseException) -> bool:
    """Whether the server's certificate is the trouble."""
    cause = error.__cause__ or error
    return isinstance(cause, ssl.SSLCertVerificationError)


def reason_of(error: Exception) -> str:
    """The library's words, which name the server and the port and no secret."""
    return str(error)[:DETAIL] or type(error).__name__


def without_addresses(text: str) -> str:
    """The server's own words: of `daily@mail.ru`, which it repeats, it says nothing of a limit."""
    return " ".join(word for word in text.split() if "@" not in word)
