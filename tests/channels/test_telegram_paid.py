"""Telegram's paid broadcast: faster than the free limit, for Stars, once somebody has agreed."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadcaster.contract import Attachment, Envelope, Reason, Secret
from broadcaster.sandbox.telegram import TelegramSandbox
from channels.telegram import Telegram
from tests.channels.telegram_stage import TOKEN, envelope
from tests.lent import MemoryUploads, OpenTurnstile


def bot(base_url: str, *, paid: bool) -> Telegram:
    consent = "Директор Иванова, 21.11.2026" if paid else ""
    config = Telegram.Config(
        token=Secret(TOKEN), base_url=base_url, paid_broadcast=paid, paid_consent=consent
    )
    return Telegram(config, turnstile=OpenTurnstile(), uploads=MemoryUploads())


async def reasons(batch: list[Envelope], *, paid: bool) -> tuple[list[Reason | None], int]:
    """Why copies were not taken by a platform that lets none pass free of charge, and the bill."""
    async with (
        TelegramSandbox(TOKEN, rate=0) as sandbox,
        bot(sandbox.base_url, paid=paid) as channel,
    ):
        outcomes = [outcome async for _, outcome in channel.send(batch)]
    return [getattr(one, "reason", None) for one in outcomes], sandbox.paid


def test_nothing_is_paid_for_until_somebody_has_agreed() -> None:
    with pytest.raises(ValueError, match="paid_consent"):
        Telegram.Config(token=Secret(TOKEN), paid_broadcast=True, paid_consent=" ")


async def test_what_may_be_paid_for_passes_the_free_limit() -> None:
    batch = [envelope("Привет", address=str(number)) for number in range(1, 13)]
    assert await reasons(batch, paid=True) == ([None] * 12, 12)


async def test_what_may_not_be_paid_for_is_refused() -> None:
    assert await reasons([envelope("Привет")], paid=False) == ([Reason.RATE_LIMITED], 0)


async def test_files_and_albums_may_be_paid_for(tmp_path: Path) -> None:
    files = []
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(name.encode())
        files.append(Attachment.of(tmp_path / name, "application/pdf"))
    batch = [envelope("Файл", files=files[:1]), envelope("Альбом", files=files)]
    assert await reasons(batch, paid=True) == ([None, None], 2)
