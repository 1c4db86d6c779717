"""The e-mail channel over real sockets: connections, the turnstile, configuration."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiosmtpd.smtp import SMTP

from broadcaster.contract import Deferred, Envelope, Reason, Scope, Secret, Unreachable
from broadcaster.sandbox.faults import Fault, FaultKind
from broadcaster.sandbox.mail import MailSandbox
from broadcaster.sandbox.mail.server import Conversation
from channels.email import EmailConfig, Security
from channels.email.stock import GROUP
from tests.channels.email_stage import KEYS, batch, email, kinds, large, sandboxed, sent, server_tls
from tests.lent import OpenTurnstile
from tests.servers.process import free_port

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


async def test_pipelining_saves_round_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    async def arrivals(*, pipelining: bool) -> int:
        """How many times something came to the server while it took a group of messages."""
        seen: list[bytes] = []

        def hears(talk: Conversation, data: bytes) -> None:
            seen.append(data)
            SMTP.data_received(talk, data)

        monkeypatch.setattr(Conversation, "data_received", hears)
        sandbox = MailSandbox(pipelining=pipelining, reply_delay=0.01)
        async with sandboxed(sandbox, connections=1, timeout=5.0) as (_, channel):
            await sent(channel, batch(1))
            seen.clear()
            await sent(channel, batch(GROUP))
            return len(seen)

    assert await arrivals(pipelining=False) >= 4 * GROUP
    assert await arrivals(pipelining=True) <= 2 * GROUP


def test_it_works_on_uvloop_as_well(tmp_path: Path) -> None:
    async def scene() -> Counter[str]:
        tls: dict[str, Any] = {
            "security": Security.TLS,
            "ca_file": str(KEYS / "server.pem"),
            "timeout": 5.0,
        }
        async with sandboxed(MailSandbox(tls=server_tls()), **tls) as (_, channel):
            return kinds(await sent(channel, batch(20, large(tmp_path, 300_000))))

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(scene()) == {"Accepted": 20}


# The turnstile


async def test_copies_are_recorded_in_small_groups_ahead_of_the_wire() -> None:
    turnstile = OpenTurnstile()
    async with sandboxed(turnstile=turnstile) as (_, channel):
        await sent(channel, batch(50))
    assert max(len(passage.envelopes) for passage in turnstile.passages) == GROUP
    assert all(p.requests == len(p.envelopes) for p in turnstile.passages)


async def test_only_what_has_been_given_its_text_has_left() -> None:
    turnstile = OpenTurnstile()
    platform = MailSandbox(reply_delay=0.02)
    async with sandboxed(platform, turnstile, connections=2) as (_, channel):
        outcomes = channel.send(letters := batch(60))
        async for _, _ in outcomes:
            arrived = len(platform.inbox.all())
            assert arrived <= len(turnstile.left) <= arrived + 2
            assert len(turnstile.recorded) >= len(turnstile.left)
        assert set(turnstile.left) == {letter.delivery_id for letter in letters}


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


async def test_copies_that_are_just_put_on_record_are_answered_for_though_no_lane_is_left() -> None:
    waits = iter([0.05, 0.3])

    class Slow(OpenTurnstile):
        async def __call__(self, envelopes: Sequence[Envelope], **kinds: Any) -> None:
            await asyncio.sleep(next(waits))
            await super().__call__(envelopes, **kinds)

    turnstile = Slow()
    async with email(free_port(), turnstile, connections=2) as channel:
        outcomes = await sent(channel, batch(3 * GROUP))
    assert kinds(outcomes) == {"Deferred": 3 * GROUP}
    assert turnstile.left == []


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


# Configuration


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": ""},
        {"sender": "Школа <a@b.example>"},
        {"reply_to": "нет"},
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
