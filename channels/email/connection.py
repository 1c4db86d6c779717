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


class Account:
    """The way into one SMTP account."""

    def __init__(self, config: EmailConfig) -> None:
        self._config = config
        self._tls: ssl.SSLContext | None = None

    async def open(self) -> aiosmtplib.SMTP:
        """A session that is ready for messages; raises NotOpened."""
        client = None
        try:
            client = self._client(await self._trusted())
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if client is not None:
                client.close()
            raise NotOpened(classify_opening(error)) from error
        return client

    async def _trusted(self) -> ssl.SSLContext | None:
        """What we trust of the server; made once, since reading the authorities takes 20 ms."""
        if self._tls is None and self._config.security is not Security.NONE:
            file = self._config.ca_file or None
            try:
                self._tls = await asyncio.to_thread(ssl.create_default_context, cafile=file)
            except OSError as error:
                raise ValueError(f"ca_file cannot be used: {error}") from error
        return self._tls

    def _client(self, tls: ssl.SSLContext | None) -> aiosmtplib.SMTP:
        config = self._config
        return aiosmtplib.SMTP(
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
