"""Calls to other programs: what is told, when it is tried again, where a call may go."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from hmac import new as hmac
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
FACTOR = 4
LONGEST_WAIT = timedelta(hours=6)

SECRET_PREFIX = "whsec_"  # noqa: S105 - how Standard Webhooks marks one
NAT64 = IPv6Network("64:ff9b::/96")
LONGEST_URL = 500
NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")


class Event(StrEnum):
    """What another program may want to hear."""

    FINISHED = "announcement.finished"
    """Released, and not one copy is under way any more."""
    FAILED = "announcement.failed"
    """Finished without a person or place, or a scheduled one that could not be released."""


class Unsafe(StrEnum):
    """Why a call may not go to an address."""

    NOT_WEB = "not_web"
    NOT_HTTPS = "not_https"
    PRIVATE = "private"
    CREDENTIALS = "credentials"


def wait_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries that failed; None when it was the last one."""
    if tries >= MOST_TRIES:
        return None
    wait: timedelta = FIRST_WAIT * FACTOR ** (tries - 1)
    return min(wait, LONGEST_WAIT)


def signature(secret: str, *, call: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of Standard Webhooks: HMAC-SHA256 over id.timestamp.body."""
    key = b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = b".".join([call.encode(), str(timestamp).encode(), body])
    return "v1," + b64encode(hmac(key, signed, sha256).digest()).decode()


def unsafe_url(url: str, *, allow_private: bool) -> Unsafe | None:
    """What speaks against calling this address before its host is looked up."""
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").removesuffix("."), parts.port
    except ValueError:
        return Unsafe.NOT_WEB
    if parts.scheme not in {"http", "https"} or not host or not url.isascii() or not _plain(url):
        return Unsafe.NOT_WEB
    if "@" in parts.netloc:
        return Unsafe.CREDENTIALS
    if not allow_private and (_is_local(host) or not _may_be_called(host)):
        return Unsafe.PRIVATE
    if parts.scheme == "http" and not (allow_private and _is_local(host)):
        return Unsafe.NOT_HTTPS
    return None


def may_call(address: str, *, allow_private: bool) -> bool:
    """Whether a call may go to this IP address, which a name was resolved to.

    Private addresses only where the school allows them; those that lead to a machine's own
    neighbourhood (169.254.169.254 tells secrets of clouds) or to many machines never.
    """
    found = _embedded(ip_address(address.partition("%")[0]))
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if found.is_loopback or found.is_private:
        return allow_private
    return found.is_global


def _plain(url: str) -> bool:
    return len(url) <= LONGEST_URL and all("!" <= sign <= "~" for sign in url)


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or host in {"127.0.0.1", "::1"}


def _may_be_called(host: str) -> bool:
    """Whether an address written as numbers is public; a name is judged when it is resolved.

    Odd spellings of 127.0.0.1 are refused: 127.1, 0x7f000001. No name ends in a number.
    """
    try:
        return may_call(host, allow_private=False)
    except ValueError:
        return not NUMBER.fullmatch(host.rpartition(".")[2])


def _embedded(found: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address only wraps."""
    if isinstance(found, IPv4Address):
        return found
    if found in NAT64:
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or found
