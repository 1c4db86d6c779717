"""When the last copy leaves, in words: on the command line and on screens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from broadcaster.alarm_words import clock
from broadcaster.domain.planner import Bound
from broadcaster.i18n import _, counted
from broadcaster.services.foretelling import Foretold, Line
from broadcaster.words import channel_word

BINDS: Mapping[Bound, str] = {
    Bound.NOTHING: _("ничего"),
    Bound.LIMIT: _("предел запросов"),
    Bound.QUOTA: _("квота"),
    Bound.PLACE: _("предел одной площадки"),
    Bound.SPEED: _("скорость самой программы"),
    Bound.QUEUE: _("очередь: впереди другие копии"),
    Bound.HOLD: _("пауза, о которой попросила платформа"),
    Bound.QUIET: _("тихие часы"),
    Bound.TIME: _("назначенное время"),
    Bound.PAUSED: _("человек: канал остановлен"),
}
"""What keeps copies from leaving."""


def last_words(line: Line, told: Foretold, zone: ZoneInfo) -> str:
    """When the last copy of a line leaves: «10:42», «21 ноября, 07:00», or a dash for never."""
    return "—" if line.last is None else clock(line.last, now=told.at, zone=zone)


def ends_words(told: Foretold, zone: ZoneInfo) -> str:
    """One sentence: when the last copy of all leaves and what it waits for; "" without copies."""
    if not told.lines:
        return ""
    if shut := [line for line in told.lines if line.binds is Bound.PAUSED]:
        names = ", ".join(channel_word(line.channel) for line in shut)
        words = _("Когда уйдёт последняя копия, неизвестно: остановлены каналы ({names}).")
        return words.format(names=names)
    if told.last is None:
        return _("Ни одна копия не уйдёт: срок объявления пройдёт раньше.")
    final = max((line for line in told.lines if line.last), key=lambda line: line.last or told.at)
    words = _("Последняя копия уйдёт примерно: {when} ({channel}). Что её держит: {bound}.")
    if final.binds is Bound.NOTHING:
        words = _("Последняя копия уйдёт почти сразу: {when} ({channel}).")
    return words.format(
        when=clock(told.last, now=told.at, zone=zone),
        channel=channel_word(final.channel),
        bound=BINDS[final.binds],
    )


def quota_words() -> str:
    """How a quota comes free again."""
    return _(
        "Квота освобождается не в полночь: каждый запрос занимает в ней место ровно на её срок."
    )


def late_words(line: Line) -> str:
    """That some copies expire before their turn."""
    words = _("{channel}: {count} {noun} не уйдут: срок объявления пройдёт раньше.")
    noun = counted(_("копия"), _("копии"), _("копий"), line.late)
    return words.format(channel=channel_word(line.channel), count=line.late, noun=noun)


def lasting(seconds: float) -> str:
    """How long something takes: «40 с», «12 мин», «3 ч 20 мин», «5 сут 4 ч»."""
    span = timedelta(seconds=round(seconds))
    hours, rest = divmod(span.seconds, 3600)
    minutes, left = divmod(rest, 60)
    if span.days:
        told = _("{days} сут {hours} ч").format(days=span.days, hours=hours)
    elif hours:
        told = _("{hours} ч {minutes} мин").format(hours=hours, minutes=minutes)
    elif minutes:
        told = _("{minutes} мин {seconds} с").format(minutes=minutes, seconds=left)
    else:
        told = _("{seconds} с").format(seconds=left)
    return told.replace(" ", "\N{NO-BREAK SPACE}")
