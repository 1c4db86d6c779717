"""Tokens, keys and passwords that can be found again wherever they have got to."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

DKIM_KEY = Path(__file__).resolve().parent.parent / "channels" / "keys" / "dkim.key"
AROUND = 60
"""Characters that are shown around what was found."""


@dataclass
class Marks:
    """Secrets by name; each is marked and is no part of another."""

    given: dict[str, str] = field(
        default_factory=lambda: {
            "TELEGRAM_TOKEN": "4815162342:AAmarked-telegram-q1w2e3r4",
            "VK_TOKEN": "vk1.a.marked-community-z9x8c7",
            "VK_USER_TOKEN": "vk1.a.marked-administrator-p0o9i8",
            "SMTP_PASSWORD": "marked-smtp-7u6y5t",
            "SECRET_KEY": "marked-secret-key-5t4r3e2w1q-long-enough-for-anybody-0123456789",
            "METRICS_TOKEN": "marked-metrics-1q2w3e",
            "DKIM_KEY": DKIM_KEY.read_text("ascii"),
        }
    )
    more: dict[str, str] = field(
        default_factory=lambda: {
            "password of the database": "marked-database-6y5t4r",
            "password of Redis": "marked-redis-9i8u7y",
            "key typed on a page": "1123581321:AAmarked-typed-k1j2h3g4",
            "key tried on a page": "vk1.a.marked-tried-m5n6b7",
            "key typed wrongly": "marked-wrong-key-v8c9x0",
            "password": "marked-password-верблюд-3e2w",
            "API token of nobody": "marked-api-token-8u7y6t",
            "link of nobody": "marked-family-link-2w3e4r",
        }
    )

    def known(self) -> Mapping[str, str]:
        """Every secret; of a bot's token also the half that opens, of a long key also a line."""
        parts = {
            "TELEGRAM_TOKEN, half": self.given["TELEGRAM_TOKEN"].partition(":")[2],
            "key typed on a page, half": self.more["key typed on a page"].partition(":")[2],
            "DKIM_KEY, a line": self.given["DKIM_KEY"].splitlines()[1],
        }
        return self.given | self.more | parts

    def learn(self, name: str, found: re.Match[str] | None) -> str:
        """Remember a secret that the program has made and shown to whom it belongs."""
        assert found, name
        self.more[name] = found[1]
        return found[1]


@dataclass(frozen=True, slots=True)
class Place:
    """Something written: where, what, and the secrets that belong there."""

    name: str
    text: str
    belong: frozenset[str] = frozenset()


def spellings(secret: str) -> Iterator[str]:
    """How it looks as it is, in JSON, in an address, and wherever it begins inside base64."""
    escaped = json.dumps(secret)[1:-1]
    yield from (secret, escaped, quote(secret, safe=""))
    for raw in (secret.encode(), escaped.encode()):
        for lead in range(3):
            whole = b64encode(bytes(lead) + raw).decode()
            yield whole[-(-lead * 4 // 3) : (lead + len(raw)) * 4 // 3]


def found(places: Iterable[Place], marks: Marks) -> list[str]:
    """Where a secret stands that does not belong there, with what stands around it."""
    looks = [
        (name, spelling)
        for name, secret in marks.known().items()
        for spelling in dict.fromkeys(spellings(secret))
    ]
    return [
        f"{name} in {place.name}: …{_around(place.text, spelling)}…"
        for place in places
        for name, spelling in looks
        if name not in place.belong and spelling in place.text
    ]


def _around(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - AROUND) : at + len(secret) + AROUND]
