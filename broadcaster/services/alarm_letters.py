"""The letter to the administrators about what began and what ended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from broadcaster.alarm_words import alarm_words, clock
from broadcaster.config import School
from broadcaster.i18n import _
from broadcaster.store.models import Alarm


def letter(
    school: School, begun: Sequence[Alarm], ended: Sequence[Alarm], *, now: datetime
) -> tuple[str, str]:
    """The subject and the plain text of one letter about all these alarms."""
    said = [_headline(school, one, now) for one in begun]
    past = [_over(school, one, now) for one in ended]
    subject = f"{school.name}: {(said or past)[0].rstrip('.')}"
    if len(said) + len(past) > 1:
        subject = _("{first} и ещё {count}").format(first=subject, count=len(said) + len(past) - 1)
    return subject, "\n".join(_lines(school, begun, past, now))


def _lines(
    school: School, begun: Sequence[Alarm], past: Sequence[str], now: datetime
) -> Iterator[str]:
    for alarm in begun:
        words = alarm_words(alarm.kind, alarm.part, alarm.since, now=now, zone=school.time_zone)
        yield from (f"{words.headline}", words.remedy, "")
    if past:
        yield from (_("Уже в порядке:"), *(f"— {line}" for line in past), "")
    if school.public_url:
        yield _("Подробности: {url}").format(url=f"{school.public_url.rstrip('/')}/channels/")
    yield _("Письмо написала программа объявлений; его получают администраторы школы.")


def _headline(school: School, alarm: Alarm, now: datetime) -> str:
    return alarm_words(alarm.kind, alarm.part, alarm.since, now=now, zone=school.time_zone).headline


def _over(school: School, alarm: Alarm, now: datetime) -> str:
    """«Telegram не принимает токен с 10:42. Прошло в 11:05.»"""
    at = clock(alarm.until or now, now=now, zone=school.time_zone)
    return _("{what} Прошло: {at}.").format(what=_headline(school, alarm, now), at=at)
