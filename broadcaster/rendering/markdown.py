"""An author's Markdown, parsed once into tokens that every channel's writer can trust.

CommonMark with tables and strikethrough, and a few departures for people who do not know Markdown:
the end of a line stays one, a paragraph that starts with spaces is no code, reference definitions
are text (they would also let a short text grow without end). HTML is text.
"""

from __future__ import annotations

from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from broadcaster.i18n import _
from broadcaster.rendering import addresses
from broadcaster.rendering.characters import clean_parsed, visible
from broadcaster.rendering.inline import tame
from broadcaster.rendering.mistakes import BodyMistake

MAX_BODY = 40_000
"""Characters of an announcement: ten Telegram messages. What is longer belongs in an attached
file.
"""

MAX_NESTING = 20
"""Levels of quotes and lists in each other; a list takes two. What is deeper is refused."""

_HEADINGS = {"h1": "h2", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6"}
"""One step down: the announcement's title stands above them."""


class _Parser(MarkdownIt):
    """The library's parser with our idea of where a link may lead."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return addresses.allowed(url)

    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the library's name
        return addresses.normal(url)


_PARSER = _Parser("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_NESTING})
_PARSER.enable(["table", "strikethrough"]).disable(["reference", "code"])


@lru_cache(maxsize=4)
def parse(body: str) -> list[Token]:
    """The tokens of clean Markdown whose holes are marked; each channel reads the same.

    Raises BodyMistake for a text that is empty, over MAX_BODY or nested deeper than MAX_NESTING,
    and for a hole within a link's address.
    """
    if not visible(body):
        raise BodyMistake(_("текст пуст"))
    if len(body) > MAX_BODY:
        raise BodyMistake(
            _("текст длиннее {limit} знаков; приложите его файлом").format(limit=MAX_BODY)
        )
    tokens = _PARSER.parse(body)
    for token in tokens:
        _refuse_depth(token)
        token.content = clean_parsed(token.content)
        token.tag = _HEADINGS.get(token.tag, token.tag)
        if token.children is not None:
            token.children = tame(token.children, line=_line(token))
    return tokens


def as_html(tokens: list[Token]) -> str:
    """The tokens as HTML in the parser's own way, not cleaned yet."""
    written: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return written


def _refuse_depth(token: Token) -> None:
    """Beyond its limit the parser drops text without a word, so nobody may come near it."""
    if token.nesting == 1 and token.level + 1 >= MAX_NESTING:
        raise BodyMistake(_("слишком много вложенных цитат или списков"), line=_line(token))


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
