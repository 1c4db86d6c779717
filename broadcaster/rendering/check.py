"""Trying every template before anything is sent.

Each channel's templates are rendered for made-up announcements that take every turn a template can
ask about: each importance, with and without files, buttons, pages and a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from broadcaster.contract import Attachment, Button, Capability, Markup
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.rendering.content import ChannelLook, School, Text, render
from broadcaster.rendering.mistakes import TemplateMistake
from broadcaster.rendering.sheet import FILES, FOLDERS
from broadcaster.rendering.templates import SHIPPED, Templates

_FILE = Attachment("план.pdf", "application/pdf", 1, "0", Path("план.pdf"), "План недели")
_BUTTON = Button("Подробнее", url="https://example.org/")
_SCHOOLS = (School("Школа"), School("Школа", "+7 900 000-00-00", "https://example.org/"))
_NOW = datetime(2026, 9, 1, 9, 30, tzinfo=UTC)
_EXTRAS = {Capability.ATTACHMENTS, Capability.BUTTONS}
_BODY = "Абзац *с* **разным** ~~видом~~ и [ссылкой](https://example.org/).\n\n* раз\n* два"


def check_templates(
    templates: Templates, looks: Sequence[ChannelLook]
) -> tuple[TemplateMistake, ...]:
    """Every mistake found in the templates of these channels, each once; empty when all is well."""
    found = [*_misnamed(templates, looks), *_mistakes(templates, looks)]
    return tuple({str(mistake): mistake for mistake in found}.values())


def _misnamed(templates: Templates, looks: Iterable[ChannelLook]) -> Iterator[TemplateMistake]:
    """The school's files that no channel would ever read."""
    folders = {(FOLDERS[markup], markup) for markup in Markup}
    folders |= {(look.name, look.traits.markup) for look in looks}
    known = {f"{folder}/{file}" for folder, markup in folders for file in FILES[markup]}
    for path, name in templates.own_files():
        if name not in known and not (SHIPPED / name).is_file():
            yield TemplateMistake(
                path, 0, _("шаблона с таким именем никто не прочтёт."), ", ".join(sorted(known))
            )


def _mistakes(templates: Templates, looks: Iterable[ChannelLook]) -> Iterator[TemplateMistake]:
    for look in looks:
        for variant, importance, school, files in product(
            _variants(look), Importance, _SCHOOLS, (0, 1)
        ):
            try:
                render(
                    Text(
                        guid="0",
                        title="Заголовок",
                        body=_BODY,
                        published=_NOW,
                        importance=importance,
                    ),
                    variant,
                    school,
                    [_FILE] * files,
                    templates=templates,
                    buttons=[_BUTTON] * files,
                    links={_FILE.digest: "https://example.org/plan.pdf"} if school.site else {},
                )
            except TemplateMistake as mistake:
                yield mistake


def _variants(look: ChannelLook) -> Iterator[ChannelLook]:
    """The channel for people and for places, with their pages and without, rich and poor."""
    own = look.traits.capabilities
    for capabilities in (own | _EXTRAS, own - _EXTRAS):
        bare = replace(look, traits=replace(look.traits, capabilities=capabilities))
        if Capability.DESTINATIONS in own:
            yield replace(bare, personal=False)
        if Capability.PEOPLE in own:
            for leaves, asks in product((False, True), repeat=2):
                yield replace(bare, personal=True, has_unsubscribe=leaves, has_acknowledge=asks)
