"""What only the site shows below an announcement's text: longer, and the same for everybody."""

from __future__ import annotations

from markdown_it.token import Token

from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, visible
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.mistakes import BodyMistake


def parse_more(text: str) -> list[Token]:
    """The parsed addition, nothing for one that is empty.

    Raises BodyMistake, with the addition's own line, for a hole and for what `parse` refuses: a
    site is for everybody, so there is nobody to fill a hole for.
    """
    more = clean(text)
    if not visible(more):
        return []
    before, hole, _after = more.partition("{{")
    if hole:
        words = _("подстановки на сайте невозможны: он у всех один")
        raise BodyMistake(words, before.count("\n") + 1)
    return parse(more)
