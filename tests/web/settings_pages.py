"""The screens of the settings: their addresses and what stands on them."""

from __future__ import annotations

import re
from typing import Any

from broadcaster.playground import TOKENS

PAGES = [
    "/settings/",
    "/settings/school",
    "/settings/quiet-hours",
    "/settings/files",
    "/settings/approvals",
    "/settings/channels/telegram",
    "/settings/channels/vk",
    "/settings/channels/email",
]
TOKEN = TOKENS["TELEGRAM_TOKEN"]
SEEN = re.compile(r'name="seen" value="(\w+)"')
"""What a screen remembers of the settings that it showed."""


def page(answer: Any) -> str:
    """The page that was answered."""
    return str(answer.content.decode())


def key(**more: str) -> dict[str, str]:
    """The form of Telegram, filled in."""
    return {"token": TOKEN, "proxy": "", "typed": "1"} | more
