"""Is everything in place: configuration, database, broker, workers, templates, every channel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, connection

from broadcaster.adapter_words import adapter_words
from broadcaster.contract import Attachment, Envelope, Health
from broadcaster.foreign_words import system_words
from broadcaster.i18n import _
from broadcaster.rendering.check import check_templates
from broadcaster.rendering.mistakes import RenderingMistake
from broadcaster.services.broker import broker_problem
from broadcaster.services.calendar.problems import problems_of
from broadcaster.services.contents import file_path, looks_of
from broadcaster.services.database_words import database_trouble
from broadcaster.services.outlets import Office, Outlet
from broadcaster.store.models import AnnouncementFile
from broadcaster.store.queries.heartbeats import SWEEP, last_beat
from broadcaster.store.queries.lanes import gate
from broadcaster.store.queries.schema import missing_migrations, unknown_migrations

CHANNEL_PATIENCE = 20.0
"""Seconds a platform has to say who we are."""

FEW = 20
"""Attachments that are looked for: one that is lost is no sign of another home, all of them are."""

WORKER_SILENT_AFTER = timedelta(minutes=1)
"""A worker that sweeps shows life every few seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: its stable code and name, whether it is in order, what was seen.

    `hint` says what to do next; it is empty where nothing is to be done.
    """

    code: str
    part: str
    ok: bool
    words: str
    hint: str = ""


class Amiss(Exception):
    """Something is not in order; `words` tell what was seen, `hint` what to do."""

    def __init__(self, words: str, hint: str) -> None:
        super().__init__(words)
        self.words = words
        self.hint = hint


class _Open:
    """A turnstile for questions that carry no copies."""

    async def __call__(
        self,
        envelopes: Sequence[Envelope],
        *,
        place: str = "",
        requests: int = 1,
        ahead: bool = False,
    ) -> None:
        """Let it pass: limits are for copies."""

    def leaves(self, envelopes: Iterable[Envelope]) -> None:
        """Nothing does."""

    @asynccontextmanager
    async def passing(
        self, envelopes: Sequence[Envelope], *, place: str = "", requests: int = 1
    ) -> AsyncIterator[None]:
        """Let it pass."""
        await self(envelopes, place=place, requests=requests)
        yield

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
    yield Finding("configuration", _("настройки"), ok=True, words=office.school.name)
    yield _looked("database", _("база данных"), _database)
    yield _looked("files", _("вложения на диске"), _files)
    yield _looked("queue", _("очередь"), _broker)
    yield _looked("worker", _("обработчик"), _worker)
    yield _looked("templates", _("шаблоны"), lambda: _templates(office))
    if office.calendar.enabled:
        yield _looked("calendar", _("календарь"), lambda: _calendar(office))
    if not office.outlets:
        hint = _("Включите хотя бы один в config/school.yaml.")
        yield Finding("channels", _("каналы"), ok=False, words=_("ни один не включён"), hint=hint)
    for outlet in office.outlets.values():
        yield _looked(f"channel:{outlet.name}", outlet.name, partial(_channel, outlet))


def _looked(code: str, part: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(code, part, ok=True, words=look())
    except Amiss as amiss:
        return Finding(code, part, ok=False, words=amiss.words, hint=amiss.hint)


def _database() -> str:
    try:
        if unknown := unknown_migrations():
            words = _("новее программы, неизвестных изменений: {count}").format(count=unknown)
            hint = _("Обновите программу или восстановите копию, сделанную до обновления.")
            raise Amiss(words, hint)
        missing = missing_migrations()
        if missing:
            words = _("таблицы не готовы, не хватает изменений: {count}").format(count=missing)
            raise Amiss(words, _("Выполните: broadcaster init"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM store_delivery")
            (copies,) = cursor.fetchone()
    except DatabaseError as error:
        raise Amiss(*database_trouble(error)) from error
    return _("{vendor}, отправок: {copies}").format(vendor=connection.vendor, copies=copies)


def _files() -> str:
    """A home that is another machine's own has none of what the database knows of."""
    try:
        rows = AnnouncementFile.objects.order_by("-pk").values_list("digest", flat=True)
        newest = list(rows[:FEW])
    except DatabaseError as error:
        raise Amiss(_("неизвестно: база данных не отвечает"), "") from error
    if newest and not any(file_path(settings.FILE_FOLDER, one).is_file() for one in newest):
        hint = _(
            "Проверьте BROADCASTER_HOME: сейчас это {home}. У всех машин с одной базой папка общая."
        )
        words = _("нет ни одного из последних")
        raise Amiss(words, hint.format(home=settings.HOME))
    return _("на месте")


def _broker() -> str:
    if not settings.REDIS_URL:
        return _("встроенная, в папке {folder}").format(folder=settings.HOME / "broker")
    if problem := broker_problem(patience=5.0):
        hint = _("Запустите Redis, проверьте REDIS_URL или уберите его: очередь есть и своя.")
        raise Amiss(problem, hint)
    return "Redis"


def _worker() -> str:
    try:
        at = last_beat(SWEEP)
    except DatabaseError as error:
        raise Amiss(_("неизвестно: база данных не отвечает"), "") from error
    if at is None or datetime.now(UTC) - at > WORKER_SILENT_AFTER:
        raise Amiss(
            _("не запущен: ничего не отправляется"), _("Запустите службу или broadcaster serve")
        )
    return _("работает")


def _templates(office: Office) -> str:
    looks = looks_of(office.outlets.values(), public_url=office.school.public_url)
    mistakes: Sequence[RenderingMistake] = check_templates(office.templates, looks)
    if mistakes:
        raise Amiss(str(mistakes[0]), _("Исправьте шаблон и проверьте ещё раз."))
    return _("в порядке")


def _calendar(office: Office) -> str:
    """What is wrong with some of it does not keep the rest from leaving."""
    try:
        found = problems_of(office, now=datetime.now(UTC))
    except DatabaseError as error:
        raise Amiss(_("неизвестно: база данных не отвечает"), "") from error
    if found:
        words = _("ошибок: {count}, первая — {first}. Остальное уходит в срок")
        hint = _("Все ошибки: broadcaster calendar check")
        raise Amiss(words.format(count=len(found), first=str(found[0]).rstrip(".")), hint)
    return _("включён, всё в порядке")


def _channel(outlet: Outlet) -> str:
    if missing := outlet.missing_keys:
        hint = _(
            "Задайте {names} в окружении (службе — в её файле окружения) и запустите программу"
            " заново. Или введите ключ на страницах, в настройках канала."
        )
        names = ", ".join(missing)
        raise Amiss(_("{names} не задан").format(names=names), hint.format(names=names))
    health = asyncio.run(ask(outlet))
    if not health.ok:
        hint = _("Проверьте блок channels.{name} в настройках и ключи в окружении.")
        raise Amiss(health.problem, hint.format(name=outlet.name))
    if _paused(outlet.name):
        hint = _("Снова откройте его: broadcaster open {name}").format(name=outlet.name)
        raise Amiss(_("остановлен после отказа платформы"), hint)
    return ". ".join(filter(None, (health.account, health.problem)))


def _paused(channel: str) -> bool:
    try:
        return gate(channel).paused
    except DatabaseError:
        return False


async def ask(outlet: Outlet) -> Health:
    """Ask a platform who we are, with what is wrong in Russian; a fault becomes a finding too."""
    try:
        async with asyncio.timeout(CHANNEL_PATIENCE):
            async with outlet.adapter(
                outlet.config, turnstile=_Open(), uploads=_NoUploads()
            ) as channel:
                health = await channel.check()
    except TimeoutError:
        return Health(ok=False, problem=_("не отвечает"))
    except OSError as error:
        return Health(ok=False, problem=system_words(error))
    return replace(health, problem=adapter_words(health.problem))
