"""The channel's block of YAML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from broadcaster.contract import Between, Secret


@dataclass(frozen=True, slots=True)
class TelegramConfig:
    """How to reach the Bot API.

    `timeout` is in seconds for one call, six times as long with files. `concurrency` is how many
    calls are under way at once. `proxy` is the URL of an HTTP proxy and may hold a password.
    `paid_broadcast` lets Telegram take 0.1 Star for each message beyond 30 a second; it needs
    `paid_consent`, who agreed to that. Raises ValueError without it, and for addresses that are
    none.
    """

    token: Secret
    base_url: str = "https://api.telegram.org"
    proxy: str = field(default="", repr=False)
    concurrency: Annotated[int, Between(1, 1000)] = 16
    timeout: Annotated[float, Between(0.1, 600)] = 20.0
    paid_broadcast: bool = False
    paid_consent: str = ""

    def __post_init__(self) -> None:
        if not _is_http(self.base_url):
            raise ValueError("base_url: expected https://host")
        if self.proxy and not _is_http(self.proxy):
            raise ValueError("proxy: expected http://host:port; other kinds are not supported")
        if self.paid_broadcast and not self.paid_consent.strip():
            raise ValueError(
                "paid_broadcast: costs Stars (0.1 for each message beyond 30 a second); write into"
                ' paid_consent who agreed to pay and when, e.g. "Director Ivanova, 21.11.2026"'
            )


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
