"""A dialogue on the wire: one persistent connection that carries message after message."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol, cast

import aiosmtplib

from broadcaster.contract import Outcome
from channels.email.config import EmailConfig
from channels.email.connection import close_session, size_limit
from channels.email.dialogue import Dialogue, Settle
from channels.email.errors import TOO_LARGE
from channels.email.mime import Mail
from channels.email.replies import BadReply, ReplyReader
from channels.email.wire import Outbox, Watch

log = logging.getLogger(__name__)


class Supply(Protocol):
    """Where a line gets its messages."""

    @property
    def over(self) -> bool:
        """Whether there will be no more."""

    def take(self) -> Mail | None:
        """A message to send now; None when there is none."""

    def leaving(self, mail: Mail) -> None:
        """Hear that the text of a message leaves next: from then on it may arrive."""


class Nothing:
    """The supply of a line that rests."""

    over = True

    def take(self) -> None:
        """No message."""

    def leaving(self, mail: Mail) -> None:
        """None can."""


NOTHING = Nothing()


class Line(asyncio.Protocol):
    """Takes over the transport of a session that aiosmtplib has opened.

    `settle` hears of every message taken by `carry` and not given back; it may be changed while
    the line is idle. `gone` says that the connection has ended.
    """

    def __init__(self, client: aiosmtplib.SMTP, config: EmailConfig, settle: Settle) -> None:
        self.settle = settle
        self.gone = False
        self._client = client
        self._timeout = config.timeout
        self._size_limit = size_limit(client)
        self._supply: Supply = NOTHING
        self._waiter: asyncio.Future[None] | None = None
        self._replies = ReplyReader()
        self._dialogue = Dialogue(
            sender=config.return_path,
            pipelining=client.supports_extension("pipelining"),
            allowance=config.messages_per_connection,
            leaving=self._left,
            settle=self._settled,
        )
        self._watch = Watch(
            config.timeout, waiting=lambda: not self._dialogue.idle, late=self._give_up
        )
        self._transport = cast("asyncio.Transport", client.transport)
        self._outbox = Outbox(self._transport)
        self._transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Whether the line can carry another message."""
        return not self.gone and not self._dialogue.spent

    @property
    def idle(self) -> bool:
        """Whether no message is under way or waiting."""
        return self._dialogue.idle and not self._dialogue.waiting

    @property
    def fruitful(self) -> bool:
        """Whether the server has taken any message on it."""
        return self._dialogue.taken > 0

    async def carry(self, supply: Supply) -> list[Mail]:
        """Send what is supplied until that is over and all is answered, or the line unusable.

        Gives back what was taken and not begun.
        """
        self._supply = supply
        try:
            self.advance()
            if not self._enough():
                self._waiter = asyncio.get_running_loop().create_future()
                await self._waiter
        finally:
            self._supply = NOTHING
        return self._dialogue.withdraw()

    def advance(self) -> None:
        """Go on: there may be more to send, or will be nothing more."""
        self._write()
        self._wake()

    def withdraw(self) -> list[Mail]:
        """Take back the messages that were not begun."""
        mails = self._dialogue.withdraw()
        self._wake()
        return mails

    async def close(self) -> None:
        """Say goodbye; cut the connection where a message is under way."""
        if self.gone or not self._dialogue.idle or self._client.protocol is None:
            self.cut()
            return
        self.gone = True
        self._transport.set_protocol(self._client.protocol)
        await close_session(self._client, self._timeout)

    def cut(self) -> None:
        """End the connection at once and settle what was under way."""
        if self.gone:
            return
        self.gone = True
        self._transport.abort()
        self._client.close()
        if not self._dialogue.idle:
            log.warning("email.connection_lost")
        self._dialogue.lost(handed_over=self._outbox.empty)
        self._watch.stop()
        self._wake()

    def _left(self, mail: Mail) -> None:
        self._supply.leaving(mail)

    def _settled(self, mail: Mail, outcome: Outcome) -> None:
        self.settle(mail, outcome)

    def _fetch(self) -> None:
        """Take the next message that the server would not find too large."""
        while mail := self._supply.take():
            if not self._size_limit or mail.size <= self._size_limit:
                self._dialogue.add((mail,))
                return
            self.settle(mail, TOO_LARGE)

    def _enough(self) -> bool:
        if self.gone:
            return True
        done = self._dialogue.spent or (self._supply.over and not self._dialogue.waiting)
        return done and self._dialogue.idle

    def _wake(self) -> None:
        if self._waiter is not None and self._enough():
            if not self._waiter.done():
                self._waiter.set_result(None)
            self._waiter = None

    def _write(self) -> None:
        """Write what may leave now and watch the clock while an answer is due."""
        if self.gone:
            return
        if self._dialogue.over:
            self.cut()
            return
        if self._dialogue.idle:
            self._watch.heard()
        if not self._dialogue.waiting and not self._dialogue.spent:
            self._fetch()
        if chunks := self._dialogue.outgoing():
            self._outbox.post(chunks)
            self._watch.start()

    def _give_up(self) -> None:
        log.warning("email.timeout")
        self.cut()

    def data_received(self, data: bytes) -> None:
        """Replies have come."""
        self._watch.heard()
        try:
            for reply in self._replies.feed(data):
                self._dialogue.receive(reply)
        except BadReply:
            log.warning("email.bad_reply")
            self.cut()
        self.advance()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """The server, the network or `cut` has ended the connection."""
        self.cut()

    def pause_writing(self) -> None:
        """The transport holds enough bytes."""
        self._outbox.pause()

    def resume_writing(self) -> None:
        """The transport takes bytes again."""
        self._watch.heard()
        self._outbox.resume()
