"""Addresses that links may lead to, and how a person reads them."""

from __future__ import annotations

import re

from markdown_it.common import normalize_url

from broadcaster.rendering.characters import clean_parsed
from broadcaster.rendering.holes import ANY_MARK

BARE = re.compile(r"https?://[^\s<>\"'«»]+", re.IGNORECASE)
"""An address in running text; `trimmed` takes off what belongs to the sentence."""

_ALLOWED = re.compile(r"https?://[^/?#]|(?:mailto|tel):.", re.IGNORECASE)
_UNWRITTEN = re.compile(r"^(?:https?://|mailto:|tel:)", re.IGNORECASE)
_UNREADABLE = re.compile(r"[\s()<>\"]")


def allowed(address: str) -> bool:
    """Whether a link may lead there: http, https, mailto, tel, or nowhere; nothing relative."""
    return not address or _ALLOWED.match(address) is not None


def normal(address: str) -> str:
    """The address in ASCII as links carry it; one with a hole stays, for the hole to be refused."""
    if ANY_MARK.search(address):
        return address
    return normalize_url.normalizeLink(address)


def on_the_web(address: str) -> bool:
    """Whether it is a page, and no mailbox or telephone."""
    return address.lower().startswith(("http://", "https://"))


def readable(address: str) -> str:
    """The address as a person would write it: «https://школа.рф/меню», «+7 900 …», «a@b.ru»."""
    bare = address if on_the_web(address) else _UNWRITTEN.sub("", address)
    decoded = normalize_url.normalizeLinkText(bare)
    if _UNREADABLE.search(decoded) or clean_parsed(decoded) != decoded:
        return bare
    return decoded


def says_itself(label: str, address: str) -> bool:
    """Whether a link's text is its address already.

    Give or take «https://», the last slash, and the spaces and brackets in a telephone number.
    """
    if address.lower().startswith("tel:"):
        return _digits(label) == _digits(address)
    return _core(label) in {_core(address), _core(readable(address))}


def trimmed(bare: str) -> str:
    """A bare address without the full stop or bracket that ends the sentence around it."""
    ends = ".,;:!?…" + ")" * ("(" not in bare) + "]" * ("[" not in bare)
    return bare.rstrip(ends)


def _core(address: str) -> str:
    return _UNWRITTEN.sub("", address.strip().lower()).rstrip("/")


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))
