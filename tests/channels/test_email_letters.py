"""The e-mail channel's letters as they arrive: parts, addresses, signatures."""

from __future__ import annotations

import gc
import logging
from pathlib import Path
from typing import Any
from uuid import uuid4

import dkim
import pytest

from broadcaster.contract import Attachment, Content, Envelope, Rejected, Secret, Wording
from tests.channels.email_stage import CONTENT, KEYS, batch, email, kinds, sandboxed, sent
from tests.channels.smtp_script import ScriptedServer, obliging
from tests.lent import OpenTurnstile


async def test_the_plain_part_has_raw_segments_and_the_rich_part_escaped_ones() -> None:
    wording = Wording(("Ждём, ", "name", ""))
    content = Content("guid", Wording(("Для ", "name", "")), (wording,), wording)
    escaped, raw = {"name": "Анна &amp; Пётр"}, {"name": "Анна & Пётр"}
    async with sandboxed() as (platform, channel):
        await sent(channel, [Envelope(uuid4(), "m@mail.example", content, escaped, raw)])
        [shown] = platform.inbox.all()
        assert shown.text == "Ждём, Анна & Пётр"
        assert shown.html == "Ждём, Анна &amp; Пётр"
        assert shown.subject == "Для Анна & Пётр"


async def test_the_letter_of_a_content_is_made_once_and_forgotten_with_it() -> None:
    turnstile = OpenTurnstile()
    async with sandboxed(turnstile=turnstile) as (_, channel):
        content = Content("guid", CONTENT.subject, CONTENT.texts)
        await sent(channel, batch(40, content))
        assert len(channel._letters._letters) == 1
        turnstile.passages.clear()
        del content
        gc.collect()
        assert len(channel._letters._letters) == 0


async def test_a_mail_that_cannot_be_written_is_refused_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    missing = Attachment("lost.pdf", "application/pdf", 1, "0" * 64, tmp_path / "lost.pdf")
    content = Content("guid", CONTENT.subject, CONTENT.texts, None, (missing,))
    bad = Envelope(uuid4(), "m@mail.example", content, {"name": ""}, {"name": ""})
    async with sandboxed() as (_, channel):
        with caplog.at_level(logging.ERROR, "channels.email"):
            outcomes = await sent(channel, [*batch(3), bad, *batch(3)])
    assert kinds(outcomes) == {"Accepted": 6, "Rejected": 1}
    assert [vars(record)["delivery"] for record in caplog.records] == [str(bad.delivery_id)]


@pytest.mark.parametrize(
    "address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "я@b"]
)
async def test_an_address_that_was_never_normalised_cannot_speak_smtp(address: str) -> None:
    async with sandboxed() as (platform, channel):
        name = {"name": ""}
        [outcome] = await sent(channel, [Envelope(uuid4(), address, CONTENT, name, name)])
        assert isinstance(outcome, Rejected)
        assert platform.calls["MAIL"] == 0


async def test_delivery_reports_go_to_the_bounce_address() -> None:
    bounce = "bounces@школа5.рф"
    lines: list[str] = []

    def answer(line: str) -> str:
        lines.append(line)
        return obliging(line)

    async with ScriptedServer(answer) as server, email(server.port, bounce=bounce) as channel:
        await sent(channel, batch(1))
    assert lines[0] == "MAIL FROM:<bounces@xn--5-7sb3aeo2d.xn--p1ai>"


async def test_a_signed_mail_verifies_and_one_click_is_covered() -> None:
    signing: dict[str, Any] = {
        "dkim_selector": "s1",
        "dkim_key": Secret((KEYS / "dkim.key").read_text()),
    }
    record = b"v=DKIM1; k=rsa; p=" + (KEYS / "dkim.pub").read_bytes()
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record

    async with sandboxed(**signing) as (platform, channel):
        envelope = Envelope(
            uuid4(),
            "m@mail.example",
            CONTENT,
            {"name": ""},
            {"name": "."},
            (),
            "https://s.example/u",
        )
        await sent(channel, [envelope])
        [shown] = platform.inbox.all()
    assert dkim.verify(shown.raw, dnsfunc=dns)
    assert asked == [b"s1._domainkey.school5.example."]
    covered = shown.headers["DKIM-Signature"].replace(" ", "")
    assert "list-unsubscribe:list-unsubscribe-post" in covered
