"""The one spelling of an e-mail address: plain ASCII, fit for every server."""

from __future__ import annotations

import re

from broadcaster.contract import InvalidAddress

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?!\d+$)[a-z0-9][a-z0-9-]*[a-z0-9]")
MAX_LOCAL, MAX_ADDRESS = 64, 254
"""In characters (RFC 5321 §4.5.3.1)."""


def normalise(raw: str) -> str:
    """One bare address in lower-case ASCII; raises InvalidAddress.

    Servers may tell capitals apart before the @ (RFC 5321 §2.4), and none does; people who write
    one mailbox in two ways would get everything twice. A Cyrillic domain becomes punycode. A
    Cyrillic name before the @ is refused: few servers carry one (RFC 6531), and a copy must not be
    lost on the way.
    """
    local, _, domain = raw.strip().rpartition("@")
    address = f"{local.lower()}@{ascii_domain(domain)}"
    if not LOCAL.fullmatch(local):
        raise InvalidAddress("expected name@domain with Latin letters before the @")
    if len(local) > MAX_LOCAL or len(address) > MAX_ADDRESS:
        raise InvalidAddress("the address is too long")
    return address


def ascii_domain(domain: str) -> str:
    """The domain as DNS knows it; raises InvalidAddress."""
    try:
        spelled = domain.lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise InvalidAddress("the part after the @ is no domain") from error
    if not DOMAIN.fullmatch(spelled):
        raise InvalidAddress("the part after the @ is no domain")
    return spelled
