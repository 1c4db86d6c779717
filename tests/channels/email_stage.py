"""An e-mail channel on its sandbox, letters to send, and what became of them."""

from __future__ import annotations

import ssl
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from broadcaster.contract import Attachment, Content, Envelope, Outcome, Reason, Wording
from broadcaster.sandbox.mail import MailSandbox
from channels.email import Email, EmailConfig, Security
from tests.lent import MemoryUploads, OpenTurnstile

KEYS = Path(__file__).parent / "keys"
CONTENT = Content(
    "guid", Wording.plain("Утренник"), (Wording(("Ждём, ", "name", "")),), Wording.plain("<p>Ждём")
)


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(KEYS / "server.pem", KEYS / "server.key")
    return context


def batch(count: int, content: Content = CONTENT) -> list[Envelope]:
    name = {"name": "Анна"}
    return [Envelope(uuid4(), f"m{n}@mail.example", content, name, name) for n in range(count)]


def email(port: int, turnstile: OpenTurnstile | None = None, **changes: Any) -> Email:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "security": Security.NONE,
        "sender": "news@school5.example",
        "connections": 3,
        "timeout": 2.0,
    }
    config = EmailConfig(**{**settings, **changes})
    return Email(config, turnstile=turnstile or OpenTurnstile(), uploads=MemoryUploads())


@asynccontextmanager
async def sandboxed(
    sandbox: MailSandbox | None = None, turnstile: OpenTurnstile | None = None, **changes: Any
) -> AsyncIterator[tuple[MailSandbox, Email]]:
    async with sandbox or MailSandbox() as platform:
        port = int(platform.base_url.partition(":")[2])
        async with email(port, turnstile, **changes) as channel:
            yield platform, channel


async def sent(channel: Email, envelopes: Sequence[Envelope]) -> list[Outcome]:
    """The outcomes in the order of the envelopes."""
    outcomes = {
        envelope.delivery_id: outcome async for envelope, outcome in channel.send(envelopes)
    }
    return [outcomes[envelope.delivery_id] for envelope in envelopes]


def kinds(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(type(outcome).__name__ for outcome in outcomes)


def reasons(outcomes: Sequence[Outcome]) -> set[Reason | None]:
    return {getattr(outcome, "reason", None) for outcome in outcomes}


def causes(outcomes: Sequence[Outcome]) -> Counter[Reason | None]:
    """Why copies were not sent; what is merely held back by such a cause tells nothing."""
    told = Counter(getattr(outcome, "reason", None) for outcome in outcomes)
    del told[Reason.HELD_BACK]
    return told


def large(folder: Path, size: int) -> Content:
    (folder / "film.mp4").write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    file = Attachment.of(folder / "film.mp4", "video/mp4")
    return Content("guid", CONTENT.subject, CONTENT.texts, CONTENT.html, (file,))
