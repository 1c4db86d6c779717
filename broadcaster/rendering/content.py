"""From an announcement to what a channel carries: the way into this package.

An announcement is rendered once for each channel and kind of place; people's copies differ by
segments alone. Everything here is pure but for reading template files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markdown_it.token import Token

from broadcaster.contract import Attachment, Button, Capability, Content, Markup
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
from broadcaster.rendering.more import parse_more
from broadcaster.rendering.sheet import ChannelLook, Sheet
from broadcaster.rendering.templates import Templates

__all__ = ["ChannelLook", "School", "Templates", "Text", "render"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an author wrote once; `guid` names it for ever, `published` knows its time zone.

    `more` is shown below the body where the channel's markup is the site's, and nowhere else: a
    messenger would cut it into several messages, and a letter is read like a message, at a glance.
    `page` is where the site shows it, for a link from everywhere else; "" when that is not known.
    """

    guid: str
    title: str
    body: str
    published: datetime
    importance: Importance = Importance.ROUTINE
    more: str = ""
    page: str = ""


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
    carried = look.traits.carried(attachments)
    pressed = tuple(buttons) if Capability.BUTTONS in look.traits.capabilities else ()
    more = _understood_more(text)
    on_site = look.traits.markup is Markup.SITE
    further = (Link(_("Подробнее на сайте"), text.page),) if more and text.page else ()
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
        buttons=(
            *(() if pressed else map(_page_behind, buttons)),
            *(() if on_site else further),
        ),
    )
    body = _understood(text, look)
    pieces = (body, more) if on_site else (body,)
    written = Sheet(pieces, announcement, look, _clean(school), templates).write()
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


def _understood_more(text: Text) -> list[Token]:
    """The parsed addition for the site; raises BodyMistake, whatever the channel."""
    try:
        return parse_more(text.more)
    except BodyMistake as mistake:
        words = _("дополнение для сайта: {message}").format(message=mistake.message)
        raise BodyMistake(words, line=mistake.line) from mistake


def _page_of(file: Attachment, links: Mapping[str, str]) -> Link:
    return Link(one_line(file.title or file.name), links.get(file.digest, ""))


def _page_behind(button: Button) -> Link:
    if not button.url:
        raise ValueError("a button without a page on a channel without buttons")
    return Link(one_line(button.label), button.url)


def _clean(school: School) -> School:
    return School(one_line(school.name), one_line(school.contact), one_line(school.site))
