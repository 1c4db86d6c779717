"""Is everything in place: configuration, database, broker, workers, templates, every channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from broadcaster.contract import Attachment, Envelope, Health
from broadcaster.i18n import _
from broadcaster.rendering.check import check_templates
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.contents import looks_of
from broadcaster.services.outlets import Office, Outlet
from broadcaster.store.queries.heartbeats import SWEEP, last_beat

CHANNEL_PATIENCE = 20.0
"""Seconds a platform has to say who we are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what, whether it is in order, and what was seen or is to be done."""

    part: str
    ok: bool
    words: str


class _Open:
    """A turnstile for questions that carry no copies."""

    async def __call__(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> None:
        """Let it pass: limits are for copies."""

    def hold(self, retry_after: float) -> None:
        """Ignore it: nothing follows."""


class _NoUploads:
    """Uploads for a channel that sends nothing."""

    async def recall(self, attachment: Attachment, kind: str) -> str | None:  # noqa: ARG002
        """Know nothing."""
        return None

    async def keep(self, attachment: Attachment, kind: str, handle: str) -> None:
        """Keep nothing."""

    async def forget(self, attachment: Attachment, kind: str) -> None:
        """Have nothing to forget."""


def look_over(office: Office) -> Iterator[Finding]:
    """Look at every part in turn; a part that fails does not keep the others from being seen."""
    yield Finding(_("конфигурация"), ok=True, words=office.school.name)
    yield _guarded(_("база данных"), _database)
    yield _guarded(_("очередь"), _broker)
    yield _guarded(_("обработчик"), _worker)
    yield _guarded(_("шаблоны"), lambda: _templates(office))
    if not office.outlets:
        yield Finding(_("каналы"), ok=False, words=_("ни один не включён: см. config/school.yaml"))
    for outlet in office.outlets.values():
        health = asyncio.run(ask(outlet))
        yield Finding(
            outlet.name, ok=health.ok, words=health.account if health.ok else health.problem
        )


def _guarded(part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(part, ok=True, words=look())
    except (DatabaseError, redis.RedisError, RenderingMistake, LookupError) as error:
        return Finding(part, ok=False, words=str(error))


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM store_delivery")
        (copies,) = cursor.fetchone()
    return _("{vendor}, отправок: {copies}").format(vendor=connection.vendor, copies=copies)


def _broker() -> str:
    if not settings.REDIS_URL:
        return _("встроенная, в папке {folder}").format(folder=settings.HOME / "broker")
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5) as client:
        client.ping()
    return "Redis"


def _worker() -> str:
    at = last_beat(SWEEP)
    if at is None or datetime.now(UTC) - at > timedelta(minutes=1):
        raise LookupError(_("не запущен: ничего не отправляется. Запустите: broadcaster serve"))
    return _("работает")


def _templates(office: Office) -> str:
    looks = looks_of(office.outlets.values(), public_url=office.school.public_url)
    mistakes = check_templates(office.templates, looks)
    if mistakes:
        raise mistakes[0]
    return _("в порядке")


async def ask(outlet: Outlet) -> Health:
    """Ask a platform who we are; a fault becomes a finding too."""
    try:
        async with asyncio.timeout(CHANNEL_PATIENCE):
            async with outlet.adapter(
                outlet.config, turnstile=_Open(), uploads=_NoUploads()
            ) as channel:
                return await channel.check()
    except TimeoutError:
        return Health(ok=False, problem=_("не отвечает"))
    except OSError as error:
        return Health(ok=False, problem=str(error))
