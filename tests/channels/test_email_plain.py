"""A plain letter to the school's own people, over a real SMTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import compat32

import pytest

from broadcaster.contract import Secret
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from channels.email import EmailConfig, Security, send_plain

DIRECTOR, DEPUTY = "director@school5.example", "zavuch@school5.example"


@pytest.fixture
async def server() -> AsyncIterator[MailSandbox]:
    async with MailSandbox(username="school", password="parol-71") as running:
        yield running


def account(server: MailSandbox, password: str = "parol-71") -> EmailConfig:
    host, _, port = server.base_url.partition(":")
    return EmailConfig(
        host=host,
        port=int(port),
        security=Security.NONE,
        username="school",
        password=Secret(password),
        sender="news@school5.example",
        sender_name="Школа № 5",
        timeout=2,
    )


async def test_a_long_subject_keeps_its_spaces(server: MailSandbox) -> None:
    subject = (
        "согласовано: «Утренник «Осень» в группе «Ромашка» и в группе «Солнышко», сбор в 9:00»"
    )
    await send_plain(account(server), [DIRECTOR], subject, "Текст")
    [shown] = server.inbox.all()
    raw = message_from_bytes(shown.raw, policy=compat32)["Subject"]
    assert str(make_header(decode_header(raw))) == subject


async def test_a_letter_reaches_everybody_letter_for_letter(server: MailSandbox) -> None:
    await send_plain(account(server), [DIRECTOR, DEPUTY], "Telegram «молчит»", "С 10:42.\n.\nВсё")
    shown = server.inbox.all()
    assert {one.address for one in shown} == {DIRECTOR, DEPUTY}
    assert {(one.subject, one.text.strip()) for one in shown} == {
        ("Telegram «молчит»", "С 10:42.\n.\nВсё")
    }


async def test_a_letter_says_that_a_machine_wrote_it(server: MailSandbox) -> None:
    await send_plain(account(server), [DIRECTOR], "Тема", "Текст")
    [shown] = server.inbox.all()
    assert b"Auto-Submitted: auto-generated" in shown.raw


async def test_a_subject_cannot_bring_a_header_of_its_own(server: MailSandbox) -> None:
    await send_plain(account(server), [DIRECTOR], "Тема\r\nBcc: all@mail.example", "Текст")
    [shown] = server.inbox.all()
    assert shown.subject == "Тема Bcc: all@mail.example"


async def test_a_mailbox_that_is_gone_does_not_keep_the_others_from_the_letter(
    server: MailSandbox,
) -> None:
    server.faults.add(Fault(FaultKind.GONE, address=DIRECTOR))
    await send_plain(account(server), [DIRECTOR, DEPUTY], "Тема", "Текст")
    assert [one.address for one in server.inbox.all()] == [DEPUTY]


async def test_a_refused_login_is_an_oserror_without_the_password(server: MailSandbox) -> None:
    with pytest.raises(OSError, match="535") as told:
        await send_plain(account(server, "ne-tot-parol"), [DIRECTOR], "Тема", "Текст")
    assert "ne-tot-parol" not in str(told.value)


async def test_an_address_that_is_none_does_not_keep_the_others_from_the_letter(
    server: MailSandbox,
) -> None:
    await send_plain(account(server), ["director", DEPUTY], "Тема", "Текст")
    assert [one.address for one in server.inbox.all()] == [DEPUTY]


async def test_a_letter_to_nobody_is_an_oserror(server: MailSandbox) -> None:
    with pytest.raises(OSError, match="none of the addresses"):
        await send_plain(account(server), ["директор@школа"], "Тема", "Текст")
