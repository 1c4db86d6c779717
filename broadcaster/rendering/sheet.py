"""One announcement on its way through one channel's templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import assert_never

from markdown_it.token import Token
from markupsafe import Markup as Safe

from broadcaster.contract import Markup, Traits, Wording
from broadcaster.i18n import _
from broadcaster.rendering.characters import joined
from broadcaster.rendering.context import Announcement, School
from broadcaster.rendering.holes import ANY_MARK, HOLE_OF, MARKS, Hole, wording
from broadcaster.rendering.html import html
from broadcaster.rendering.plain import plain
from broadcaster.rendering.sandbox import PERSON
from broadcaster.rendering.splitting import split
from broadcaster.rendering.telegram import telegram
from broadcaster.rendering.templates import Rendered, Templates
from broadcaster.rendering.units import MarkupMistake

SUMMARY = 500
"""Characters of the plain summary that a site's feed shows beside the full text."""

FOLDERS: Mapping[Markup, str] = {
    Markup.PLAIN: "vk",
    Markup.TELEGRAM: "telegram",
    Markup.MAIL: "email",
    Markup.SITE: "site",
}
"""Whose templates a channel borrows when it has none of its own."""

FILES: Mapping[Markup, tuple[str, ...]] = {
    Markup.PLAIN: ("message.txt.j2",),
    Markup.TELEGRAM: ("message.html.j2",),
    Markup.MAIL: ("subject.txt.j2", "message.txt.j2", "message.html.j2"),
    Markup.SITE: ("item.html.j2",),
}
"""The templates of a channel, by its markup."""


@dataclass(frozen=True, slots=True)
class ChannelLook:
    """A channel as rendering sees it.

    `personal` is True for people's own copies, False for walls, groups and feeds.
    `has_unsubscribe` and `has_acknowledge` say that every person's segments carry such a page.
    """

    name: str
    traits: Traits
    _: KW_ONLY
    personal: bool = True
    has_unsubscribe: bool = False
    has_acknowledge: bool = False

    @property
    def holes(self) -> Mapping[str, str]:
        """The marks of the holes that there are in this channel's copies, by name."""
        there = {
            Hole.NAME: self.personal,
            Hole.CHILDREN: self.personal,
            Hole.UNSUBSCRIBE: self.personal and self.has_unsubscribe,
            Hole.ACKNOWLEDGE: self.personal and self.has_acknowledge,
        }
        return {hole.value: MARKS[hole] for hole in Hole if there[hole]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The wordings of a `Content`."""

    subject: Wording
    texts: tuple[Wording, ...]
    html: Wording | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parsed text, what templates may know of it, and the channel it is for.

    The first of `texts` is the body; a page shows the others below it.
    """

    texts: tuple[list[Token], ...]
    announcement: Announcement
    look: ChannelLook
    school: School
    templates: Templates

    def write(self) -> Written:
        """The announcement in the channel's markup; raises TemplateMistake."""
        title = Wording.plain(self.announcement.title)
        match self.look.traits.markup:
            case Markup.PLAIN:
                return Written(subject=title, texts=self._messages("message.txt.j2", plain))
            case Markup.TELEGRAM:
                return Written(subject=title, texts=self._messages("message.html.j2", telegram))
            case Markup.MAIL:
                return Written(
                    subject=wording(joined(self._run("subject.txt.j2").text)),
                    texts=self._messages("message.txt.j2", plain),
                    html=self._page("message.html.j2"),
                )
            case Markup.SITE:
                return Written(
                    subject=title, texts=(self._summary(),), html=self._page("item.html.j2")
                )
            case unknown:
                assert_never(unknown)

    def _messages(self, file: str, write: Callable[[list[Token]], str]) -> tuple[Wording, ...]:
        """The template's text with the body so written, cut to the channel's limits."""
        rendered = self._run(file, write(self.texts[0]))
        traits = self.look.traits
        try:
            messages = split(
                re.sub(r"\n{3,}", "\n\n", rendered.text),
                traits.markup,
                limit=traits.max_text,
                first_limit=traits.max_caption if self.announcement.attached else 0,
                utf16=traits.utf16,
            )
        except MarkupMistake as mistake:
            raise rendered.mistake(mistake.message, mistake.fragment) from mistake
        if not messages:
            raise rendered.mistake(_("сообщение вышло пустым."))
        return tuple(map(wording, messages))

    def _page(self, file: str) -> Wording:
        return wording(self._run(file, Safe().join(map(html, self.texts))).text.strip())

    def _summary(self) -> Wording:
        """The body's beginning as plain text, or the title of one that is all signs."""
        text = plain(self.texts[0])
        pieces = split(text[: SUMMARY * 4].rstrip(), Markup.PLAIN, limit=SUMMARY)
        if not pieces:
            return Wording.plain(self.announcement.title)
        return Wording.plain(pieces[0] + "…" * (len(pieces) > 1))

    def _run(self, file: str, body: str = "") -> Rendered:
        """The template's text, its holes checked to be ones that will be filled."""
        look = self.look
        context = {
            "announcement": replace(self.announcement, body=body),
            "school": self.school,
            "personal": look.personal,
            "has_unsubscribe": Hole.UNSUBSCRIBE in look.holes,
            "has_acknowledge": Hole.ACKNOWLEDGE in look.holes,
        }
        if look.personal:
            context[PERSON] = dict(look.holes)
        names = [f"{folder}/{file}" for folder in (look.name, FOLDERS[look.traits.markup])]
        rendered = self.templates.render(names, context)
        if not {HOLE_OF[mark] for mark in ANY_MARK.findall(rendered.text)} <= set(look.holes):
            raise rendered.mistake(_("в тексте знак, занятый подстановками."))
        return rendered
