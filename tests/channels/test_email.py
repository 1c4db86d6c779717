"""The e-mail channel over real sockets: connections, encryption, failures, files."""

from __future__ import annotations

import asyncio
import gc
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import dkim
import pytest
import uvloop

from broadcaster.contract import (
    Attachment,
    Content,
    Deferred,
    Envelope,
    Health,
    Outcome,
    Reason,
    Rejected,
    Scope,
    Secret,
    Unconfirmed,
    Unreachable,
    Wording,
)
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from channels.email import Email, EmailConfig, Security
from channels.email.sending import GROUP
from tests.channels.smtp_script import ScriptedServer, obliging
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


# Connections


async def test_a_batch_goes_over_a_few_connections_that_stay_for_the_next() -> None:
    async with sandboxed() as (platform, channel):
        await sent(channel, batch(30))
        await sent(channel, batch(30))
        assert platform.calls["EHLO"] == 3
        assert len(platform.inbox.all()) == 60


async def test_a_small_batch_opens_one_connection() -> None:
    async with sandboxed() as (platform, channel):
        await sent(channel, batch(GROUP))
        assert platform.calls["EHLO"] == 1


async def test_connections_are_closed_politely() -> None:
    async with MailSandbox() as platform:
        port = int(platform.base_url.partition(":")[2])
        async with email(port) as channel:
            await sent(channel, batch(30))
        assert platform.calls["QUIT"] == platform.calls["EHLO"] == 3


async def test_a_connection_is_replaced_after_its_share_of_messages() -> None:
    async with sandboxed(connections=1, messages_per_connection=7) as (platform, channel):
        assert kinds(await sent(channel, batch(50))) == {"Accepted": 50}
        assert platform.calls["EHLO"] == 8
        assert platform.calls["QUIT"] == 7


@pytest.mark.parametrize("pipelining", [True, False])
async def test_a_server_without_pipelining_is_served_command_by_command(pipelining: bool) -> None:
    async with sandboxed(MailSandbox(pipelining=pipelining)) as (platform, channel):
        platform.faults.add(Fault(FaultKind.GONE, address="m3@mail.example"))
        outcomes = await sent(channel, batch(20))
        assert kinds(outcomes) == {"Accepted": 19, "Unreachable": 1}
        assert isinstance(outcomes[3], Unreachable)
        assert len(platform.inbox.all()) == 19


async def test_pipelining_saves_round_trips() -> None:
    async def took(*, pipelining: bool) -> float:
        sandbox = MailSandbox(pipelining=pipelining, reply_delay=0.01)
        async with sandboxed(sandbox, connections=1, timeout=5.0) as (_, channel):
            await sent(channel, batch(1))
            start = asyncio.get_running_loop().time()
            await sent(channel, batch(GROUP))
            return asyncio.get_running_loop().time() - start

    assert await took(pipelining=True) < 0.7 * await took(pipelining=False)


def test_it_works_on_uvloop_as_well(tmp_path: Path) -> None:
    async def scene() -> Counter[str]:
        tls = {"security": Security.TLS, "ca_file": str(KEYS / "server.pem"), "timeout": 5.0}
        async with sandboxed(MailSandbox(tls=server_tls()), **tls) as (_, channel):
            return kinds(await sent(channel, batch(20, large(tmp_path, 300_000))))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scene()) == {"Accepted": 20}


# Encryption and login


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_encrypted_connections_are_pipelined_too(security: Security, tmp_path: Path) -> None:
    tls = {"starttls" if security is Security.STARTTLS else "tls": server_tls()}
    sandbox = MailSandbox(username="school", password="parol", **tls)
    changes = {"username": "school", "password": Secret("parol"), "timeout": 5.0}
    trusting = {"security": security, "ca_file": str(KEYS / "server.pem")}
    async with sandboxed(sandbox, **changes, **trusting) as (platform, channel):
        platform.faults.add(Fault(FaultKind.GONE, address="m5@mail.example"))
        outcomes = await sent(channel, batch(30, large(tmp_path, 400_000)))
        assert kinds(outcomes) == {"Accepted": 29, "Unreachable": 1}
        assert {len(shown.files[0].content) for shown in platform.inbox.all()} == {400_000}


async def test_a_certificate_nobody_vouches_for_waits_for_a_person() -> None:
    async with sandboxed(MailSandbox(starttls=server_tls()), security=Security.STARTTLS) as (
        platform,
        channel,
    ):
        outcomes = await sent(channel, batch(10))
        assert reasons(outcomes) == {Reason.NEEDS_PERSON}
        assert "certificate" in (await channel.check()).problem
        assert platform.inbox.all() == ()


async def test_a_server_without_starttls_is_not_written_to_in_the_open() -> None:
    async with sandboxed(security=Security.STARTTLS) as (platform, channel):
        assert reasons(await sent(channel, batch(10))) == {Reason.NEEDS_PERSON}
        assert platform.inbox.all() == ()


async def test_a_wrong_password_is_not_tried_by_every_connection() -> None:
    sandbox = MailSandbox(username="school", password="right")
    async with sandboxed(sandbox, username="school", password=Secret("wrong")) as (
        platform,
        channel,
    ):
        outcomes = await sent(channel, batch(100))
        assert reasons(outcomes) == {Reason.CREDENTIALS}
        assert platform.calls["EHLO"] == 1


async def test_an_authority_that_cannot_be_read_waits_for_a_person(tmp_path: Path) -> None:
    changes = {"security": Security.TLS, "ca_file": str(tmp_path / "none.pem")}
    async with sandboxed(**changes) as (_, channel):
        assert reasons(await sent(channel, batch(2))) == {Reason.NEEDS_PERSON}
        assert "ca_file" in (await channel.check()).problem


async def test_check_names_the_sender_and_the_server() -> None:
    async with sandboxed() as (_, channel):
        account = "news@school5.example at mail.sandbox.localhost"
        assert await channel.check() == Health(ok=True, account=account)


async def test_check_says_when_the_account_may_not_write_as_the_sender() -> None:
    def answer(line: str) -> str:
        return "553 5.7.1 Sender address rejected: not owned by auth user" if "MAIL" in line else ""

    async with ScriptedServer(answer) as server, email(server.port) as channel:
        health = await channel.check()
    assert not health.ok
    assert "not owned by auth user" in health.problem


# Failures


async def test_one_dead_connection_does_not_lose_the_others() -> None:
    async with sandboxed() as (platform, channel):
        platform.faults.add(Fault(FaultKind.DROP, address="m7@mail.example"))
        outcomes = await sent(channel, batch(60))
        assert isinstance(outcomes[7], Unconfirmed)
        assert kinds(outcomes)["Unconfirmed"] == 1
        assert kinds(outcomes)["Accepted"] >= 58
        lost = [o for o in outcomes if isinstance(o, Deferred)]
        assert {(o.reason, o.scope) for o in lost} <= {(Reason.CONNECTION, Scope.COPY)}


async def test_what_is_unconfirmed_is_bounded_by_the_connections_not_by_the_batch() -> None:
    async with sandboxed(timeout=0.1) as (platform, channel):
        platform.faults.add(Fault(FaultKind.SLOW, seconds=9.0, times=3))
        assert kinds(await sent(channel, batch(90)))["Unconfirmed"] == 3


async def test_a_connection_lost_before_the_body_only_defers() -> None:
    def answer(line: str) -> str | None:
        return None if line == "DATA" else obliging(line)

    async with ScriptedServer(answer) as server, email(server.port) as channel:
        outcomes = await sent(channel, batch(3))
    assert reasons(outcomes) == {Reason.CONNECTION}
    assert kinds(outcomes) == {"Deferred": 3}


async def test_a_connection_lost_after_the_body_is_in_doubt() -> None:
    def answer(line: str) -> str | None:
        return None if line == "." else obliging(line)

    async with ScriptedServer(answer) as server, email(server.port) as channel:
        outcomes = await sent(channel, batch(3))
    assert kinds(outcomes)["Unconfirmed"] == server.lines.count(".")
    assert kinds(outcomes)["Deferred"] + kinds(outcomes)["Unconfirmed"] == 3


async def test_a_server_that_shuts_down_takes_one_message_with_it() -> None:
    said = iter(["421 4.3.2 Service shutting down"])

    def answer(line: str) -> str | None:
        if line.startswith("RCPT TO:<m4@"):
            return next(said, "250 Ok")
        return obliging(line)

    async with ScriptedServer(answer) as server, email(server.port, connections=1) as channel:
        outcomes = await sent(channel, batch(20))
        assert server.connections == 2
    assert kinds(outcomes) == {"Accepted": 19, "Deferred": 1}
    assert isinstance(outcomes[4], Deferred)


async def test_a_server_that_talks_nonsense_is_left_alone() -> None:
    def answer(line: str) -> str:
        return "hello?" if line.startswith("RCPT") else obliging(line)

    async with ScriptedServer(answer) as server, email(server.port) as channel:
        assert reasons(await sent(channel, batch(2))) == {Reason.CONNECTION}


async def test_a_server_that_hangs_up_after_the_greeting_does_not_keep_us_busy() -> None:
    server = await asyncio.start_server(hang_up_after_ehlo, "127.0.0.1", 0)
    async with email(server.sockets[0].getsockname()[1]) as channel:
        outcomes = await sent(channel, batch(40))
    server.close()
    assert kinds(outcomes) == {"Deferred": 40}
    assert reasons(outcomes) == {Reason.CONNECTION}


async def hang_up_after_ehlo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 x\r\n")
    await reader.readline()
    writer.write(b"250-x\r\n250 PIPELINING\r\n")
    writer.close()


async def test_a_server_that_shuts_down_at_every_message_is_not_called_for_each() -> None:
    def answer(line: str) -> str:
        return "421 4.3.2 Overloaded" if line.startswith("MAIL") else obliging(line)

    async with ScriptedServer(answer) as server, email(server.port, connections=2) as channel:
        outcomes = await sent(channel, batch(100))
        assert server.connections <= 4
    assert kinds(outcomes) == {"Deferred": 100}


async def test_the_patience_with_an_answer_begins_with_its_question() -> None:
    async with sandboxed(timeout=0.3) as (platform, channel):
        await sent(channel, batch(1))
        await asyncio.sleep(0.2)
        platform.faults.add(Fault(FaultKind.SLOW, seconds=0.15))
        assert kinds(await sent(channel, batch(1))) == {"Accepted": 1}


async def test_connections_a_server_refuses_are_made_up_for_by_the_others() -> None:
    async with ScriptedServer(obliging, most=2) as server:
        async with email(server.port, connections=4) as channel:
            outcomes = await sent(channel, batch(100))
        assert server.refused == 2
    assert kinds(outcomes) == {"Accepted": 100}


async def test_an_idle_connection_the_server_has_closed_is_replaced() -> None:
    async with sandboxed(connections=1) as (platform, channel):
        await sent(channel, batch(3))
        await asyncio.gather(*(talk.end() for talk in platform._conversations))
        await asyncio.sleep(0)
        assert kinds(await sent(channel, batch(3))) == {"Accepted": 3}
        assert platform.calls["EHLO"] == 2


async def test_a_message_larger_than_the_server_takes_never_leaves(tmp_path: Path) -> None:
    async with sandboxed(MailSandbox(size=100_000)) as (platform, channel):
        [outcome] = await sent(channel, batch(1, large(tmp_path, 100_000)))
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Reason.TOO_LARGE
        assert platform.calls["MAIL"] == 0


async def test_a_large_message_cut_off_while_it_leaves_was_not_sent(tmp_path: Path) -> None:
    async def stop_reading(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.readline()
        writer.write(b"250-x\r\n250 PIPELINING\r\n")
        await reader.readline()
        writer.write(b"250 Ok\r\n250 Ok\r\n354 go\r\n")
        await reader.readexactly(100_000)
        writer.transport.abort()

    server = await asyncio.start_server(stop_reading, "127.0.0.1", 0)
    async with email(server.sockets[0].getsockname()[1]) as channel:
        [outcome] = await sent(channel, batch(1, large(tmp_path, 15_000_000)))
    server.close()
    assert isinstance(outcome, Deferred)
    assert outcome.reason is Reason.CONNECTION


async def test_a_large_message_leaves_as_fast_as_the_server_reads(tmp_path: Path) -> None:
    got: list[bytes] = []

    async def hesitate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x\r\n")
        await reader.readline()
        writer.write(b"250-x\r\n250 PIPELINING\r\n")
        await reader.readuntil(b"DATA\r\n")
        writer.write(b"250 Ok\r\n250 Ok\r\n354 go\r\n")
        await asyncio.sleep(0.05)
        got.append(await reader.readuntil(b"\r\n.\r\n"))
        writer.write(b"250 Ok\r\n")
        await reader.readline()
        writer.close()

    content = large(tmp_path, 9_000_000)
    server = await asyncio.start_server(hesitate, "127.0.0.1", 0, limit=2**24)
    async with email(server.sockets[0].getsockname()[1]) as channel:
        assert kinds(await sent(channel, batch(1, content))) == {"Accepted": 1}
    server.close()
    [film] = message_from_bytes(got[0], policy=default).iter_attachments()  # type: ignore[attr-defined]
    assert film.get_content() == content.attachments[0].content


# The turnstile


async def test_copies_are_recorded_in_small_groups_ahead_of_the_wire() -> None:
    turnstile = OpenTurnstile()
    async with sandboxed(turnstile=turnstile) as (_, channel):
        await sent(channel, batch(50))
    assert max(len(passage.envelopes) for passage in turnstile.passages) == GROUP
    assert all(p.requests == len(p.envelopes) for p in turnstile.passages)


async def test_a_turnstile_that_shuts_in_the_middle_leaves_nothing_unanswered() -> None:
    class Closing(OpenTurnstile):
        async def __call__(self, envelopes: Sequence[Envelope], **kinds: Any) -> None:
            if len(self.passages) == 4:
                self.hold(12.0)
            await super().__call__(envelopes, **kinds)

    turnstile = Closing()
    async with sandboxed(turnstile=turnstile) as (platform, channel):
        outcomes = await sent(channel, batch(100))
        accepted = kinds(outcomes)["Accepted"]
        assert len(platform.inbox.all()) == accepted <= 4 * GROUP
    held = [outcome for outcome in outcomes if isinstance(outcome, Deferred)]
    assert {(o.reason, o.retry_after, o.scope) for o in held} == {
        (Reason.HELD_BACK, 12.0, Scope.CHANNEL)
    }
    assert accepted + len(held) == 100


async def test_a_batch_that_is_abandoned_leaves_no_task_behind() -> None:
    class Hesitating(OpenTurnstile):
        async def __call__(self, envelopes: Sequence[Envelope], **kinds: Any) -> None:
            await super().__call__(envelopes, **kinds)
            if len(self.passages) == 5:
                await asyncio.get_running_loop().create_future()

    async with sandboxed(turnstile=Hesitating()) as (_, channel):
        before = asyncio.all_tasks()
        outcomes = channel.send(batch(60))
        await anext(outcomes)
        await outcomes.aclose()  # type: ignore[attr-defined]
        left = [repr(task) for task in asyncio.all_tasks() - before]
        assert not [task for task in left if "Lane" in task or "Sending" in task]
        assert kinds(await sent(channel, batch(5))) == {"Accepted": 5}


# Content


def large(folder: Path, size: int) -> Content:
    (folder / "film.mp4").write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    file = Attachment.of(folder / "film.mp4", "video/mp4")
    return Content("guid", CONTENT.subject, CONTENT.texts, CONTENT.html, (file,))


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
    signing = {
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


# Configuration


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": ""},
        {"sender": "Школа <a@b.example>"},
        {"reply_to": "нет"},
        {"connections": 0},
        {"messages_per_connection": 0},
        {"timeout": 0},
        {"dkim_key": Secret("key")},
        {"dkim_key": Secret("no key"), "dkim_selector": "s1"},
    ],
)
def test_a_configuration_that_cannot_work_is_refused_at_once(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="email: "):
        email(25, **changes)


def test_a_configuration_keeps_its_secrets() -> None:
    config = EmailConfig(
        host="x",
        sender="a@b.example",
        password=Secret("parol"),
        dkim_key=Secret("pem"),
        dkim_selector="s1",
    )
    assert "parol" not in repr(config)
    assert "pem" not in repr(config)
