"""How an announcement will look on each channel, as an invented parent would get it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

import nh3

from broadcaster.contract import Attachment, Capability, Content, Markup
from broadcaster.i18n import _
from broadcaster.rendering.content import Text
from broadcaster.rendering.holes import holes_in
from broadcaster.rendering.mistakes import BodyMistake, RenderingMistake
from broadcaster.rendering.segments import segments
from broadcaster.services.contents import content_of
from broadcaster.services.outlets import Office, Outlet

UNSUBSCRIBE = "https://school.example/u/example"
"""The page that an invented parent would leave by."""
ACKNOWLEDGE = "https://school.example/a/example"
"""The page on which she would say that she has read it."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One channel's messages as an invented parent would get them."""

    outlet: Outlet
    content: Content
    subject: str
    texts: tuple[str, ...]
    html: str

    @property
    def plain(self) -> tuple[str, ...]:
        """The texts without markup."""
        if self.outlet.traits.markup is not Markup.TELEGRAM:
            return self.texts
        return tuple(unescape(nh3.clean(text, tags=set())) for text in self.texts)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A channel whose messages cannot be made, and why."""

    outlet: Outlet
    mistake: RenderingMistake


def samples(
    office: Office, text: Text, files: Sequence[Attachment], names: Sequence[str]
) -> Iterator[Sample | Spoilt]:
    """The announcement on each channel; a public place does not get what speaks to one person."""
    speaks_to_one = personal_text(text.body)
    for name in names:
        outlet = office.outlets[name]
        personal = Capability.PEOPLE in outlet.traits.capabilities
        if personal or not speaks_to_one:
            yield _sample(office, outlet, text, files, personal=personal)


def personal_text(body: str) -> bool:
    """Whether the text speaks to one person; one that cannot be read speaks to nobody."""
    try:
        return bool(holes_in(body))
    except BodyMistake:
        return False


def _sample(
    office: Office, outlet: Outlet, text: Text, files: Sequence[Attachment], *, personal: bool
) -> Sample | Spoilt:
    try:
        content = content_of(office, outlet, text, files, personal=personal)
    except RenderingMistake as mistake:
        return Spoilt(outlet, mistake)
    person = segments(
        outlet.traits.markup,
        name=_("Анна Петровна"),
        children=[_("Маша")],
        unsubscribe=UNSUBSCRIBE,
        acknowledge=ACKNOWLEDGE,
    )
    return Sample(
        outlet=outlet,
        content=content,
        subject=content.subject.fill(person.raw),
        texts=tuple(wording.fill(person.escaped) for wording in content.texts),
        html=content.html.fill(person.escaped) if content.html else "",
    )
