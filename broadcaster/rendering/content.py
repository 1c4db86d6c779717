"""From an announcement to what a channel carries: the way into this package.

An announcement is rendered once for each channel and kind of place; people's copies differ by
segments alone. Everything here is pure but for reading template files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markdown_it.token import Token

from broadcaster.contract import Attachment, Button, Capability, Content, Traits
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.rendering.characters import clean, one_line, visible
from broadcaster.rendering.context import (
    Announcement,
    Link,
    School,
    date_words,
    importance_words,
)
from broadcaster.rendering.holes import line_of_first_hole, mark_holes
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.sheet import ChannelLook, Sheet
from broadcaster.rendering.templates import Templates

__all__ = ["ChannelLook", "School", "Templates", "Text", "render"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an author wrote once; `guid` names it for ever, `published` knows its time zone."""

    guid: str
    title: str
    body: str
    published: datetime
    importance: Importance = Importance.ROUTINE


def render(
    text: Text,
    look: ChannelLook,
    school: School,
    attachments: Sequence[Attachment] = (),
    *,
    templates: Templates,
    buttons: Sequence[Button] = (),
    labels: Sequence[str] = (),
    links: Mapping[str, str] | None = None,
) -> Content:
    """What the channel carries, within its limits.

    Files and buttons it cannot carry become links in the text; `links` are the files' pages by
    digest, a file without one is named. Raises BodyMistake and TemplateMistake, and ValueError for
    a button without a page on a channel without buttons.
    """
    carried = tuple(file for file in attachments if _carries(look.traits, file))
    pressed = tuple(buttons) if Capability.BUTTONS in look.traits.capabilities else ()
    sign, importance = importance_words(text.importance)
    announcement = Announcement(
        title=_titled(text),
        body="",
        importance=importance,
        sign=sign,
        urgent=text.importance is Importance.URGENT,
        published=date_words(text.published),
        published_iso=text.published.isoformat(timespec="seconds"),
        attached=len(carried),
        files=tuple(_page_of(file, links or {}) for file in attachments if file not in carried),
        buttons=() if pressed else tuple(map(_page_behind, buttons)),
    )
    written = Sheet(_understood(text, look), announcement, look, _clean(school), templates).write()
    return Content(
        guid=text.guid,
        subject=written.subject,
        texts=written.texts,
        html=written.html,
        attachments=carried,
        buttons=pressed,
        labels=tuple(labels),
    )


def _titled(text: Text) -> str:
    """The title on one line, the same for everybody; raises BodyMistake for none and for a hole."""
    title = one_line(text.title)
    if "{{" in title:
        raise BodyMistake(_("в заголовке подстановки невозможны"))
    if not visible(title):
        raise BodyMistake(_("заголовок пуст"))
    return title


def _understood(text: Text, look: ChannelLook) -> list[Token]:
    """The parsed body with marks for holes; raises BodyMistake."""
    body = mark_holes(clean(text.body))
    line = line_of_first_hole(body)
    if line and not look.personal:
        raise BodyMistake(_("подстановки возможны только в личных копиях"), line=line)
    return parse(body)


def _carries(traits: Traits, file: Attachment) -> bool:
    fits = not traits.max_attachment or file.size <= traits.max_attachment
    return Capability.ATTACHMENTS in traits.capabilities and fits


def _page_of(file: Attachment, links: Mapping[str, str]) -> Link:
    return Link(one_line(file.title or file.name), links.get(file.digest, ""))


def _page_behind(button: Button) -> Link:
    if not button.url:
        raise ValueError("a button without a page on a channel without buttons")
    return Link(one_line(button.label), button.url)


def _clean(school: School) -> School:
    return School(one_line(school.name), one_line(school.contact), one_line(school.site))
