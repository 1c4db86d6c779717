"""The e-mail channel's servers fail: what is deferred, what is in doubt, what goes on."""

from __future__ import annotations

import asyncio
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from broadcaster.contract import Deferred, Reason, Rejected, Scope, Unconfirmed
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from tests.channels.email_stage import (
    batch,
    causes,
    email,
    kinds,
    large,
    reasons,
    sandboxed,
    sent,
)
from tests.channels.smtp_script import ScriptedServer, obliging


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
    async with sandboxed(timeout=0.5) as (platform, channel):
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
    assert set(causes(outcomes)) == {Reason.CONNECTION}


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
    [film] = message_from_bytes(got[0], policy=default).iter_attachments()
    assert film.get_content() == content.attachments[0].content
