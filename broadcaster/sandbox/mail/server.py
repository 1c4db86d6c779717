"""The SMTP server: one socket, any mailbox, every message kept."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Self

from aiosmtpd.smtp import SMTP

from broadcaster.sandbox.faults import FaultScript
from broadcaster.sandbox.mail.clerk import Clerk, transport_of
from broadcaster.sandbox.phone import Inbox


class MailSandbox:
    """Every mailbox there is, behind one SMTP server; `base_url` is its `host:port`.

    With a `username`, nothing is taken before a login. `starttls` is demanded where it is given,
    `tls` encrypts from the first byte. `pipelining` says what EHLO advertises. Replies come
    `reply_delay` seconds late, as from a distant server. `clock` tells the time of messages.
    """

    name = "email"

    def __init__(
        self,
        *,
        port: int = 0,
        username: str = "",
        password: str = "",
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        pipelining: bool = True,
        reply_delay: float = 0.0,
        size: int = 30_000_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.faults = FaultScript()
        self.inbox = Inbox()
        self.calls: dict[str, int] = Counter()
        self.base_url = f"127.0.0.1:{port}"
        self.clock = clock
        self.username, self.password = username, password
        self.starttls = starttls
        self.pipelining = pipelining
        self.reply_delay = reply_delay
        self.size = size
        self._tls = tls
        self._port = port
        self._server: asyncio.Server | None = None
        self._conversations: set[Conversation] = set()

    async def __aenter__(self) -> Self:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._converse, "127.0.0.1", self._port, ssl=self._tls
        )
        self.base_url = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Stop listening and end open connections."""
        if self._server is not None:
            self._server.close()
            self._server = None
        talks = list(self._conversations)
        await asyncio.gather(*(talk.end() for talk in talks))
        self._conversations.clear()

    def _converse(self) -> Conversation:
        talk = Conversation(self)
        self._conversations.add(talk)
        return talk


class Conversation(SMTP):
    """One connection: aiosmtpd's protocol with our delay and our leave-taking."""

    def __init__(self, sandbox: MailSandbox) -> None:
        self._delay = sandbox.reply_delay
        clerk = Clerk(sandbox)
        super().__init__(
            clerk,
            hostname="mail.sandbox.localhost",
            ident="Broadcaster sandbox",
            data_size_limit=sandbox.size,
            tls_context=sandbox.starttls,
            require_starttls=sandbox.starttls is not None,
            auth_require_tls=False,
            authenticator=clerk.login,
            loop=asyncio.get_running_loop(),
        )

    async def push(self, status: str | bytes) -> None:
        """Send a reply, late if need be; later replies wait in turn but do not add up."""
        data = (status.encode("ascii") if isinstance(status, str) else status) + b"\r\n"
        if self._delay:
            self.loop.call_later(self._delay, self._writer.write, data)
        else:
            self._writer.write(data)
            await self._writer.drain()

    async def end(self) -> None:
        """Cut the connection and wait until nothing of it runs."""
        if self.transport is not None:
            transport_of(self).abort()
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()
            await asyncio.wait({self._handler_coroutine})
