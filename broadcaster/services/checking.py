"""Asking a platform who we are, on behalf of somebody at a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from broadcaster.i18n import _
from broadcaster.services.audit import Action, Actor, record
from broadcaster.services.checkup import ask
from broadcaster.services.outlets import Outlet

ADVICE: Mapping[str, str] = {
    "telegram": _(
        "Откройте в Telegram бота @BotFather, команда /mybots → ваш бот → API Token, и вставьте"
        " ключ целиком. Если ключ верный, проверьте, открывается ли с этого компьютера"
        " api.telegram.org; если нет — нужен прокси."
    ),
    "vk": _(
        "Проверьте номер сообщества и ключ: Управление → Дополнительно → Работа с API. У ключа"
        " должны быть права на сообщения, фотографии и документы."
    ),
    "email": _(
        "Проверьте сервер, порт, шифрование, имя и пароль. Часто почта ждёт не обычный пароль, а"
        " «пароль приложения» из настроек ящика, и чтобы в «От кого» стоял адрес этого ящика."
    ),
    "site": _("Проверьте адрес, по которому родители открывают страницы."),
}
"""What to do when a platform refuses, by adapter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a platform said: the name it knows us by, or its words and what to do about them."""

    ok: bool
    account: str
    words: str = ""
    advice: str = ""


def check_channel(outlet: Outlet, adapter: str, *, by: Actor, now: datetime) -> Answer:
    """Ask, which may take seconds, and write down that somebody asked; nobody is written to."""
    health = asyncio.run(ask(outlet))
    with transaction.atomic():
        record(
            by, Action.CHANNEL_CHECKED, now=now, kind="channel", subject=outlet.name, ok=health.ok
        )
    advice = "" if health.ok else ADVICE.get(adapter, _("Проверьте настройки канала."))
    return Answer(health.ok, health.account, health.problem, advice)
