"""Telegram's HTML, parsed as its server does, errors and all, into plain text and safe HTML.

The rules and the words of the errors are those of tdlib/td, MessageEntity.cpp.
"""

from __future__ import annotations

import html
import re
import sys
from dataclasses import dataclass

from broadcaster.sandbox.telegram.refusal import bad

_SHOWN_AS = {
    "b": "b",
    "strong": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "a",
    "span": "span",
    "tg-spoiler": "span",
    "tg-emoji": "",
    "tg-time": "",
}
"""The tags Telegram knows and ours that show them; an empty one shows its content alone."""
_OPENED_BY = {"span": '<span class="tg-spoiler">'}
_SAFE_LINK = re.compile(r"(?:https?|tg|mailto|tel):", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#(?:x[0-9a-fA-F]{1,6}|[0-9]{1,7})|(?:lt|gt|amp|quot)(?![A-Za-z]));?")
_PLAIN = re.compile(r"[^<&]+")
_END = re.compile(r"</(?P<name>[^\s>]*)\s*(?P<closed>>?)")
_START = re.compile(r"<(?P<name>[^\s>]*)")
_ATTRIBUTE = re.compile(
    r"""\s*(?P<name>[^\s=>/"']+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'"""
    r"""|(?P<token>[A-Za-z0-9.-]+)(?=[\s>])))?"""
)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text without its markup, and as HTML that is safe to show."""

    text: str = ""
    html: str = ""

    @property
    def units(self) -> int:
        """Its length in UTF-16 units, which is what Telegram counts."""
        return len(self.text.encode("utf-16-le", "surrogatepass")) // 2


def formatted(source: str, parse_mode: str) -> Formatted:
    """What readers see; raises Refusal when the markup is wrong. Outer white space is dropped."""
    match parse_mode.lower():
        case "":
            return Formatted(source.strip(), html.escape(source.strip()))
        case "html":
            parser = _Parser(source)
            parser.run()
            return Formatted("".join(parser.text).strip(), "".join(parser.html).strip())
        case _:
            raise bad("unsupported parse_mode")


class _Parser:
    """Goes once through a text; `text` and `html` are what has come out so far."""

    def __init__(self, source: str) -> None:
        self.text: list[str] = []
        self.html: list[str] = []
        self._source = source
        self._at = 0
        self._open: list[tuple[str, str]] = []
        """The tags not closed yet, with the HTML that will close them."""

    def run(self) -> None:
        while self._at < len(self._source):
            if self._source.startswith("</", self._at):
                self._end()
            elif self._source[self._at] == "<":
                self._start()
            else:
                self._plain()
        if self._open:
            raise _wrong(f'Can\'t find end tag corresponding to start tag "{self._open[-1][0]}"')

    def _plain(self) -> None:
        piece = _PLAIN.match(self._source, self._at) or _ENTITY.match(self._source, self._at)
        told = piece[0] if piece else self._source[self._at]
        self._at += len(told)
        seen = _decoded(told) if told.startswith("&") else told
        self.text.append(seen)
        self.html.append(html.escape(seen))

    def _start(self) -> None:
        begun = self._offset()
        tag = _START.match(self._source, self._at)
        if tag is None or tag.end() == len(self._source):
            raise _wrong(f"Unclosed start tag at byte offset {begun}")
        name = tag["name"].lower()
        if name not in _SHOWN_AS:
            raise _wrong(f'Unsupported start tag "{name}" at byte offset {begun}')
        self._at = tag.end()
        attributes = self._attributes(name, begun)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _wrong(f'Tag "span" must have class "tg-spoiler" at byte offset {begun}')
        opening, closing = _shown(_SHOWN_AS[name], attributes)
        self.html.append(opening)
        self._open.append((name, closing))

    def _attributes(self, tag: str, begun: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while (rest := self._source[self._at :].lstrip()) and not rest.startswith(">"):
            attribute = _ATTRIBUTE.match(self._source, self._at)
            if attribute is None:
                raise _wrong(f'Empty attribute name in the tag "{tag}" at byte offset {begun}')
            value = attribute["double"] or attribute["single"] or attribute["token"] or ""
            found[attribute["name"].lower()] = _ENTITY.sub(lambda e: _decoded(e[0]), value)
            self._at = attribute.end()
        if not rest:
            raise _wrong(f'Unclosed start tag "{tag}" at byte offset {begun}')
        self._at = len(self._source) - len(rest) + 1
        return found

    def _end(self) -> None:
        begun = self._offset()
        if not self._open:
            raise _wrong(f"Unexpected end tag at byte offset {begun}")
        tag = _END.match(self._source, self._at)
        if tag is None or not tag["closed"]:
            raise _wrong(f"Unclosed end tag at byte offset {begun}")
        name, closing = self._open.pop()
        if tag["name"].lower() not in {"", name}:
            told = f'expected "</{name}>", found "</{tag["name"].lower()}>"'
            raise _wrong(f"Unmatched end tag at byte offset {begun}, {told}")
        self.html.append(closing)
        self._at = tag.end()

    def _offset(self) -> int:
        return len(self._source[: self._at].encode("utf-8", "surrogatepass"))


def _shown(tag: str, attributes: dict[str, str]) -> tuple[str, str]:
    if tag == "a":
        href = attributes.get("href", "")
        if not _SAFE_LINK.match(href):
            return "", ""
        return f'<a href="{html.escape(href)}" rel="noopener noreferrer">', "</a>"
    if not tag:
        return "", ""
    return _OPENED_BY.get(tag, f"<{tag}>"), f"</{tag}>"


def _decoded(entity: str) -> str:
    body = entity.removeprefix("&").removesuffix(";")
    if not body.startswith("#"):
        return {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}.get(body, entity)
    code = int(f"0{body[1:]}", 0) if body.startswith("#x") else int(body[1:])
    return chr(code) if 0 < code < sys.maxunicode else entity


def _wrong(words: str) -> Exception:
    return bad(f"can't parse entities: {words}")
