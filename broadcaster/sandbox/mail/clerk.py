"""Login and the commands of a transaction, with faults where the script has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail.reading import read
from broadcaster.sandbox.mail.troubles import (
    AT_LOGIN,
    AT_MESSAGE,
    AT_RECIPIENT,
    AT_SENDER,
    GARBAGE,
    LOGIN_FIRST,
    refusal,
)

if TYPE_CHECKING:
    from broadcaster.sandbox.mail.server import MailSandbox

OK = "250 2.0.0 Ok"


class Clerk:
    """Answers one connection; aiosmtpd calls the `handle_` methods, one for each command."""

    def __init__(self, sandbox: MailSandbox) -> None:
        self._sandbox = sandbox

    def login(
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        given: LoginPassword,
    ) -> AuthResult:
        """Whether these are the credentials, and the script lets them pass."""
        right = (self._sandbox.username.encode(), self._sandbox.password.encode())
        passes = self._sandbox.faults.take("AUTH", kinds=AT_LOGIN) is None
        return AuthResult(success=passes and (given.login, given.password) == right, handled=False)

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,
        envelope: Envelope,  # noqa: ARG002
        host: str,
        replies: list[str],
    ) -> list[str]:
        """Say what we can do."""
        self._count("EHLO")
        session.host_name = host
        extra = ["250-ENHANCEDSTATUSCODES"] + ["250-PIPELINING"] * self._sandbox.pipelining
        return [replies[0], *extra, *replies[1:]]

    async def handle_AUTH(self, *_: object) -> object:  # noqa: N802
        """Leave it to aiosmtpd, which asks `login`."""
        self._count("AUTH")
        return MISSING

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a transaction."""
        self._count("MAIL")
        if fault := self._sandbox.faults.take("MAIL", kinds=AT_SENDER):
            return refuse(server, fault)
        if self._sandbox.username and not session.authenticated:
            return LOGIN_FIRST
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return OK

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Every mailbox exists, unless the script says otherwise."""
        self._count("RCPT")
        if fault := self._sandbox.faults.take("RCPT", address, kinds=AT_RECIPIENT):
            return refuse(server, fault)
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(  # noqa: N802
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str | bytes:
        """Keep the message, or do with it what the script says."""
        self._count("DATA")
        fault = self._sandbox.faults.take("DATA", envelope.rcpt_tos[0], kinds=AT_MESSAGE)
        if fault and refusal(fault):
            return refuse(server, fault)
        if fault and fault.kind is FaultKind.CUT:
            await asyncio.sleep(fault.seconds)
            await hang_up(server)
        reply = f"{OK}: queued as {self._keep(envelope)}"
        return await self._end(server, reply, fault) if fault else reply

    async def _end(self, server: SMTP, reply: str, fault: Fault) -> str | bytes:
        """The reply to a message that is kept, as the fault leaves it."""
        match fault.kind:
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            case FaultKind.GARBAGE:
                return GARBAGE[fault.detail]
            case _:
                await hang_up(server)
        return reply

    async def handle_RSET(self, *_: object) -> str:  # noqa: N802
        """Forget the transaction, as aiosmtpd has done by now."""
        self._count("RSET")
        return OK

    async def handle_QUIT(self, *_: object) -> str:  # noqa: N802
        """Say goodbye."""
        self._count("QUIT")
        return "221 2.0.0 Bye"

    def _count(self, command: str) -> None:
        self._sandbox.calls[command] += 1

    def _keep(self, envelope: Envelope) -> str:
        queue = f"{len(self._sandbox.inbox.all()) + 1:06X}"
        raw = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            self._sandbox.inbox.add(read(raw, address, self._sandbox.clock(), queue))
        return queue


def refuse(server: SMTP, fault: Fault) -> str:
    """The reply of the fault; with a 421 the connection closes behind it."""
    reply = refusal(fault)
    assert reply is not None
    if reply.startswith("421"):
        server.loop.call_soon(transport_of(server).close)
    return reply


async def hang_up(server: SMTP) -> None:
    """Cut the connection; never returns, since aiosmtpd cancels us when it is gone."""
    transport_of(server).abort()
    await server.loop.create_future()


def transport_of(server: SMTP) -> asyncio.Transport:
    """The wire of a connection that is open."""
    return cast("asyncio.Transport", server.transport)
