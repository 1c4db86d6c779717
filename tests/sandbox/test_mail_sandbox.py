"""The mail sandbox answers as real servers do, and shows a message as its reader sees it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.mail.troubles import REPLIES
from broadcaster.sandbox.phone import Shown

MAMA = "mama@mail.example"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PIXEL = b"\x89PNG\r\n\x1a\n"


def letter(text: str = "Приходите!\n.\nв 9:00") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Школа <news@school5.example>"
    mail["To"] = MAMA
    mail["Subject"] = "Утренник"
    mail["Message-ID"] = "<1@school5.example>"
    mail.set_content(text)
    return mail


def connected(sandbox: MailSandbox) -> smtplib.SMTP:
    host, _, port = sandbox.base_url.partition(":")
    return smtplib.SMTP(host, int(port), timeout=2)


def send(sandbox: MailSandbox, mail: EmailMessage) -> str:
    """Hand a letter over with smtplib; returns what went wrong, nothing when nothing did."""
    try:
        with connected(sandbox) as client:
            client.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        [(code, words)] = error.recipients.values()
        return f"{code} {words.decode()}"
    except smtplib.SMTPResponseException as error:
        return f"{error.smtp_code} {error.smtp_error.decode()}"  # type: ignore[union-attr]
    except smtplib.SMTPServerDisconnected:
        return "disconnected"
    return ""


@asynccontextmanager
async def wired(
    sandbox: MailSandbox,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection."""
    reader, writer = await asyncio.open_connection(*sandbox.base_url.split(":"))
    try:
        yield reader, writer
    finally:
        writer.close()
        await writer.wait_closed()


async def arrived(mail: EmailMessage) -> Shown:
    async with MailSandbox(clock=lambda: NOW) as sandbox:
        assert await asyncio.to_thread(send, sandbox, mail) == ""
        [shown] = sandbox.inbox.all()
        return shown


async def test_a_message_is_shown_as_its_reader_sees_it() -> None:
    shown = await arrived(letter())
    assert (shown.platform, shown.address, shown.at) == ("email", MAMA, NOW)
    assert shown.subject == "Утренник"
    assert shown.text == "Приходите!\n.\nв 9:00\n"
    assert shown.headers["From"] == "Школа <news@school5.example>"
    assert shown.ids["message_id"] == "<1@school5.example>"
    assert b"Subject: =?utf-8?" in shown.raw


async def test_rich_text_is_cleaned_before_it_is_shown() -> None:
    mail = letter()
    hostile = '<p style="color:red" onclick="x()">Да</p><script>x()</script><img src="https://spy.example">'
    mail.add_alternative(hostile, subtype="html")
    assert (await arrived(mail)).html == '<p style="color:red">Да</p>\n'


async def test_a_whole_page_is_shown_without_its_title() -> None:
    mail = letter("Да")
    page = '<html><head><title>Тема</title></head><body><main style="margin: 0">Да</main></body>'
    mail.add_alternative(page, subtype="html")
    assert (await arrived(mail)).html == '<main style="margin: 0">Да</main>\n'


async def test_rich_text_alone_is_shown_as_plain_text_too() -> None:
    mail = letter()
    mail.set_content("<p>Да &amp; <b>нет</b></p>", subtype="html")
    assert (await arrived(mail)).text.strip() == "Да & нет"


async def test_files_and_pictures_in_the_text_are_among_the_files() -> None:
    mail = letter()
    mail.add_alternative("<p>Да</p>", subtype="html")
    rich = list(mail.iter_parts())[-1]
    assert isinstance(rich, EmailMessage)
    rich.add_related(PIXEL, "image", "png", cid="<1@x>", filename="ёлка.png")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="план.pdf")
    files = (await arrived(mail)).files
    assert [(file.name, file.media_type, file.content) for file in files] == [
        ("ёлка.png", "image/png", PIXEL),
        ("план.pdf", "application/pdf", b"%PDF"),
    ]


async def test_calls_are_counted_by_command() -> None:
    async with MailSandbox() as sandbox:
        await asyncio.to_thread(send, sandbox, letter())
        assert sandbox.calls == {"EHLO": 1, "MAIL": 1, "RCPT": 1, "DATA": 1, "QUIT": 1}


REFUSALS = [
    (kind, detail, reply) for kind, replies in REPLIES.items() for detail, reply in replies.items()
]


@pytest.mark.parametrize(("kind", "detail", "reply"), REFUSALS)
async def test_a_refusal_is_the_reply_of_a_real_server(
    kind: FaultKind, detail: str, reply: str
) -> None:
    async with MailSandbox() as sandbox:
        sandbox.faults.add(Fault(kind, detail=detail))
        assert await asyncio.to_thread(send, sandbox, letter()) == reply
        assert sandbox.inbox.all() == ()
        assert await asyncio.to_thread(send, sandbox, letter()) == ""


async def test_an_unknown_detail_is_loud() -> None:
    async with MailSandbox() as sandbox:
        sandbox.faults.add(Fault(FaultKind.GONE, detail="no such detail"))
        assert "KeyError" in await asyncio.to_thread(send, sandbox, letter())


async def test_a_fault_of_one_address_leaves_the_others_alone() -> None:
    async with MailSandbox() as sandbox:
        sandbox.faults.add(Fault(FaultKind.GONE, address="papa@mail.example"))
        assert await asyncio.to_thread(send, sandbox, letter()) == ""


async def test_a_dropped_connection_has_stored_the_message() -> None:
    async with MailSandbox() as sandbox:
        sandbox.faults.add(Fault(FaultKind.DROP))
        assert await asyncio.to_thread(send, sandbox, letter()) == "disconnected"
        assert len(sandbox.inbox.all()) == 1


async def test_credentials_are_asked_for_and_checked() -> None:
    async with MailSandbox(username="school", password="parol") as sandbox:
        assert (await asyncio.to_thread(send, sandbox, letter())).startswith("530")

        def log_in(password: str) -> int:
            with connected(sandbox) as client:
                try:
                    return client.login("school", password)[0]
                except smtplib.SMTPAuthenticationError as error:
                    return error.smtp_code

        assert await asyncio.to_thread(log_in, "wrong") == 535
        assert await asyncio.to_thread(log_in, "parol") == 235
        sandbox.faults.add(Fault(FaultKind.BAD_TOKEN, times=None))
        assert await asyncio.to_thread(log_in, "parol") == 535


@pytest.mark.parametrize("pipelining", [True, False])
async def test_pipelining_is_said_when_it_is_on(pipelining: bool) -> None:
    async with MailSandbox(pipelining=pipelining) as sandbox, wired(sandbox) as (reader, writer):
        writer.write(b"EHLO x\r\n")
        said = await reader.readuntil(b"HELP\r\n")
        assert (b"250-PIPELINING\r\n" in said) is pipelining


async def test_pipelined_commands_are_answered_in_order() -> None:
    async with MailSandbox() as sandbox, wired(sandbox) as (reader, writer):
        one = b"MAIL FROM:<s@x.example>\r\nRCPT TO:<a@x.example>\r\nDATA\r\n"
        writer.write(b"EHLO x\r\n" + one)
        await reader.readuntil(b"354 ")
        writer.write(b"Subject: 1\r\n\r\n..\r\n.\r\n" + one)
        await reader.readuntil(b"354 ")
        writer.write(b"Subject: 2\r\n\r\n2\r\n.\r\nQUIT\r\n")
        await reader.readuntil(b"221 ")
        assert [shown.subject for shown in sandbox.inbox.all()] == ["1", "2"]
        assert sandbox.inbox.all()[0].text == ".\n"


async def test_replies_from_afar_come_late_and_together() -> None:
    async with (
        MailSandbox(reply_delay=0.05) as sandbox,
        wired(sandbox) as (reader, writer),
    ):
        start = asyncio.get_running_loop().time()
        writer.write(b"EHLO x\r\n" + b"NOOP\r\n" * 11)
        await reader.readuntil(b"HELP\r\n" + b"250 OK\r\n" * 11)
        assert 0.05 <= asyncio.get_running_loop().time() - start < 0.4


async def test_leaving_ends_open_connections_and_frees_the_port() -> None:
    sandbox = MailSandbox()
    await sandbox.__aenter__()
    async with wired(sandbox) as (reader, _):
        await reader.readline()
        await sandbox.__aexit__()
        assert await reader.read() == b""
    port = int(sandbox.base_url.partition(":")[2])
    async with MailSandbox(port=port) as again:
        assert again.base_url == sandbox.base_url
