"""The conversation with a server, without a wire: what leaves when, and what each reply settles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadcaster.contract import (
    Accepted,
    Content,
    Deferred,
    Envelope,
    Outcome,
    Reason,
    Rejected,
    Unconfirmed,
    Unreachable,
    Wording,
)
from channels.email.dialogue import Dialogue
from channels.email.mime import Mail
from channels.email.replies import BadReply, Reply, ReplyReader

CONTENT = Content("guid", Wording.plain(""), ())
OK, GO, QUEUED = Reply(250, "2.0.0 Ok"), Reply(354, "go on"), Reply(250, "2.0.0 queued as 7")
UNKNOWN = Reply(550, "5.1.1 No such user")
NO_RECIPIENT = Reply(503, "5.5.1 No valid recipients")


def mail(name: str) -> Mail:
    envelope = Envelope(uuid4(), f"{name}@x.example", CONTENT)
    return Mail(envelope, f"<{name}@id>", (f"body of {name}\r\n".encode(),))


def named(mail: Mail) -> str:
    return mail.envelope.address.partition("@")[0]


@dataclass
class Talk:
    """A dialogue and what it has settled."""

    pipelining: bool = True
    allowance: int = 1000
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    settled: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dialogue = Dialogue(
            sender="s@x.example",
            pipelining=self.pipelining,
            allowance=self.allowance,
            leaving=lambda mail: self.left.append(named(mail)),
            settle=self.settle,
        )

    def settle(self, settled: Mail, outcome: Outcome) -> None:
        name = named(settled)
        self.settled.append(name)
        self.outcomes[name] = outcome

    def send(self, *names: str) -> str:
        self.dialogue.add(map(mail, names))
        return self.heard()

    def heard(self, *replies: Reply) -> str:
        for reply in replies:
            self.dialogue.receive(reply)
        return b"".join(self.dialogue.outgoing()).decode()


def group(name: str) -> str:
    return f"MAIL FROM:<s@x.example>\r\nRCPT TO:<{name}@x.example>\r\nDATA\r\n"


def body(name: str) -> str:
    return f"body of {name}\r\n.\r\n"


def test_the_commands_of_a_message_leave_together() -> None:
    assert Talk().send("anna", "boris") == group("anna")


def test_a_body_leaves_together_with_the_next_messages_commands() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    assert talk.heard(OK, OK, GO) == body("anna") + group("boris")


def test_a_message_leaves_with_its_text_and_not_with_its_commands() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    assert talk.left == []
    talk.heard(OK, OK, GO)
    assert talk.left == ["anna"]
    talk.heard(QUEUED, OK, UNKNOWN, NO_RECIPIENT)
    assert talk.left == ["anna"]


def test_a_body_waits_for_its_invitation() -> None:
    talk = Talk()
    talk.send("anna")
    assert talk.heard(OK, OK) == ""


def test_a_message_is_accepted_by_the_reply_after_its_body() -> None:
    talk = Talk()
    talk.send("anna")
    talk.heard(OK, OK, GO)
    assert talk.outcomes == {}
    talk.heard(QUEUED)
    [part] = talk.outcomes["anna"].parts
    assert part.ids == {"message_id": "<anna@id>", "queue": "2.0.0 queued as 7"}
    assert talk.dialogue.idle


def test_a_refused_recipient_costs_no_body_and_the_next_message_goes_on() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    assert talk.heard(OK, UNKNOWN, NO_RECIPIENT) == "RSET\r\n" + group("boris")
    assert isinstance(talk.outcomes["anna"], Unreachable)
    assert talk.heard(OK, OK, OK, GO) == body("boris")
    talk.heard(QUEUED)
    assert isinstance(talk.outcomes["boris"], Accepted)


def test_a_server_that_invites_a_body_for_nobody_gets_an_empty_one() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    assert talk.heard(OK, UNKNOWN, GO) == ".\r\nRSET\r\n" + group("boris")
    assert talk.heard(Reply(554, "no valid recipients"), OK, OK, OK, GO) == body("boris")
    talk.heard(QUEUED)
    assert isinstance(talk.outcomes["anna"], Unreachable)
    assert isinstance(talk.outcomes["boris"], Accepted)


def test_the_first_refusal_of_a_message_counts() -> None:
    talk = Talk()
    talk.send("anna")
    talk.heard(Reply(452, "4.3.1 No space"), NO_RECIPIENT, NO_RECIPIENT)
    outcome = talk.outcomes["anna"]
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.SERVER_ERROR


def test_a_refused_body_is_that_messages_alone() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    talk.heard(OK, OK, GO)
    assert talk.heard(Reply(554, "5.6.0 no"), OK, OK, GO) == body("boris")
    outcome = talk.outcomes["anna"]
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Reason.CONTENT


def test_without_pipelining_each_command_waits_for_the_reply_before() -> None:
    talk = Talk(pipelining=False)
    assert talk.send("anna", "boris") == "MAIL FROM:<s@x.example>\r\n"
    assert talk.heard(OK) == "RCPT TO:<anna@x.example>\r\n"
    assert talk.heard(OK) == "DATA\r\n"
    assert talk.heard(GO) == body("anna")
    assert talk.heard(QUEUED) == "MAIL FROM:<s@x.example>\r\n"


def test_without_pipelining_a_refused_recipient_is_not_followed_by_data() -> None:
    talk = Talk(pipelining=False)
    talk.send("anna", "boris")
    talk.heard(OK)
    assert talk.heard(UNKNOWN) == "RSET\r\n"
    assert talk.heard(OK) == "MAIL FROM:<s@x.example>\r\n"


def test_after_a_421_nothing_more_leaves() -> None:
    talk = Talk()
    talk.send("anna", "boris", "clara")
    talk.heard(OK, OK, GO)
    assert talk.heard(QUEUED, Reply(421, "4.3.2 closing")) == ""
    assert talk.dialogue.over
    talk.dialogue.lost(handed_over=True)
    outcome = talk.outcomes["boris"]
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.SERVER_ERROR
    assert [one.envelope.address for one in talk.dialogue.withdraw()] == ["clara@x.example"]


def test_a_reply_to_nothing_ends_the_session() -> None:
    talk = Talk()
    talk.heard(OK)
    assert talk.dialogue.over
    assert talk.send("anna") == ""


def test_a_message_lost_before_its_body_was_not_sent() -> None:
    talk = Talk()
    talk.send("anna")
    talk.heard(OK, OK)
    talk.dialogue.lost(handed_over=True)
    outcome = talk.outcomes["anna"]
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.CONNECTION


def test_a_message_lost_after_its_last_dot_is_in_doubt_and_the_one_behind_it_is_not() -> None:
    talk = Talk()
    talk.send("anna", "boris")
    talk.heard(OK, OK, GO)
    talk.dialogue.lost(handed_over=True)
    assert isinstance(talk.outcomes["anna"], Unconfirmed)
    assert isinstance(talk.outcomes["boris"], Deferred)


def test_a_message_whose_last_dot_never_left_was_not_sent() -> None:
    talk = Talk()
    talk.send("anna")
    talk.heard(OK, OK, GO)
    talk.dialogue.lost(handed_over=False)
    assert isinstance(talk.outcomes["anna"], Deferred)


def test_a_message_refused_before_the_connection_was_lost_stays_refused() -> None:
    talk = Talk()
    talk.send("anna")
    talk.heard(OK, UNKNOWN)
    talk.dialogue.lost(handed_over=True)
    assert isinstance(talk.outcomes["anna"], Unreachable)


def test_a_session_carries_no_more_than_its_allowance() -> None:
    talk = Talk(allowance=1)
    talk.send("anna", "boris")
    assert talk.heard(OK, OK, GO) == body("anna")
    assert talk.heard(QUEUED) == ""
    assert talk.dialogue.spent
    assert not talk.dialogue.over
    assert len(talk.dialogue.withdraw()) == 1


@dataclass
class Server:
    """Answers as RFC 5321 has it; `plans` say which of its four steps each message passes."""

    plans: list[tuple[bool, bool, bool, bool]]
    at: int = -1
    agreed: bool = False
    in_body: bool = False
    faults: list[str] = field(default_factory=list)

    def answer(self, line: str) -> Reply | None:
        if self.in_body:
            return self._body(line)
        if line.startswith("MAIL"):
            if self.agreed:
                self.faults.append("nested MAIL")
            self.at += 1
            self.agreed = self.plans[self.at][0]
            return OK if self.agreed else Reply(451, "4.3.0 no sender")
        if line.startswith("RCPT"):
            self.agreed = self.agreed and self.plans[self.at][1]
            return OK if self.agreed else UNKNOWN
        if line == "RSET":
            self.agreed = False
            return OK
        assert line == "DATA", line
        self.in_body = self.agreed and self.plans[self.at][2]
        return GO if self.in_body else NO_RECIPIENT

    def _body(self, line: str) -> Reply | None:
        if line != ".":
            return None
        self.in_body = self.agreed = False
        return QUEUED if self.plans[self.at][3] else Reply(554, "5.6.0 no")


PLANS = st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@given(PLANS, st.booleans(), st.integers(0, 80), st.booleans())
def test_every_message_is_settled_once_and_by_its_own_replies(
    plans: list[tuple[bool, bool, bool, bool]], pipelining: bool, patience: int, cut: bool
) -> None:
    talk, server = Talk(pipelining=pipelining), Server(plans)
    names = [f"m{number}" for number in range(len(plans))]
    pending = [line for line in talk.send(*names).split("\r\n") if line]
    heard = 0
    while pending and not (cut and heard == patience):
        if reply := server.answer(pending.pop(0)):
            heard += 1
            pending += [line for line in talk.heard(reply).split("\r\n") if line]
    whole = not pending
    talk.dialogue.lost(handed_over=True)
    left = {one.envelope.address.partition("@")[0] for one in talk.dialogue.withdraw()}
    assert server.faults == []
    assert Counter(talk.settled) + Counter(left) == Counter(names)
    if whole:
        taken = {name for name, outcome in talk.outcomes.items() if isinstance(outcome, Accepted)}
        assert taken == {name for name, plan in zip(names, plans, strict=True) if all(plan)}


@pytest.mark.parametrize("cut", range(40))
def test_replies_are_the_same_wherever_the_bytes_are_cut(cut: int) -> None:
    data = b"250-first\r\n250 last\r\n354 go\r\n550 5.1.1 no\r\n"
    reader = ReplyReader()
    replies = [*reader.feed(data[:cut]), *reader.feed(data[cut:])]
    assert replies == [Reply(250, "first last"), Reply(354, "go"), Reply(550, "5.1.1 no")]


@pytest.mark.parametrize("data", [b"hello\r\n", b"25\r\n", b"\r\n", b"250-" + b"x" * 40_000])
def test_what_is_no_reply_is_refused(data: bytes) -> None:
    with pytest.raises(BadReply):
        list(ReplyReader().feed(data))
