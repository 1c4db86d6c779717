"""Telegram's HTML (Bot API, «HTML style»): b i u s a code pre blockquote, no blocks, no lists."""

from __future__ import annotations

import html
from collections.abc import Sequence

from markdown_it.token import Token
from markupsafe import Markup

from broadcaster.rendering import addresses
from broadcaster.rendering.prose import write

_TAGS = {"strong": "b", "em": "i", "s": "s"}


def telegram(tokens: Sequence[Token]) -> Markup:
    """The parsed text as Telegram's HTML, escaped and balanced."""
    return Markup(write(tokens, TelegramPen()))  # noqa: S704 - the pen escapes all words


class TelegramPen:
    """Writes what Telegram knows; it opens pages only, so mailboxes and telephones are written
    out.
    """

    def text(self, text: str) -> str:
        """Plain words."""
        return html.escape(text)

    def emphasis(self, kind: str, inner: str) -> str:
        """Words of one kind of emphasis."""
        return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>"

    def link(self, inner: str, label: str, address: str) -> str:
        """A link to a page, else «text (address)», which Telegram makes live itself."""
        if addresses.on_the_web(address):
            return f'<a href="{html.escape(address)}">{inner}</a>'
        if addresses.says_itself(label, address):
            return inner
        return f"{inner} ({html.escape(addresses.readable(address))})"

    def code(self, text: str) -> str:
        """Words in a typewriter's face."""
        return f"<code>{html.escape(text)}</code>"

    def listing(self, text: str) -> str:
        """Lines in a typewriter's face."""
        return f"<pre>{html.escape(text)}</pre>"

    def quote(self, inner: str) -> str:
        """Lines that somebody else has said."""
        return f"<blockquote>{inner}</blockquote>"

    def heading(self, inner: str) -> str:
        """A heading in bold."""
        return f"<b>{inner}</b>"
