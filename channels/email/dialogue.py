"""One SMTP session as a conversation without a wire: replies in, bytes out, outcomes settled.

Where the server speaks PIPELINING (RFC 2920), the body of one message and MAIL, RCPT and DATA of
the next leave together, so that a message costs one round trip instead of four. A body waits for
its 354 all the same: a refused recipient costs nothing. Without PIPELINING each command waits for
the reply to the one before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import NamedTuple, assert_never

from broadcaster.contract import Accepted, Outcome, Part
from channels.email.errors import CONNECTION_LOST, DETAIL, IN_DOUBT, Phase, classify
from channels.email.mime import Mail
from channels.email.replies import Reply

CLOSING = 421
START_INPUT = 354
Leaving = Callable[[Mail], None]
Settle = Callable[[Mail, Outcome], None]


class Step(Enum):
    """What a command asks of the server."""

    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    BODY = auto()
    VOID = auto()
    RESET = auto()


@dataclass(slots=True, eq=False)
class Transaction:
    """One message between its MAIL and its last reply; `refusal` is the first no it met."""

    mail: Mail
    refusal: Outcome | None = None


class Command(NamedTuple):
    """Bytes that will be answered by one reply."""

    step: Step
    transaction: Transaction
    chunks: tuple[bytes, ...]


class Dialogue:
    """The state of one session; `settle` is called once for each message that was begun, `leaving`
    before its text is given out: until then it cannot arrive.

    `allowance` is how many messages the session may carry; `taken` counts those the server took.
    `over` says that the server has ended the session or spoken nonsense: nothing more may leave and
    the connection is to be cut.
    """

    def __init__(
        self, *, sender: str, pipelining: bool, allowance: int, leaving: Leaving, settle: Settle
    ) -> None:
        self.settle = settle
        self.over = False
        self.taken = 0
        self.waiting: deque[Mail] = deque()
        self._mail_from = f"MAIL FROM:<{sender}>\r\n".encode("ascii")
        self._pipelining = pipelining
        self._leaving = leaving
        self._allowance = allowance
        self._begun = 0
        self._queued: deque[Command] = deque()
        self._unanswered: deque[Command] = deque()

    @property
    def idle(self) -> bool:
        """Whether no transaction is under way."""
        return not self._unanswered and not self._queued

    @property
    def spent(self) -> bool:
        """Whether the session may begin no further message."""
        return self.over or self._begun >= self._allowance

    def add(self, mails: Iterable[Mail]) -> None:
        """Put messages in the queue."""
        self.waiting.extend(mails)

    def withdraw(self) -> list[Mail]:
        """Take back the messages that were not begun."""
        mails = list(self.waiting)
        self.waiting.clear()
        return mails

    def outgoing(self) -> list[bytes]:
        """The bytes that may leave now, in order."""
        chunks: list[bytes] = []
        while self._may_write() and (self._queued or self._begin()):
            command = self._queued.popleft()
            self._unanswered.append(command)
            if command.step is Step.BODY:
                self._leaving(command.transaction.mail)
            chunks += command.chunks
        return chunks

    def _may_write(self) -> bool:
        if self.over:
            return False
        if not self._unanswered:
            return True
        return self._pipelining and self._unanswered[-1].step is not Step.DATA

    def _begin(self) -> bool:
        if not self.waiting or self.spent:
            return False
        self._begun += 1
        transaction = Transaction(self.waiting.popleft())
        recipient = f"RCPT TO:<{transaction.mail.envelope.address}>\r\n".encode("ascii")
        self._queued += (
            Command(Step.MAIL, transaction, (self._mail_from,)),
            Command(Step.RCPT, transaction, (recipient,)),
            Command(Step.DATA, transaction, (b"DATA\r\n",)),
        )
        return True

    def receive(self, reply: Reply) -> None:
        """Take the reply to the oldest command not answered yet."""
        if reply.code == CLOSING or not self._unanswered:
            self.over = True
        if not self._unanswered:
            return
        command = self._unanswered.popleft()
        transaction = command.transaction
        match command.step:
            case Step.MAIL:
                self._agreed(transaction, Phase.MAIL, reply)
            case Step.RCPT:
                self._agreed(transaction, Phase.RCPT, reply)
            case Step.DATA:
                self._invited(transaction, reply)
            case Step.BODY:
                self.taken += reply.positive
                self.settle(transaction.mail, finished(transaction.mail, reply))
            case Step.VOID | Step.RESET:
                pass
            case _:
                assert_never(command.step)

    def _agreed(self, transaction: Transaction, phase: Phase, reply: Reply) -> None:
        """MAIL or RCPT was answered; after a no, commands that have not left are not sent."""
        if reply.positive:
            return
        transaction.refusal = transaction.refusal or classify(phase, reply)
        if self._queued:
            self._queued.clear()
            self._refuse(transaction)

    def _invited(self, transaction: Transaction, reply: Reply) -> None:
        """DATA was answered: send the body, or an empty one where nobody is to receive it."""
        if reply.code != START_INPUT:
            transaction.refusal = transaction.refusal or classify(Phase.DATA, reply)
            self._refuse(transaction)
        elif transaction.refusal:
            self._queued.append(Command(Step.VOID, transaction, (b".\r\n",)))
            self._refuse(transaction)
        else:
            chunks = (*transaction.mail.chunks, b".\r\n")
            self._queued.append(Command(Step.BODY, transaction, chunks))

    def _refuse(self, transaction: Transaction) -> None:
        assert transaction.refusal is not None
        self.settle(transaction.mail, transaction.refusal)
        self._queued.append(Command(Step.RESET, transaction, (b"RSET\r\n",)))

    def lost(self, *, handed_over: bool) -> None:
        """The connection is gone; `handed_over` tells whether all bytes given out had left.

        Only a message whose last byte left and was not answered is in doubt.
        """
        self.over = True
        left = {c.transaction for c in self._unanswered if c.step is Step.BODY and handed_over}
        commands = [*self._unanswered, *self._queued]
        self._unanswered.clear()
        self._queued.clear()
        settled = {c.transaction for c in commands if c.step in {Step.VOID, Step.RESET}}
        for transaction in dict.fromkeys(command.transaction for command in commands):
            if transaction not in settled:
                lost = IN_DOUBT if transaction in left else CONNECTION_LOST
                self.settle(transaction.mail, transaction.refusal or lost)


def finished(mail: Mail, reply: Reply) -> Outcome:
    """The outcome of a message that was handed over whole and answered."""
    if not reply.positive:
        return classify(Phase.DATA, reply)
    queue = {"queue": reply.text[:DETAIL]} if reply.text else {}
    return Accepted((Part(0, {"message_id": mail.message_id, **queue}),))
