"""What the school sets for its site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadcaster.contract import Between

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "messages" / "site"
MOSCOW = ZoneInfo("Europe/Moscow")
WHOLE = "feed"
"""The address of the whole school; every other address is a section."""
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 40
ABSOLUTE = "public_url must be absolute, e.g. https://school.example/news/"


def is_slug(text: str) -> bool:
    """Whether the text names a section (or the whole school) and is safe as a folder's name."""
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """Where the site lies and how it presents itself.

    `public_url` is the absolute address at which `folder` is shown. `items` is how many of the
    newest announcements the feeds and front pages hold. `templates` may replace single templates;
    what it lacks is taken from the program's own. `sections` gives sections their titles.
    """

    folder: Path
    public_url: str
    title: str
    description: str
    language: str = "ru"
    items: Annotated[int, Between(1, 10_000)] = 50
    templates: Path = TEMPLATES
    sections: Mapping[str, str] = field(default_factory=dict)
    time_zone: ZoneInfo = MOSCOW

    def url(self, path: str = "") -> str:
        """The absolute address of a path of the site."""
        return f"{self.public_url.rstrip('/')}/{path}"

    @property
    def obstacle(self) -> str:
        """Why no feeds can be made at all; empty when they can."""
        try:
            parts = urlsplit(self.public_url)
        except ValueError:
            return ABSOLUTE
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return ABSOLUTE
        return "" if self.title.strip() else "title must not be empty"

    @property
    def problem(self) -> str:
        """What a person should mend, though it may work all the same; empty when nothing."""
        if self.obstacle or self.public_url.startswith("https:") or self._is_private:
            return self.obstacle
        return "public_url should begin with https://"

    @property
    def _is_private(self) -> bool:
        """Whether the address needs no https: it is this machine's or the school's own net's."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            return ip_address(host).is_private
        except ValueError:
            return "." not in host or host.endswith((".local", ".localhost", ".test"))
