"""Requests for consent in words: who was asked, how often, until when, and what happens then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcaster.alarm_words import clock
from broadcaster.domain.asking import AbsenceMistake, Widened
from broadcaster.domain.occasions import Unanswered
from broadcaster.i18n import _, counted

SHOWN = 6
"""People that are named before the rest is counted."""

ABSENCE_MISTAKES = {
    AbsenceMistake.BACKWARDS: _("Последний день раньше первого."),
    AbsenceMistake.OVER: _("Эти дни уже прошли."),
    AbsenceMistake.HERSELF: _("Заместить себя нельзя: выберите кого-то другого."),
    AbsenceMistake.CANNOT: _("Проверяющий никого не замещает: он ничего не решает."),
}

WIDENED = {
    Widened.NOBODY: _("Тех, кого спрашивают обычно, сейчас нет, поэтому спросили других."),
    Widened.SILENCE: _("Никто не ответил вовремя, поэтому спросили и администраторов."),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when an answer counts; `decide_by` only where the calendar then decides by itself.

    `held_until` is when the quiet hours end that would hold what is agreed to now.
    """

    wanted_at: datetime | None = None
    held_until: datetime | None = None
    decide_by: datetime | None = None
    unanswered: Unanswered | None = None


def deadline_words(deadline: Deadline, *, now: datetime, zone: ZoneInfo) -> str:
    """Until when an answer is waited for, and what happens without one."""
    if deadline.decide_by is not None:
        until = clock(deadline.decide_by, now=now, zone=zone)
        match deadline.unanswered:
            case Unanswered.SEND:
                words = _("Ответьте до {until}: если никто не ответит, уйдёт само.")
            case Unanswered.SKIP:
                words = _("Ответьте до {until}: если никто не ответит, не уйдёт.")
            case None:
                words = _("Ответьте до {until}.")
        return words.format(until=until)
    if deadline.held_until is not None:
        morning = clock(deadline.held_until, now=now, zone=zone)
        words = _("Из-за тихих часов уйдёт не раньше {morning}; без согласования не уйдёт.")
        return words.format(morning=morning)
    if deadline.wanted_at is None:
        return _("Уйдёт сразу после согласования; без него не уйдёт.")
    at = clock(deadline.wanted_at, now=now, zone=zone)
    if deadline.wanted_at > now:
        return _("Должно уйти {at}; без согласования не уйдёт.").format(at=at)
    return _("Должно было уйти {at}; уйдёт сразу после согласования.").format(at=at)


def asked_words(members: Sequence[tuple[str, Sequence[str]]]) -> str:
    """«Спросили: Ольга Петровна; Анна (замещает: Мария)»; each with those she stands in for."""
    if not members:
        return _("Согласовать некому: пригласите ещё одного завуча или администратора.")
    told = [
        _("{name} (замещает: {others})").format(name=name, others=", ".join(others))
        if others
        else name
        for name, others in members[:SHOWN]
    ]
    if len(members) > SHOWN:
        told.append(_("и ещё {number}").format(number=len(members) - SHOWN))
    return _("Спросили: {names}.").format(names="; ".join(told))


def reminded_words(times: int, last: datetime | None, *, now: datetime, zone: ZoneInfo) -> str:
    """How often those asked were written to; empty when nobody was."""
    if last is None:
        return ""
    at = clock(last, now=now, zone=zone)
    if times <= 1:
        return _("Написали: {at}.").format(at=at)
    again = times - 1
    word = counted(_("раз"), _("раза"), _("раз"), again)
    return _("Напомнили {again} {word}, последний раз: {at}.").format(again=again, word=word, at=at)
