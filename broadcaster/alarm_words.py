"""Alarms as people are told of them: what happened, since when, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time

from broadcaster.domain.alarms import Trouble
from broadcaster.i18n import LANGUAGE, _
from broadcaster.words import channel_word


@dataclass(frozen=True, slots=True)
class Words:
    """An alarm in two sentences: `headline` tells what happened, `remedy` what to do."""

    headline: str
    remedy: str


REFUSED: Mapping[str, str] = {
    "telegram": _("Telegram не принимает токен с {since}."),
    "vk": _("ВКонтакте не принимает ключ с {since}."),
    "email": _("Почтовый сервер не принимает имя или пароль с {since}."),
}
"""How each platform refuses what we show at the door."""

NEW_KEY: Mapping[str, str] = {
    "telegram": _("Откройте «Настройки → Каналы» и вставьте новый токен от BotFather."),
    "vk": _("Откройте «Настройки → Каналы» и вставьте новый ключ сообщества."),
    "email": _("Откройте «Настройки → Каналы» и проверьте имя и пароль почтового ящика."),
}

ASKS_FOR_KEY = Words(
    _("Канал «{channel}»: платформа не принимает ключ с {since}."),
    _("Откройте «Настройки → Каналы» и вставьте новый."),
)
REOPEN = _("Потом откройте канал снова на странице «Каналы».")

WORDS: Mapping[Trouble, Words] = {
    Trouble.CREDENTIALS: ASKS_FOR_KEY,
    Trouble.NEEDS_PERSON: Words(
        _("Канал «{channel}» остановлен с {since}: платформа ждёт человека."),
        _(
            "Прочитайте на странице «Каналы», что она ответила, войдите на ней под именем школы"
            " и сделайте, что она просит."
        ),
    ),
    Trouble.HELD_LONG: Words(
        _("Канал «{channel}»: с {since} платформа просит подождать больше часа."),
        _(
            "Само пройдёт: отправка продолжится, когда платформа разрешит. Если объявление не"
            " терпит, отправьте его по другому каналу."
        ),
    ),
    Trouble.NO_ANSWER: Words(
        _("Канал «{channel}» не отвечает с {since}."),
        _(
            "Проверьте, есть ли связь и работает ли сервер: «Настройки → Каналы» или команда"
            " broadcaster check. Копии уйдут сами, как только он ответит; если это надолго, обычные"
            " объявления уйдут по следующему каналу, у кого он есть."
        ),
    ),
    Trouble.STUCK: Words(
        _("Канал «{channel}» открыт, но с {since} ничего не уходит."),
        _(
            "Проверьте канал: «Настройки → Каналы» или команда broadcaster check. Если он исправен,"
            " перезапустите программу."
        ),
    ),
    Trouble.SWITCHED_OFF: Words(
        _("Канал «{channel}» выключен, а копии ждут его с {since}."),
        _("Включите его в «Настройки → Каналы» или отмените эти объявления."),
    ),
    Trouble.FAILURES: Words(
        _("Канал «{channel}»: с {since} слишком много копий не дошло."),
        _("Посмотрите причины на странице «Каналы»: от них зависит, что делать."),
    ),
    Trouble.WORKER: Words(
        _("Обработчик молчит с {since}: ничего не отправляется."),
        _("Запустите службу или broadcaster serve. Почему он остановился — в журнале обработчика."),
    ),
    Trouble.SWEEP: Words(
        _("Обход очереди не удаётся с {since}: новое не отправляется."),
        _("Причина — в журнале обработчика. Перезапустите программу; не помогло — зовите того,"
          " кто её ставил."),
    ),
    Trouble.QUEUE: Words(
        _("Очередь (Redis) не отвечает с {since}."),
        _("Запустите Redis. Ничего не пропало: всё лежит в базе и уйдёт, когда он вернётся."),
    ),
    Trouble.DISK: Words(
        _("На диске почти не осталось места с {since}."),
        _("Освободите место: без него база данных не сможет записывать, что отправлено."),
    ),
    Trouble.SET_ASIDE: Words(
        _("Назначенное объявление не ушло: с {since} его держит ошибка."),
        _("Откройте «Объявления», прочитайте у него причину, исправьте и отправьте снова."),
    ),
    Trouble.CALENDAR_BROKEN: Words(
        _("В календаре ошибка с {since}: что-то из него не будет отправлено."),
        _("Откройте «Календарь»: там сказано, в каком файле и что исправить. Остальное работает."),
    ),
    Trouble.CALENDAR_SKIPPED: Words(
        _("По календарю ничего не отправлено: {since} памятка осталась без ответа или опоздала."),
        _("Откройте «Календарь», посмотрите, какая; если она ещё нужна, отправьте её сами."),
    ),
    Trouble.LOG_BROKEN: Words(
        _("Журнал повреждён: об этом известно с {since}."),
        _("Выполните broadcaster audit verify: команда покажет, какая запись повреждена."),
    ),
}  # fmt: skip


def alarm_words(kind: str, part: str, since: datetime, *, now: datetime, zone: ZoneInfo) -> Words:
    """What is said of an alarm at `now`, in the school's time."""
    trouble = Trouble(kind)
    headline, remedy = WORDS[trouble].headline, WORDS[trouble].remedy
    if trouble is Trouble.CREDENTIALS:
        headline = REFUSED.get(part, headline)
        remedy = f"{NEW_KEY.get(part, remedy)} {REOPEN}"
    told = {"channel": channel_word(part), "since": clock(since, now=now, zone=zone)}
    return Words(headline.format(**told), remedy)


def clock(at: datetime, *, now: datetime, zone: ZoneInfo) -> str:
    """«10:42» today, «20 ноября, 10:42» on another day; it does not break."""
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return str(format_time(local, "HH:mm", locale=LANGUAGE))
    told = str(format_datetime(local, "d MMMM, HH:mm", locale=LANGUAGE))
    return told.replace(" ", "\N{NO-BREAK SPACE}")
