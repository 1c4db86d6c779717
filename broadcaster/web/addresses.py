"""Where a request comes from."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 - stands for a socket file, which has no address


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks; behind a proxy, the one that the proxy itself has seen.

    A proxy appends to X-Forwarded-For: only its last word is not the client's own.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    if settings.BEHIND_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        given = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(given))
    except ValueError:
        return NOWHERE


def network_of(address: str) -> str:
    """Who counts as one: an IPv4 address, the /64 of an IPv6 address, which is one household."""
    read = ip_address(address)
    if isinstance(read, IPv6Address) and read.ipv4_mapped is None:
        return read.exploded[:19]
    return str(read)
