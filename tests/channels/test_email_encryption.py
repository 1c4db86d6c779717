"""The e-mail channel's encrypted connections, its login and what `check` tells of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from broadcaster.contract import Health, Reason, Secret
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from channels.email import Security
from tests.channels.email_stage import (
    KEYS,
    batch,
    causes,
    email,
    kinds,
    large,
    sandboxed,
    sent,
    server_tls,
)
from tests.channels.smtp_script import ScriptedServer


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_encrypted_connections_are_pipelined_too(security: Security, tmp_path: Path) -> None:
    tls: dict[str, Any] = {"starttls" if security is Security.STARTTLS else "tls": server_tls()}
    sandbox = MailSandbox(username="school", password="parol", **tls)
    changes: dict[str, Any] = {"username": "school", "password": Secret("parol"), "timeout": 5.0}
    trusting: dict[str, Any] = {"security": security, "ca_file": str(KEYS / "server.pem")}
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
        assert causes(outcomes) == {Reason.NEEDS_PERSON: 1}
        assert "certificate" in (await channel.check()).problem
        assert platform.inbox.all() == ()


async def test_a_server_without_starttls_is_not_written_to_in_the_open() -> None:
    async with sandboxed(security=Security.STARTTLS) as (platform, channel):
        assert causes(await sent(channel, batch(10))) == {Reason.NEEDS_PERSON: 1}
        assert platform.inbox.all() == ()


async def test_a_wrong_password_is_not_tried_by_every_connection() -> None:
    sandbox = MailSandbox(username="school", password="right")
    async with sandboxed(sandbox, username="school", password=Secret("wrong")) as (
        platform,
        channel,
    ):
        outcomes = await sent(channel, batch(100))
        assert causes(outcomes) == {Reason.CREDENTIALS: 1}
        assert platform.calls["EHLO"] == 1


async def test_an_authority_that_cannot_be_read_waits_for_a_person(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"security": Security.TLS, "ca_file": str(tmp_path / "none.pem")}
    async with sandboxed(**changes) as (_, channel):
        assert causes(await sent(channel, batch(2))) == {Reason.NEEDS_PERSON: 1}
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
