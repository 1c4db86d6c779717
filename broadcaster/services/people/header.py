"""Which column of a file is which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from broadcaster.domain.naming import folded
from broadcaster.i18n import _
from broadcaster.services.people.plan import Problem
from broadcaster.services.people.tables import Record


class Column(StrEnum):
    """The columns that are not named after a channel, as a Russian file titles them."""

    GROUP = "группа"
    PUPIL = "ребёнок"
    GUARDIAN = "родитель"
    PREFERS = "предпочитает"
    CONSENT = "согласие"
    SOURCE = "источник согласия"
    CHANNEL = "канал"
    ADDRESS = "адрес"
    TITLE = "название"
    DATA = "данные"


ENGLISH: Mapping[Column, str] = {
    Column.GROUP: "group",
    Column.PUPIL: "pupil",
    Column.GUARDIAN: "guardian",
    Column.PREFERS: "prefers",
    Column.CONSENT: "consent",
    Column.SOURCE: "consent source",
    Column.CHANNEL: "channel",
    Column.ADDRESS: "address",
    Column.TITLE: "title",
    Column.DATA: "data",
}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each column stands; `places` are keyed by Column or by the channel's name, in order.

    `titles` are all the columns' titles as the file writes them.
    """

    titles: tuple[str, ...]
    places: Mapping[str, int]
    problems: tuple[Problem, ...]

    def title(self, column: str) -> str:
        """The column's title in the file; its usual title when the file lacks it."""
        place = self.places.get(column)
        return column if place is None else self.titles[place]


def read_header(
    record: Record,
    columns: Iterable[Column],
    *,
    required: Collection[Column],
    channels: Iterable[str] = (),
) -> Header:
    """Find `columns` and the channels' own; nothing in a header is passed over in silence."""
    known: dict[str, str] = {_key(channel): channel for channel in channels}
    for column in columns:
        known[_key(column)] = known[_key(ENGLISH[column])] = column
    titles = _titles(record)
    places: dict[str, int] = {}
    problems: list[Problem] = []
    for place, title in enumerate(titles):
        column_name = known.get(_key(title))
        if column_name is None:
            problems.append(_unknown(record.line, place, title, known))
        elif column_name in places:
            problems.append(_twice(record.line, title))
        else:
            places[column_name] = place
    missing = [column for column in required if column not in places]
    problems.extend(_missing(record.line, column) for column in missing)
    return Header(titles, places, tuple(problems))


def nearest(name: str, known: Mapping[str, str]) -> str:
    """A hint: what was probably meant, or all that is possible; `known` is folded → as shown."""
    if near := get_close_matches(folded(name), known, n=1):
        return _("Возможно, имелось в виду «{name}».").format(name=known[near[0]])
    return _("Можно: {names}.").format(names=", ".join(dict.fromkeys(known.values())))


def _key(title: str) -> str:
    return folded(title.replace("_", " "))


def _titles(record: Record) -> tuple[str, ...]:
    """The titles without the empty ones that a delimiter at the end of the line makes."""
    titles = [" ".join(cell.split()) for cell in record.cells]
    while titles and not titles[-1]:
        titles.pop()
    return tuple(titles)


def _unknown(line: int, place: int, title: str, known: Mapping[str, str]) -> Problem:
    if not title:
        return Problem(
            line,
            "",
            _("У колонки №\N{NO-BREAK SPACE}{number} нет названия.").format(number=place + 1),
            _("Назовите её или удалите."),
        )
    return Problem(
        line,
        title,
        _("Неизвестная колонка."),
        nearest(title, known) + " " + _("Лишнюю колонку удалите."),
    )


def _twice(line: int, title: str) -> Problem:
    return Problem(
        line, title, _("Колонка повторяется."), _("Оставьте одну; вторую удалите или переименуйте.")
    )


def _missing(line: int, column: Column) -> Problem:
    return Problem(
        line,
        column,
        _("Нет обязательной колонки."),
        _("Добавьте в первую строку колонку «{title}».").format(title=column),
    )
