"""Where the links of an author's text lead."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it.token import Token

from broadcaster.rendering.characters import clean
from broadcaster.rendering.holes import mark_holes
from broadcaster.rendering.markdown import parse


def links_in(body: str) -> tuple[tuple[str, str], ...]:
    """Each link's address and the words that a reader presses, in order; raises BodyMistake."""
    tokens = parse(mark_holes(clean(body)))
    return tuple(link for token in tokens for link in _links(token.children or []))


def _links(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    address, words = "", ""
    for token in tokens:
        match token.type:
            case "link_open":
                address, words = str(token.attrs["href"]), ""
            case "link_close":
                yield address, words
            case _:
                words += token.content
