"""What servers really say, and what it means for the copy, the address and the channel."""

from __future__ import annotations

import ssl

import aiosmtplib
import pytest

from broadcaster.contract import (
    Deferred,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Unconfirmed,
    Unreachable,
)
from channels.email.errors import DETAIL, RULES, Phase, classify, classify_opening
from channels.email.replies import Reply

RECIPIENT = {
    "450 4.2.0 <a@b.c>: Recipient address rejected: Greylisted": (Deferred, Reason.GREYLISTED),
    "451 4.7.1 Please try again later": (Deferred, Reason.GREYLISTED),
    "450 4.2.1 The user you are trying to contact is receiving mail too quickly": (
        Deferred,
        Reason.GREYLISTED,
    ),
    "452 4.2.2 Mailbox full": (Deferred, Reason.MAILBOX_FULL),
    "552 5.2.2 The email account that you tried to reach is over quota": (
        Deferred,
        Reason.MAILBOX_FULL,
    ),
    "552 5.2.2 mailbox size limit exceeded": (Deferred, Reason.MAILBOX_FULL),
    "552 Mailbox size limit exceeded": (Deferred, Reason.MAILBOX_FULL),
    "552 Requested mail action aborted: exceeded storage allocation": (
        Deferred,
        Reason.MAILBOX_FULL,
    ),
    "452 4.3.1 Insufficient system storage": (Deferred, Reason.SERVER_ERROR),
    "451 4.4.1 No answer from host": (Deferred, Reason.SERVER_ERROR),
    "452 4.4.5 Mail system congestion": (Deferred, Reason.SERVER_ERROR),
    "421 4.3.2 Service shutting down": (Deferred, Reason.SERVER_ERROR),
    "550 5.1.1 <a@b.c>: Recipient address rejected: User unknown": (
        Unreachable,
        Reason.NOT_FOUND,
    ),
    "550 5.1.2 Domain not found": (Unreachable, Reason.NOT_FOUND),
    "553 5.1.3 Bad address syntax": (Unreachable, Reason.NOT_FOUND),
    "556 5.1.10 Domain does not accept mail": (Unreachable, Reason.NOT_FOUND),
    "550 No such user here": (Unreachable, Reason.NOT_FOUND),
    "550 5.7.1 No such user!": (Unreachable, Reason.NOT_FOUND),
    "550 Message was not accepted -- invalid mailbox.  Local mailbox a@mail.ru is unavailable:"
    " user not found": (Unreachable, Reason.NOT_FOUND),
    "550 5.2.1 The email account that you tried to reach is disabled": (
        Unreachable,
        Reason.DEACTIVATED,
    ),
    "550 5.7.1 Message rejected as spam by Content Filtering": (Rejected, Reason.POLICY),
    "554 5.7.1 [2] Message rejected under suspicion of SPAM": (Rejected, Reason.POLICY),
    "550 spam message rejected": (Rejected, Reason.POLICY),
    "550 5.7.26 This message does not pass SPF and DKIM checks": (Rejected, Reason.POLICY),
    "550 Requested action not taken: mailbox unavailable": (Rejected, Reason.CONTENT),
    "554 Transaction failed": (Rejected, Reason.CONTENT),
    "554 5.6.0 Message content is not acceptable": (Rejected, Reason.CONTENT),
    "552 5.3.4 Message size exceeds fixed limit": (Rejected, Reason.TOO_LARGE),
    "552 Error: Too much mail data": (Rejected, Reason.TOO_LARGE),
    "523 5.2.3 Message length exceeds limit": (Rejected, Reason.TOO_LARGE),
}
WHOLE_CHANNEL = {
    "450 4.7.1 Too many messages, slow down": (Reason.RATE_LIMITED, 60.0),
    '451 4.7.1 Ratelimit "school" exceeded': (Reason.RATE_LIMITED, 60.0),
    "450 4.7.1 Error: too much mail from 192.0.2.1": (Reason.RATE_LIMITED, 60.0),
    "550 Message was not accepted -- invalid mailbox.  Local mailbox school@mail.ru is unavailable:"
    " message sending for this account is disabled": (Reason.NEEDS_PERSON, None),
    "421 4.7.28 Our system has detected an unusual rate limit": (Reason.RATE_LIMITED, 60.0),
    "550 5.4.5 Daily user sending limit exceeded": (Reason.QUOTA, 86400.0),
    "550 5.4.5 Limit exceeded": (Reason.QUOTA, 86400.0),
    "530 5.7.0 Authentication required": (Reason.CREDENTIALS, None),
    "535 5.7.8 Authentication failed": (Reason.CREDENTIALS, None),
    "550 5.1.8 Sender address rejected: Domain not found": (Reason.NEEDS_PERSON, None),
    "553 5.7.1 Sender address rejected: not owned by auth user": (Reason.NEEDS_PERSON, None),
    "550 5.1.0 Sender rejected: User unknown in virtual mailbox table": (
        Reason.NEEDS_PERSON,
        None,
    ),
}


def reply(text: str) -> Reply:
    code, _, words = text.partition(" ")
    return Reply(int(code), words)


@pytest.mark.parametrize("said", RECIPIENT)
@pytest.mark.parametrize("phase", [Phase.RCPT, Phase.DATA])
def test_a_refusal_of_one_copy_means(said: str, phase: Phase) -> None:
    outcome = classify(phase, reply(said))
    assert (type(outcome), getattr(outcome, "reason", None)) == RECIPIENT[said]
    assert getattr(outcome, "scope", Scope.COPY) is Scope.COPY


@pytest.mark.parametrize("said", WHOLE_CHANNEL)
def test_a_refusal_of_us_all_means(said: str) -> None:
    outcome = classify(Phase.RCPT, reply(said))
    assert isinstance(outcome, Deferred)
    assert (outcome.reason, outcome.retry_after) == WHOLE_CHANNEL[said]
    assert outcome.scope is Scope.CHANNEL


@pytest.mark.parametrize("code", range(500, 560))
def test_a_bare_refusal_never_closes_an_address(code: int) -> None:
    for words in ("", "Requested action not taken", "5.0.0 Other", "5.5.0 Protocol error"):
        assert not isinstance(classify(Phase.RCPT, Reply(code, words)), Unreachable)


def test_a_refused_sender_waits_for_a_person_and_closes_no_address() -> None:
    for said in ("550 5.1.1 No such user", "554 5.7.1 Client host blocked", "550 No"):
        outcome = classify(Phase.MAIL, reply(said))
        assert isinstance(outcome, Deferred)
        assert (outcome.reason, outcome.scope) == (Reason.NEEDS_PERSON, Scope.CHANNEL)


def test_a_sender_refused_for_the_size_is_about_this_message() -> None:
    outcome = classify(Phase.MAIL, reply("552 5.3.4 Message size exceeds limit"))
    assert isinstance(outcome, Rejected)


@pytest.mark.parametrize("code", [200, 250, 354, 199, 999])
def test_a_reply_that_fits_nowhere_is_a_servers_error(code: int) -> None:
    outcome = classify(Phase.DATA, Reply(code, "?"))
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.SERVER_ERROR


def test_the_servers_words_are_kept_in_bounds() -> None:
    outcome: Outcome = classify(Phase.RCPT, Reply(550, "5.1.1 " + "no " * 1000))
    assert not isinstance(outcome, Unconfirmed)
    assert not hasattr(outcome, "moved_to")
    assert getattr(outcome, "detail", "").startswith("550 5.1.1 no no")
    assert len(getattr(outcome, "detail", "")) == DETAIL


def test_every_rule_is_within_reach() -> None:
    """A row that no reply can reach would be a lie about what we know."""
    said = [*RECIPIENT, *WHOLE_CHANNEL, "450 4.0.0 later", "454 no", "550 5.1.7 x", "550 no"]
    said += ["550 user quota exceeded", "550 5.2.1 x", "421 x"]
    reached = set()
    for phase in Phase:
        for one in map(reply, said):
            status = one.text.split(" ")[0] if one.text[:1].isdigit() else ""
            fitting = (
                number
                for number, rule in enumerate(RULES)
                if rule.fits(phase, str(one.code), status, one.text.lower())
            )
            reached.add(next(fitting, None))
    assert reached >= set(range(len(RULES)))


def certificate_trouble() -> OSError:
    error = aiosmtplib.SMTPConnectError("Error connecting")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    return error


OPENINGS = (
    (aiosmtplib.SMTPConnectError("refused"), Reason.CONNECTION, 30.0),
    (aiosmtplib.SMTPConnectTimeoutError("slow"), Reason.CONNECTION, 30.0),
    (aiosmtplib.SMTPServerDisconnected("gone"), Reason.CONNECTION, 30.0),
    (ConnectionResetError("reset"), Reason.CONNECTION, 30.0),
    (certificate_trouble(), Reason.NEEDS_PERSON, None),
    (ssl.SSLCertVerificationError("self-signed"), Reason.NEEDS_PERSON, None),
    (aiosmtplib.SMTPException("STARTTLS not supported"), Reason.NEEDS_PERSON, None),
    (aiosmtplib.SMTPAuthenticationError(535, "5.7.8 no"), Reason.CREDENTIALS, None),
    (aiosmtplib.SMTPAuthenticationError(454, "4.7.0 later"), Reason.SERVER_ERROR, 30.0),
    (aiosmtplib.SMTPConnectResponseError(421, "busy"), Reason.SERVER_ERROR, 30.0),
    (aiosmtplib.SMTPConnectResponseError(554, "no"), Reason.NEEDS_PERSON, None),
    (aiosmtplib.SMTPConnectResponseError(421, "too many connections"), Reason.RATE_LIMITED, 60.0),
    (aiosmtplib.SMTPHeloError(550, "bad name"), Reason.NEEDS_PERSON, None),
    (aiosmtplib.SMTPSenderRefused(553, "5.7.1 no", "a@b.c"), Reason.NEEDS_PERSON, None),
    (aiosmtplib.SMTPSenderRefused(552, "5.3.4 size", "a@b.c"), Reason.NEEDS_PERSON, None),
)


@pytest.mark.parametrize(("error", "reason", "wait"), OPENINGS, ids=lambda value: str(value)[:40])
def test_a_session_that_cannot_be_opened_concerns_the_channel(
    error: Exception, reason: Reason, wait: float | None
) -> None:
    outcome = classify_opening(error)
    assert (outcome.reason, outcome.retry_after) == (reason, wait)
    assert outcome.scope is Scope.CHANNEL
    assert outcome.detail
