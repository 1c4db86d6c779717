"""Plain text for VK, for mail's text part and for summaries: nothing but lines and addresses."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it.token import Token

from broadcaster.i18n import _
from broadcaster.rendering import addresses
from broadcaster.rendering.prose import write


def plain(tokens: Sequence[Token]) -> str:
    """The parsed text as plain text."""
    return write(tokens, PlainPen())


class PlainPen:
    """Writes words as they are, links as «text (https://…)», quotes with «> » before each line."""

    def text(self, text: str) -> str:
        """Plain words."""
        return text

    def emphasis(self, kind: str, inner: str) -> str:
        """The words alone; those struck out say so, since they would mean the opposite."""
        return _("{words} (зачёркнуто)").format(words=inner) if kind == "s" else inner

    def link(self, inner: str, label: str, address: str) -> str:
        """The words and, unless they say it, the address as a person would write it."""
        if addresses.says_itself(label, address):
            return inner
        return f"{inner} ({addresses.readable(address)})"

    def code(self, text: str) -> str:
        """The words alone."""
        return text

    def listing(self, text: str) -> str:
        """The lines alone."""
        return text

    def quote(self, inner: str) -> str:
        """The lines with «> » before each, as in mail."""
        return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))

    def heading(self, inner: str) -> str:
        """The heading as it is."""
        return inner
