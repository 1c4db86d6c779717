"""The school's words for reports: where an announcement stands, why copies wait, why people do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from broadcaster.contract import Reason
from broadcaster.domain.deciding import Decision, Refusal
from broadcaster.domain.policy import Importance
from broadcaster.domain.reasons import Skip
from broadcaster.domain.standing import Delay, Stage, Wait
from broadcaster.domain.states import State
from broadcaster.i18n import LANGUAGE, _, counted
from broadcaster.store.queries.reports_people import Order, Try, Way, Who
from broadcaster.words import REASONS, STATES, channel_word

IMPORTANCE: Mapping[str, str] = {
    Importance.ROUTINE: _("обычное"),
    Importance.IMPORTANT: _("важное"),
    Importance.URGENT: _("срочное"),
}

STAGES: Mapping[Stage, str] = {
    Stage.DRAFT: _("черновик"),
    Stage.SCHEDULED: _("назначено"),
    Stage.SET_ASIDE: _("не удалось отправить"),
    Stage.UNDERWAY: _("отправляется"),
    Stage.PAUSED: _("остановлено"),
    Stage.CANCELLED: _("отменено"),
    Stage.DONE: _("отправка закончена"),
}

WAITS: Mapping[Wait, str] = {
    Wait.PAUSED: _("{channel}: {copies} — остановлено; ничего не уйдёт, пока вы не продолжите."),
    Wait.QUIET_HOURS: _("{channel}: {copies} — тихие часы; уйдёт {until}."),
    Wait.CHANNEL_OFF: _("{channel}: {copies} — канал выключен в настройках школы."),
    Wait.CHANNEL_SHUT: _(
        "{channel}: {copies} — канал остановлен: {reason}. Его откроет администратор."
    ),
    Wait.CHANNEL_HELD: _("{channel}: {copies} — {reason}; продолжим {until}."),
    Wait.RETRY: _("{channel}: {copies} — {reason}; следующая попытка {until}."),
    Wait.WORKER_ASLEEP: _(
        "{copies} — программа-отправитель не работает. Скажите администратору: всё сохранено и"
        " уйдёт, когда её запустят."
    ),
}

REFUSALS: Mapping[Refusal, str] = {
    Refusal.NOT_RELEASED: _("Объявление ещё не отправляли."),
    Refusal.CANCELLED: _("Объявление отменено. Чтобы отправить его снова, напишите новое."),
    Refusal.PAUSED: _("Отправка остановлена. Сначала продолжите её."),
    Refusal.EXPIRED: _(
        "Срок объявления прошёл, отправлять его снова поздно. Если новость ещё важна, напишите"
        " новое объявление."
    ),
    Refusal.EXPIRES_AT_NIGHT: _(
        "Сейчас тихие часы, а к утру срок объявления пройдёт. Если это срочно, позвоните тем, кого"
        " не оповестили."
    ),
}

DECISIONS: Mapping[Decision, str] = {
    Decision.ARRIVED: _("дошло"),
    Decision.LOST: _("не дошло"),
    Decision.AGAIN: _("отправить ещё раз"),
}

WHO: Mapping[Who, str] = {
    Who.TO_CALL: _("кому позвонить"),
    Who.WAITING: _("ещё ждут отправки"),
    Who.UNREACHED: _("не дошло ни одно сообщение"),
    Who.TOLD: _("сообщили лично"),
    Who.REACHED: _("сообщение отправлено"),
    Who.ACKNOWLEDGED: _("ознакомились"),
    Who.UNACKNOWLEDGED: _("не ознакомились"),
    Who.EVERYBODY: _("все"),
}

ORDERS: Mapping[Order, str] = {
    Order.NAME: _("по имени, от А до Я"),
    Order.NAME_BACK: _("по имени, от Я до А"),
    Order.FEWEST: _("сначала меньше каналов"),
    Order.MOST: _("сначала больше каналов"),
    Order.EARLIEST: _("кого оповестили раньше"),
}

ON_CHANNEL: Mapping[tuple[str, str], str] = {
    ("telegram", Reason.BLOCKED): _("родитель заблокировал бота"),
    ("telegram", Reason.NO_PERMISSION): _("родитель не начал разговор с ботом"),
    ("vk", Reason.BLOCKED): _("родитель заблокировал сообщество"),
    ("vk", Reason.NO_PERMISSION): _("родитель не разрешил сообщения сообщества"),
    ("email", Reason.BLOCKED): _("почтовый сервер не принимает наши письма"),
    ("email", Reason.NOT_FOUND): _("такого почтового адреса не существует"),
}
"""Where a platform has its own word for what happened."""

DATED = frozenset({State.FAILED, State.UNCONFIRMED})
"""States that the last answer brought about, so that its date is theirs."""


def reason_on(channel: str, reason: str) -> str:
    """Why a copy did not arrive, as one says it of this channel."""
    return ON_CHANNEL.get((channel, reason)) or REASONS.get(reason, reason)


def why_not(one: Try, zone: ZoneInfo) -> str:
    """Why one copy did not reach its person, and since when: «… заблокировал бота 12 марта»."""
    reason, at = _fact(one)
    words = reason_on(one.channel, reason) or STATES[one.state]
    dated = f"{words} {day_month(at, zone)}" if at else words
    return f"{channel_word(one.channel)}: {dated}" if one.channel else dated


def _fact(one: Try) -> tuple[str, datetime | None]:
    """The reason behind the reason, and its date where it has one."""
    if one.reason == Skip.ADDRESS_CLOSED:
        return one.closed_why or one.reason, one.closed_at
    return one.reason, one.at if one.state in DATED else None


def why_nothing(tries: Sequence[Try], zone: ZoneInfo) -> list[str]:
    """Why a person was not reached, a sentence for each copy; withdrawn consent with its date."""
    return [_left(one, zone) or why_not(one, zone) for one in tries]


def _left(one: Try, zone: ZoneInfo) -> str:
    if one.reason != Skip.NO_CONSENT or one.left_at is None:
        return ""
    words = _("{channel}: родитель отозвал согласие {day}")
    return words.format(channel=channel_word(one.channel), day=day_month(one.left_at, zone))


def why_waiting(delay: Delay, zone: ZoneInfo, now: datetime) -> str:
    """What keeps copies from leaving, in a sentence."""
    return WAITS[delay.wait].format(
        channel=channel_word(delay.channel),
        copies=copies_counted(delay.count),
        reason=reason_on(delay.channel, delay.reason),
        until=until(delay.until, zone, now) if delay.until else "",
    )


def copies_counted(count: int) -> str:
    """«1 копия», «2 копии», «5 копий»; the number and its noun stay on one line."""
    noun = counted(_("копия"), _("копии"), _("копий"), count)
    return f"{count}\N{NO-BREAK SPACE}{noun}"


def until(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A time near at hand: «в 07:00», «завтра в 07:00», «12 марта в 07:00»."""
    there, here = at.astimezone(zone), now.astimezone(zone)
    words = {0: _("в {clock}"), 1: _("завтра в {clock}")}
    ahead = (there.date() - here.date()).days
    known = words.get(ahead, _("{day} в {clock}"))
    return known.format(clock=f"{there:%H:%M}", day=day_month(at, zone))


def day_month(at: datetime, zone: ZoneInfo) -> str:
    """«12 марта 2026»: reports are read long afterwards, the year is told."""
    words = format_date(at.astimezone(zone), "d MMMM y", locale=LANGUAGE)
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def stamp(at: datetime | None, zone: ZoneInfo) -> str:
    """«12.03.2026, 14:05»; a dash when there is none."""
    if at is None:
        return "—"
    return format_datetime(at.astimezone(zone), "dd.MM.y, HH:mm", locale=LANGUAGE)


def channels_since(ways: Sequence[Way], zone: ZoneInfo) -> list[str]:
    """The channels on which somebody was reached, each with its time."""
    return [f"{channel_word(channel)}, {stamp(at, zone)}" for channel, at in ways]


def platform_ids(parts: Sequence[Sequence[Any]]) -> list[str]:
    """What platforms call the messages of a copy: a line for each message."""
    return [", ".join(f"{name} {value}" for name, value in ids.items()) for _number, ids in parts]
