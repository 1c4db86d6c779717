"""Opening and closing a session with aiosmtplib: greeting, encryption, login, farewell."""

from __future__ import annotations

import asyncio
import contextlib
import ssl

import aiosmtplib

from broadcaster.contract import Deferred
from channels.email.config import EmailConfig, Security
from channels.email.errors import classify_opening

FAREWELL = 5.0
"""Seconds we wait for the answer to QUIT, at most."""


class NotOpened(Exception):
    """The server cannot be used now; `outcome` is what becomes of every copy."""

    def __init__(self, outcome: Deferred) -> None:
        super().__init__(outcome.detail)
        self.outcome = outcome


async def trust(config: EmailConfig) -> ssl.SSLContext | None:
    """What we trust of the server; made once, since reading the authorities takes some 20 ms."""
    if config.security is Security.NONE:
        return None
    return await asyncio.to_thread(ssl.create_default_context, cafile=config.ca_file or None)


async def open_session(config: EmailConfig, tls: ssl.SSLContext | None) -> aiosmtplib.SMTP:
    """A session that is ready for messages; raises NotOpened."""
    client = aiosmtplib.SMTP(
        hostname=config.host,
        port=config.port,
        username=config.username or None,
        password=config.password.reveal() if config.username else None,
        local_hostname=config.greeting,
        timeout=config.timeout,
        use_tls=config.security is Security.TLS,
        start_tls=config.security is Security.STARTTLS,
        tls_context=tls,
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise NotOpened(classify_opening(error)) from error
    return client


async def close_session(client: aiosmtplib.SMTP, patience: float = FAREWELL) -> None:
    """Say QUIT and close, whatever the server makes of it."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await client.quit(timeout=min(patience, FAREWELL))
    client.close()


async def ask_leave(client: aiosmtplib.SMTP, sender: str) -> None:
    """Ask whether the account may write as this sender, and send nothing; raises NotOpened."""
    try:
        await client.mail(sender)
        await client.rset()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotOpened(classify_opening(error)) from error


def server_name(client: aiosmtplib.SMTP) -> str:
    """The name by which the server has greeted us."""
    greeting = client.last_ehlo_response or client.last_helo_response
    return greeting.message.split()[0] if greeting and greeting.message else ""


def size_limit(client: aiosmtplib.SMTP) -> int:
    """The largest message the server takes in bytes (RFC 1870), 0 when it does not say."""
    limit = client.esmtp_extensions.get("size", "")
    return int(limit) if limit.isdigit() else 0
