"""The templates of the gallery and of the sandbox's live pages, and the words they use."""

from __future__ import annotations

from datetime import datetime
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from broadcaster.i18n import LANGUAGE, _, counted

TEMPLATES = Path(__file__).resolve().parents[3] / "templates" / "web" / "gallery"


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """Jinja with the gallery's templates; the sandbox's live pages use them as well."""
    made = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(_=_, counted=counted, language=LANGUAGE)
    made.filters.update(
        channel=channel_label, day=day, size=size_in_words, in_path=partial(quote, safe="")
    )
    return made


def channel_label(channel: str) -> str:
    """What people call a channel; one we have no word for goes by its own name."""
    words = {
        "telegram": "Telegram",
        "vk": _("ВКонтакте"),
        "email": _("Почта"),
        "site": _("Сайт"),
        "max": "MAX",
    }
    return words.get(channel, channel)


def day(at: datetime) -> str:
    """The day as messengers head it: «21 ноября»."""
    return format_date(at, "d MMMM", locale=LANGUAGE)


def size_in_words(size: int) -> str:
    """A number of bytes as people read it."""
    if size < 1_000_000:  # noqa: PLR2004 - a megabyte
        return _("{size}\N{NO-BREAK SPACE}КБ").format(size=max(1, round(size / 1000)))
    megabytes = format_decimal(size / 1_000_000, format="0.0", locale=LANGUAGE)
    return _("{size}\N{NO-BREAK SPACE}МБ").format(size=megabytes)
