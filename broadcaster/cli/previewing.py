"""How an announcement will look on each channel, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from rich.panel import Panel
from rich.text import Text as Line

from broadcaster.cli.output import BAD_INPUT, fail, out
from broadcaster.cli.words import channel_word
from broadcaster.contract import Capability, Content
from broadcaster.i18n import _
from broadcaster.rendering.content import Text
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.rendering.segments import Segments, segments
from broadcaster.services.contents import content_of
from broadcaster.services.drafting import Draft
from broadcaster.services.outlets import Office, Outlet

PAGE = """<!doctype html><html lang="ru"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
pre{{white-space:pre-wrap;background:#f3f1ea;padding:1rem;border-radius:.5rem}}
iframe{{width:100%;height:36rem;border:1px solid #ccc;border-radius:.5rem}}</style>
<h1>{title}</h1>{sections}"""


def _rendered(office: Office, draft: Draft, name: str) -> tuple[Content, Segments]:
    outlet: Outlet = office.outlets[name]
    text = Text(
        guid="preview",
        title=draft.title,
        body=draft.body,
        importance=draft.importance,
        published=datetime.now(UTC).astimezone(office.school.time_zone),
    )
    personal = Capability.PEOPLE in outlet.traits.capabilities
    try:
        content = content_of(office, outlet, text, draft.attachments, personal=personal)
    except RenderingMistake as mistake:
        fail("rendering", [f"{channel_word(name)}: {mistake}"], exit_code=BAD_INPUT)
    person = segments(
        outlet.traits.markup,
        name=_("Анна Петровна"),
        children=[_("Маша")],
        unsubscribe="https://school.example/u/example",
    )
    return content, person


def show_preview(office: Office, draft: Draft, names: Sequence[str]) -> None:
    """Print each channel's messages."""
    for name in names:
        content, person = _rendered(office, draft, name)
        parts = [wording.fill(person.raw) for wording in content.texts]
        for number, part in enumerate(parts, 1):
            title = channel_word(name)
            if len(parts) > 1:
                title += " " + _("(часть {number} из {total})").format(
                    number=number, total=len(parts)
                )
            out.print(Panel(Line(part), title=title, title_align="left"))
        for file in content.attachments:
            out.print(Line(f"  📎 {file.name}", style="dim"))


def preview_as_json(office: Office, draft: Draft, names: Sequence[str]) -> dict[str, Any]:
    """Each channel's messages for machines."""
    shown = {}
    for name in names:
        content, person = _rendered(office, draft, name)
        shown[name] = {
            "subject": content.subject.fill(person.raw),
            "texts": [wording.fill(person.escaped) for wording in content.texts],
            "html": content.html and content.html.fill(person.escaped),
            "attachments": [file.name for file in content.attachments],
        }
    return shown


def write_preview(office: Office, draft: Draft, names: Sequence[str], file: Path) -> None:
    """Write one page with every channel's messages."""
    sections = []
    for name in names:
        content, person = _rendered(office, draft, name)
        body = "".join(f"<pre>{escape(one.fill(person.raw))}</pre>" for one in content.texts)
        if content.html:
            page = escape(content.html.fill(person.escaped))
            body += f'<iframe sandbox srcdoc="{page}"></iframe>'
        sections.append(f"<h2>{escape(channel_word(name))}</h2>{body}")
    page = PAGE.format(title=escape(draft.title), sections="".join(sections))
    file.write_text(page, encoding="utf-8")
