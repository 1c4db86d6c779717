"""What a draft still lacks before it can be sent, all of it at once, each beside its field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broadcaster.i18n import _
from broadcaster.rendering.characters import visible
from broadcaster.rendering.holes import mark_holes
from broadcaster.rendering.markdown import parse
from broadcaster.rendering.mistakes import BodyMistake
from broadcaster.rendering.more import parse_more
from broadcaster.services.calendar.series_ahead import faults
from broadcaster.services.drafts import Written
from broadcaster.services.outlets import Office


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing or wrong, and what to do; `field` is a field of `Written`."""

    field: str
    words: str


class NotReady(Exception):
    """The draft cannot be sent yet; `lacks` is everything that is missing."""

    def __init__(self, lacks: tuple[Lack, ...]) -> None:
        super().__init__(", ".join(lack.field for lack in lacks))
        self.lacks = lacks


def lacks(office: Office, written: Written, *, now: datetime) -> tuple[Lack, ...]:
    """What keeps a draft from being sent at `now`, in the order of the fields."""
    zone = office.school.time_zone
    return (
        *_text(written),
        *_audience(written),
        *_channels(office, written),
        *_times(written, now=now, zone=zone),
        *_repeats(office, written, now=now),
    )


def _text(written: Written) -> Iterator[Lack]:
    if not visible(written.title):
        yield Lack("title", _("Напишите заголовок."))
    elif "{{" in written.title:
        words = _("В заголовке подстановки невозможны: он у всех один. Уберите «{{{{».")
        yield Lack("title", words.format())
    yield from _body(written.body)
    try:
        parse_more(written.more)
    except BodyMistake as mistake:
        yield Lack("more", _("Дополнение: {mistake}.").format(mistake=str(mistake).rstrip(".")))


def _body(body: str) -> Iterator[Lack]:
    if not visible(body):
        yield Lack("body", _("Напишите текст объявления."))
        return
    try:
        parse(mark_holes(body))
    except BodyMistake as mistake:
        yield Lack("body", _("Текст: {mistake}.").format(mistake=str(mistake).rstrip(".")))


def _audience(written: Written) -> Iterator[Lack]:
    if not written.groups and not written.people:
        yield Lack("groups", _("Выберите, кому: хотя бы одну группу или одного человека."))


def _channels(office: Office, written: Written) -> Iterator[Lack]:
    if not office.outlets:
        words = _("Не включён ни один канал. Их включает администратор в настройках школы.")
        yield Lack("channels", words)
    elif written.channels and not written.channels & office.outlets.keys():
        yield Lack("channels", _("Выбранные каналы больше не включены. Выберите другие."))


def _times(written: Written, *, now: datetime, zone: ZoneInfo) -> Iterator[Lack]:
    if written.wanted_at is not None and written.wanted_at <= now:
        words = _("Время отправки {when} уже прошло. Укажите другое или отправьте сейчас.")
        yield Lack("wanted_at", words.format(when=local(written.wanted_at, zone)))
    if written.expires_at is None:
        return
    if written.expires_at <= now:
        words = _("Срок {when} уже прошёл: объявление никому не понадобится. Укажите другой.")
        yield Lack("expires_at", words.format(when=local(written.expires_at, zone)))
    elif written.wanted_at is not None and written.expires_at <= written.wanted_at:
        words = _("Срок {when} наступит раньше отправки. Поменяйте одно из двух.")
        yield Lack("expires_at", words.format(when=local(written.expires_at, zone)))


def _repeats(office: Office, written: Written, *, now: datetime) -> Iterator[Lack]:
    if written.repeats is not None:
        for fault in faults(office, written.repeats, now=now):
            yield Lack("repeats", fault)


def local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment on the school's clock."""
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M")
