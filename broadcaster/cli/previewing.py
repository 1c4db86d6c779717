"""How an announcement will look on each channel, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.panel import Panel
from rich.text import Text as Line

from broadcaster.cli.clock import school_time
from broadcaster.cli.output import BAD_INPUT, fail, out, say
from broadcaster.contract import Content, Markup
from broadcaster.i18n import _
from broadcaster.rendering.content import Text
from broadcaster.rendering.holes import holes_in
from broadcaster.sandbox.gallery import FeedEntry, FeedLook, Parent, write_gallery
from broadcaster.sandbox.phone import Shown, ShownFile
from broadcaster.services import previewing
from broadcaster.services.drafting import Draft
from broadcaster.services.outlets import Office
from broadcaster.services.previewing import Sample, Spoilt
from broadcaster.words import channel_word


def samples(office: Office, draft: Draft, names: Sequence[str]) -> Iterator[Sample]:
    """The announcement on each channel; a mistake in it ends the program."""
    text = Text(
        guid="preview",
        title=draft.title,
        body=draft.body,
        more=draft.more,
        importance=draft.importance,
        published=datetime.now(UTC).astimezone(office.school.time_zone),
    )
    for sample in previewing.samples(office, text, draft.attachments, names):
        if isinstance(sample, Spoilt):
            problem = f"{channel_word(sample.outlet.name)}: {sample.mistake}"
            fail("rendering", [problem], exit_code=BAD_INPUT)
        yield sample


def show_preview(office: Office, draft: Draft, names: Sequence[str]) -> None:
    """Print each channel's messages."""
    for sample in samples(office, draft, names):
        total = len(sample.texts)
        for number, part in enumerate(sample.plain, 1):
            title = channel_word(sample.outlet.name)
            if total > 1:
                words = _("(часть {number} из {total})")
                title += " " + words.format(number=number, total=total)
            out.print(Panel(Line(part), title=title, title_align="left"))
        for file in sample.content.attachments:
            out.print(Line(f"  📎 {file.name}", style="dim"))
    if holes_in(draft.body):
        say(_("Текст обращается к каждому лично, поэтому на открытые площадки он не попадёт."))


def preview_as_json(office: Office, draft: Draft, names: Sequence[str]) -> dict[str, Any]:
    """Each channel's messages for machines."""
    return {
        sample.outlet.name: {
            "subject": sample.subject,
            "texts": sample.texts,
            "html": sample.html or None,
            "attachments": [file.name for file in sample.content.attachments],
        }
        for sample in samples(office, draft, names)
    }


def write_preview(office: Office, draft: Draft, names: Sequence[str], file: Path) -> None:
    """Write one page with a phone that shows every channel's messages."""
    school_time(office.school.time_zone)
    shown = list(samples(office, draft, names))
    people = [one for one in shown if one.outlet.traits.markup is not Markup.SITE]
    feeds = [one for one in shown if one.outlet.traits.markup is Markup.SITE]
    addresses = {one.outlet.name: _("образец") for one in people}
    write_gallery(
        file,
        [Parent(_("Анна Петровна"), (_("Маша"),), addresses)],
        [message for one in people for message in _messages(one)],
        _feed(office, feeds[0]) if feeds else None,
        school=office.school.name,
        title=_("Как это будет выглядеть"),
    )


def _messages(sample: Sample) -> Iterator[Shown]:
    files = _files(sample.content)
    for number, (text, plain) in enumerate(zip(sample.texts, sample.plain, strict=True)):
        mail = sample.outlet.traits.markup is Markup.MAIL
        rich = sample.outlet.traits.markup is Markup.TELEGRAM
        yield Shown(
            platform=sample.outlet.name,
            address=_("образец"),
            at=datetime.now(UTC),
            ids={"number": number},
            text=plain,
            html=sample.html if mail else text if rich else "",
            subject=sample.subject if mail else "",
            files=files if number == 0 else (),
        )


def _files(content: Content) -> tuple[ShownFile, ...]:
    return tuple(
        ShownFile(file.name, file.media_type, file.content) for file in content.attachments
    )


def _feed(office: Office, sample: Sample) -> FeedLook:
    entry = FeedEntry(sample.subject, datetime.now(UTC), sample.html, files=_files(sample.content))
    return FeedLook(office.school.name, office.school.public_url, (entry,))
