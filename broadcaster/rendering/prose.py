"""Text for channels that have no block markup: how paragraphs, lists and tables look as lines.

A `Pen` knows the inline markup of one channel; the layout is the same for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

RULE = "———"
BULLET = "• "
INDENT = "  "
BETWEEN_CELLS = " — "
NO_CELL = "·"


class Pen(Protocol):
    """The inline markup of one channel; `inner` is written already, `text` is not."""

    def text(self, text: str) -> str:
        """Plain words."""

    def emphasis(self, kind: str, inner: str) -> str:
        """Words of one kind of emphasis: strong, em or s."""

    def link(self, inner: str, label: str, address: str) -> str:
        """A link; `label` is the plain text of `inner`."""

    def code(self, text: str) -> str:
        """Words in a typewriter's face."""

    def listing(self, text: str) -> str:
        """Lines in a typewriter's face."""

    def quote(self, inner: str) -> str:
        """Lines that somebody else has said."""

    def heading(self, inner: str) -> str:
        """A heading, which is one line."""


def write(tokens: Sequence[Token], pen: Pen) -> str:
    """The parsed text by this pen; blank lines stand between blocks, none at the ends."""
    return _blocks(SyntaxTreeNode(tokens).children, pen, between="\n\n")


def _blocks(nodes: Sequence[SyntaxTreeNode], pen: Pen, *, between: str) -> str:
    return between.join(filter(None, (_block(node, pen) for node in nodes)))


def _block(node: SyntaxTreeNode, pen: Pen) -> str:
    return _BLOCKS.get(node.type, _inline)(node, pen)


def _list(node: SyntaxTreeNode, pen: Pen) -> str:
    parts = (part for item in node.children for part in item.children)
    tight = all(part.hidden for part in parts if part.type == "paragraph")
    between = "\n" if tight else "\n\n"
    first = int(node.attrs.get("start", 1))
    return between.join(
        _item(
            BULLET if node.type == "bullet_list" else f"{number}. ",
            _blocks(item.children, pen, between=between),
        )
        for number, item in enumerate(node.children, first)
    )


def _item(label: str, inner: str) -> str:
    return label + re.sub(r"\n(?!\n|$)", "\n" + INDENT, inner)


def _table(node: SyntaxTreeNode, pen: Pen) -> str:
    """The header in bold, then a line a row: columns do not survive a telephone's proportional
    face.
    """
    rows = [row for part in node.children for row in part.children]
    header = pen.emphasis("strong", _row(rows[0], pen))
    return "\n".join([header, *(BULLET + _row(row, pen) for row in rows[1:])])


def _row(row: SyntaxTreeNode, pen: Pen) -> str:
    cells = [_inline(cell, pen).replace("\n", " ") or NO_CELL for cell in row.children]
    return BETWEEN_CELLS.join(cells)


def _inline(node: SyntaxTreeNode, pen: Pen) -> str:
    return "".join(_written(child, pen) for child in node.children)


def _written(node: SyntaxTreeNode, pen: Pen) -> str:
    match node.type:
        case "text":
            return pen.text(node.content)
        case "code_inline":
            return pen.code(node.content)
        case "softbreak" | "hardbreak":
            return "\n"
        case "strong" | "em" | "s":
            return pen.emphasis(node.type, _inline(node, pen))
        case "link":
            label = "".join(_words(node))
            return pen.link(_inline(node, pen), label, str(node.attrs["href"]))
        case _:
            return _inline(node, pen)


def _words(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.walk(include_self=False):
        if child.type in {"text", "code_inline"}:
            yield child.content


_BLOCKS: Mapping[str, Callable[[SyntaxTreeNode, Pen], str]] = {
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
    "blockquote": lambda node, pen: pen.quote(_blocks(node.children, pen, between="\n\n")),
    "heading": lambda node, pen: pen.heading(_inline(node, pen)),
    "fence": lambda node, pen: pen.listing(node.content.rstrip("\n")),
    "hr": lambda _node, _pen: RULE,
}
"""How the parser's blocks look; all others are paragraphs."""
