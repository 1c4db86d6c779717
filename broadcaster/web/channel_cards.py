"""What the screen of channels says of each, and of the program's own parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from broadcaster.alarm_words import NEW_KEY
from broadcaster.contract import Reason
from broadcaster.domain.alarms import Trouble, troubles
from broadcaster.domain.health import ChannelHealth, Health, Standing
from broadcaster.i18n import _, counted
from broadcaster.services.outlets import Office
from broadcaster.web.jinja import number
from broadcaster.words import REASONS, channel_word

GIGABYTE = 1_000_000_000

Clock = Callable[[datetime], str]

STATES = {
    Standing.OPEN: (_("работает"), "good"),
    Standing.HELD: (_("ждёт платформу"), "warn"),
    Standing.SHUT: (_("остановлен"), "bad"),
    Standing.BY_HAND: (_("остановлен вручную"), "warn"),
    Standing.OFF: (_("выключен"), "warn"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One channel: `state` in a word, `tone` its colour, `next` what to do."""

    channel: ChannelHealth
    title: str
    state: str
    tone: str
    next: str
    shut: bool


@dataclass(frozen=True, slots=True)
class PartNow:
    """One of the program's own parts."""

    name: str
    ok: bool
    words: str


def cards(health: Health, told: Clock) -> list[Card]:
    """A card for each channel."""
    return [_card(one, one.standing(health.at), told) for one in health.channels]


def _card(one: ChannelHealth, standing: Standing, told: Clock) -> Card:
    state, tone = STATES[standing]
    title = channel_word(one.name)
    return Card(
        channel=one,
        title=title[:1].upper() + title[1:],
        state=state,
        tone=tone,
        next=_next(one, standing, told),
        shut=standing in {Standing.SHUT, Standing.BY_HAND, Standing.HELD},
    )


def _next(one: ChannelHealth, standing: Standing, told: Clock) -> str:
    """What it means and what to do."""
    match standing:
        case Standing.OPEN if one.waiting:
            return _("Отправляет. Ничего делать не нужно.")
        case Standing.OPEN:
            return _("Готов отправлять. Ничего делать не нужно.")
        case Standing.HELD if one.hold_until:
            words = _("Платформа просит подождать до {until}: {why}. Отправка продолжится сама.")
            return words.format(until=told(one.hold_until), why=_why(one))
        case Standing.BY_HAND if one.paused_at:
            words = _("Его остановил сотрудник {since}. Копии ждут, пока канал не откроют снова.")
            return words.format(since=told(one.paused_at))
        case Standing.OFF:
            return _("Копии ждут его. Включите канал в настройках или отмените эти объявления.")
        case _:
            return _mend(one, told)


def _mend(one: ChannelHealth, told: Clock) -> str:
    """How to open what the platform has shut."""
    since = told(one.paused_at) if one.paused_at else ""
    happened = _("Остановлен с {since}: {why}.").format(since=since, why=_why(one))
    remedy = _("Войдите на платформе под именем школы и сделайте, что она просит.")
    if one.reason == Reason.CREDENTIALS:
        remedy = NEW_KEY.get(one.name, _("Откройте «Настройки → Каналы» и вставьте новый ключ."))
    then = _("Потом нажмите «Открыть снова».")
    return f"{happened} {remedy} {then}"


def _why(one: ChannelHealth) -> str:
    return REASONS.get(one.reason) or _("причина не названа")


def parts_now(health: Health, office: Office, told: Clock) -> list[PartNow]:
    """The worker, the queue, the disk, the database."""
    wrong = {sign.trouble for sign in troubles(health, office.alarms)}
    return list(_parts(health, wrong, told))


def _parts(health: Health, wrong: set[Trouble], told: Clock) -> Iterator[PartNow]:
    never = _("ещё ни разу не работал; запустите службу или broadcaster serve")
    for name, at, troubled in (
        (_("Обработчик"), health.worker_at, Trouble.WORKER),
        (_("Обход очереди"), health.sweep_at, Trouble.SWEEP),
    ):
        words = _("последний раз — {at}").format(at=told(at)) if at else never
        yield PartNow(name, troubled not in wrong, words)
    queue = health.queue_problem or _("отвечает")
    yield PartNow(_("Очередь"), not health.queue_problem, queue)
    yield PartNow(_("Диск"), Trouble.DISK not in wrong, _disk(health))
    yield PartNow(_("База данных"), ok=True, words=_("отвечает"))


def _disk(health: Health) -> str:
    words = _("свободно {free}\N{NO-BREAK SPACE}ГБ из {total}\N{NO-BREAK SPACE}ГБ")
    free, total = (
        number(round(size / GIGABYTE, 1)) for size in (health.disk_free, health.disk_total)
    )
    return words.format(free=free, total=total)


def summary(health: Health) -> str:
    """The whole in a sentence."""
    sending = [one for one in health.channels if one.standing(health.at) is Standing.OPEN]
    waiting = sum(one.waiting for one in health.channels)
    noun = counted(_("копия"), _("копии"), _("копий"), waiting)
    words = _("Каналов работает: {open} из {all}. В очереди: {waiting} {noun}.")
    return words.format(
        open=len(sending), all=len(health.channels), waiting=number(waiting), noun=noun
    )
