"""One call to another program over the wire: signed, once, nowhere it must not go."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientSession,
    ClientTimeout,
    TCPConnector,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from broadcaster.config import Webhooks
from broadcaster.domain.calls import may_call, signature, unsafe_url
from broadcaster.services.calls import CERTIFICATE, CONNECTION, PRIVATE, TIMEOUT, Call


class PrivateAddress(OSError):
    """The host's name leads to a machine that must not be called."""


class GuardedResolver(AbstractResolver):
    """Looks names up and refuses where they lead; what it returns is what is connected to."""

    def __init__(self, *, allow_private: bool) -> None:
        self._resolver = ThreadedResolver()
        self._allow_private = allow_private

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host; raises PrivateAddress when even one must not be called."""
        found = await self._resolver.resolve(host, port, family)
        if not all(may_call(one["host"], allow_private=self._allow_private) for one in found):
            raise PrivateAddress(host)
        return found

    async def close(self) -> None:
        """Nothing is held open."""


def ask_all(calls: Sequence[Call], rules: Webhooks) -> list[str]:
    """Call everybody at once; returns the answers in order: a status code, or why there is none."""
    return asyncio.run(_ask_all(calls, rules))


async def _ask_all(calls: Sequence[Call], rules: Webhooks) -> list[str]:
    resolver = GuardedResolver(allow_private=rules.allow_private)
    connector = TCPConnector(resolver=resolver, force_close=True, use_dns_cache=False)
    timeout = ClientTimeout(total=rules.timeout)
    async with ClientSession(connector=connector, timeout=timeout) as session:
        return await asyncio.gather(*(_ask(session, call, rules) for call in calls))


async def _ask(session: ClientSession, call: Call, rules: Webhooks) -> str:
    if unsafe := unsafe_url(call.url, allow_private=rules.allow_private):
        return str(unsafe)
    body = json.dumps(call.payload, ensure_ascii=False).encode()
    try:
        async with session.post(
            call.url, data=body, headers=_headers(call, body), allow_redirects=False
        ) as response:
            return str(response.status)
    except PrivateAddress:
        return PRIVATE
    except TimeoutError:
        return TIMEOUT
    except ClientConnectorCertificateError:
        return CERTIFICATE
    except (ClientError, OSError, ValueError) as error:
        return PRIVATE if isinstance(error.__cause__, PrivateAddress) else CONNECTION


def _headers(call: Call, body: bytes) -> dict[str, str]:
    timestamp = int(datetime.now(UTC).timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "Broadcaster",
        "webhook-id": call.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(call.secret, call=call.id, timestamp=timestamp, body=body),
    }
