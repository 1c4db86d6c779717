"""One paragraph's tokens, made trustworthy for every writer.

Afterwards pictures are links, every link has an address and a text, no link stands in a link, equal
emphasis is not nested (which bounds all nesting), and bare addresses are links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from broadcaster.i18n import _
from broadcaster.rendering import addresses
from broadcaster.rendering.characters import clean_parsed, visible
from broadcaster.rendering.holes import ANY_MARK
from broadcaster.rendering.mistakes import BodyMistake

_EMPHASIS = frozenset({"strong", "em", "s"})


def tame(tokens: list[Token], *, line: int) -> list[Token]:
    """The tokens by the rules of this module; `line` is where the paragraph starts.

    Raises BodyMistake for a hole within an address.
    """
    return list(_bare_links(_once(_sound_links(_pictures(_cleaned(tokens)), line))))


def _cleaned(tokens: Iterable[Token]) -> Iterator[Token]:
    """Entities may have brought in what `characters.clean` took out of the source."""
    for token in tokens:
        token.content = clean_parsed(token.content)
        yield token


def _pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    """Pictures travel as attachments; in the text there is a link, or in a link the description."""
    within_link = False
    for token in tokens:
        if token.type != "image":
            within_link = _within_link(token, before=within_link)
            yield token
        elif within_link:
            yield _text(_description(token))
        else:
            yield from _link(_description(token) or _("изображение"), str(token.attrs["src"]))


def _description(picture: Token) -> str:
    """The text of a picture's description, without its markup."""
    words: list[str] = []
    for token in picture.children or ():
        match token.type:
            case "image":
                words.append(_description(token))
            case "softbreak" | "hardbreak":
                words.append(" ")
            case _:
                words.append(clean_parsed(token.content))
    return "".join(words)


def _sound_links(tokens: Iterable[Token], line: int) -> Iterator[Token]:
    address, said = "", False
    for token in tokens:
        if token.type == "link_open":
            address, said = str(token.attrs["href"]), False
            _refuse_hole(address, line)
        elif token.type == "link_close":
            if address and not said:
                yield _text(addresses.readable(address))
        else:
            said = said or visible(token.content)
        if address or not token.type.startswith("link_"):
            yield token
        if token.type == "link_close":
            address = ""


def _refuse_hole(address: str, line: int) -> None:
    if ANY_MARK.search(address):
        raise BodyMistake(_("подстановка внутри адреса ссылки невозможна"), line=line)


def _once(tokens: Iterable[Token]) -> Iterator[Token]:
    """Emphasis within the same emphasis changes nothing for a reader and is left out."""
    depth = dict.fromkeys(_EMPHASIS, 0)
    for token in tokens:
        kind = token.type.rpartition("_")[0]
        if kind not in depth:
            yield token
            continue
        outermost = depth[kind] == (0 if token.nesting == 1 else 1)
        depth[kind] += token.nesting
        if outermost:
            yield token


def _bare_links(tokens: Iterable[Token]) -> Iterator[Token]:
    within_link = False
    for token in tokens:
        within_link = _within_link(token, before=within_link)
        if token.type == "text" and not within_link:
            yield from _split_at_links(token.content)
        else:
            yield token


def _split_at_links(text: str) -> Iterator[Token]:
    end = 0
    for found in addresses.BARE.finditer(text):
        shown = addresses.trimmed(found[0])
        address = addresses.normal(shown)
        if ANY_MARK.search(shown) or not addresses.allowed(address):
            continue
        if found.start() > end:
            yield _text(text[end : found.start()])
        yield from _link(shown, address)
        end = found.start() + len(shown)
    if end < len(text):
        yield _text(text[end:])


def _within_link(token: Token, *, before: bool) -> bool:
    return token.type == "link_open" or (before and token.type != "link_close")


def _link(text: str, address: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": address})
    yield _text(text)
    yield Token("link_close", "a", -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
