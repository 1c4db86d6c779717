"""What the web must know of the world around it: by which names and how browsers reach it."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit


def surroundings(host: str, public_url: str, given: Mapping[str, str]) -> dict[str, str]:
    """The environment of the web, for a server that listens on `host`; what is `given` stays.

    `serve` itself speaks http. Where families come by https there is a proxy in front; when only
    this machine can reach us, whoever comes is that proxy and is believed. A server that anybody
    can reach believes nobody until BROADCASTER_BEHIND_PROXY says so.
    """
    url = urlsplit(public_url)
    names = dict.fromkeys(filter(None, ("127.0.0.1", "localhost", host, url.hostname)))
    found = {"BROADCASTER_HOSTS": ",".join(names)}
    trusts = given.get("BROADCASTER_BEHIND_PROXY", "1" if _is_private(host) else "") == "1"
    if url.scheme == "https" and trusts:
        found |= {
            "BROADCASTER_HTTPS": "1",
            "BROADCASTER_HTTPS_HOST": url.netloc,
            "BROADCASTER_BEHIND_PROXY": "1",
        }
    return found | {name: value for name, value in given.items() if name in found and value}


def _is_private(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
