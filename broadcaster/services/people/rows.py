"""From a sheet to good rows and problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from broadcaster.contract import DataClass
from broadcaster.domain.naming import folded
from broadcaster.i18n import _
from broadcaster.services.people.cells import (
    LONGEST_NAME,
    PERSON_FORMS,
    PLACE_FORMS,
    Cells,
    Normalise,
)
from broadcaster.services.people.header import Column, Header, nearest, read_header
from broadcaster.services.people.plan import Given, PersonRow, PlaceRow, Problem
from broadcaster.services.people.tables import Sheet

Row = TypeVar("Row", PersonRow, PlaceRow)

PEOPLE_COLUMNS = (
    Column.GROUP,
    Column.PUPIL,
    Column.GUARDIAN,
    Column.PREFERS,
    Column.CONSENT,
    Column.SOURCE,
)
PLACE_COLUMNS = (Column.GROUP, Column.CHANNEL, Column.ADDRESS, Column.TITLE, Column.DATA)

DATA_CLASSES: Mapping[str, DataClass] = {
    "public": DataClass.PUBLIC,
    "открытые": DataClass.PUBLIC,
    "closed": DataClass.CLOSED,
    "закрытые": DataClass.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """What a sheet holds: its good rows, and its problems by line."""

    header: Header
    good: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Customs:
    """What a person's row is judged by; `source` stands where a consent names none."""

    channels: Mapping[str, Normalise]
    today: date
    source: str


def people_rows(sheet: Sheet, customs: Customs) -> Rows[PersonRow]:
    """Read a sheet of people."""
    required = (Column.GROUP, Column.PUPIL, Column.GUARDIAN)
    header = read_header(sheet.header, PEOPLE_COLUMNS, required=required, channels=customs.channels)
    return _gathered(sheet, header, lambda cells: _person(cells, header, customs))


def place_rows(sheet: Sheet, channels: Mapping[str, Normalise]) -> Rows[PlaceRow]:
    """Read a sheet of destinations."""
    required = (Column.CHANNEL, Column.ADDRESS, Column.TITLE)
    header = read_header(sheet.header, PLACE_COLUMNS, required=required)
    lines: dict[tuple[str, str, str], int] = {}

    def read(cells: Cells) -> PlaceRow:
        row = _place(cells, channels)
        _refuse_repeated(cells, row, lines)
        return row

    return _gathered(sheet, header, read)


def _gathered(sheet: Sheet, header: Header, read: Callable[[Cells], Row]) -> Rows[Row]:
    """A row is good when nothing in it is wrong, and nothing in the header."""
    good: list[Row] = []
    problems = [*header.problems, *sheet.problems]
    for record in sheet.records:
        cells = Cells(record, header)
        row = read(cells)
        problems.extend(cells.problems)
        if not cells.problems and not header.problems:
            good.append(row)
    return Rows(header, tuple(good), tuple(sorted(problems, key=lambda problem: problem.line)))


def _person(cells: Cells, header: Header, customs: Customs) -> PersonRow:
    cells.require(Column.GROUP)
    consent_on, source = _consent(cells, customs)
    return PersonRow(
        line=cells.line,
        groups=cells.groups(),
        pupil=cells.name(Column.PUPIL),
        guardian=cells.name(Column.GUARDIAN),
        addresses=tuple(_addresses(cells, header, customs.channels)),
        prefers=_preferred(cells, customs.channels),
        consent_on=consent_on,
        consent_source=source,
    )


def _place(cells: Cells, channels: Mapping[str, Normalise]) -> PlaceRow:
    channel = _channel(cells, Column.CHANNEL, cells.name(Column.CHANNEL), channels)
    cells.require(Column.ADDRESS)
    return PlaceRow(
        line=cells.line,
        groups=cells.groups(),
        channel=channel,
        value=_place_address(cells, channel, channels[channel]) if channel else "",
        title=cells.name(Column.TITLE),
        data_class=_data_class(cells),
    )


def _refuse_repeated(cells: Cells, row: PlaceRow, lines: dict[tuple[str, str, str], int]) -> None:
    """One line a place: of two, nobody could say which holds."""
    for group in row.groups or ("",):
        line = lines.setdefault((folded(group), row.channel, row.value), row.line)
        if row.value and line != row.line:
            cells.refuse(
                Column.ADDRESS,
                _("Эта площадка уже есть в строке {line}.").format(line=line),
                _("Оставьте одну из строк."),
            )


def _addresses(cells: Cells, header: Header, channels: Mapping[str, Normalise]) -> Iterator[Given]:
    for column, place in header.places.items():
        if column not in channels:
            continue
        if value := cells.address(column, column, channels[column], PERSON_FORMS):
            yield Given(place, column, value)


def _place_address(cells: Cells, channel: str, normalise: Normalise) -> str:
    return cells.address(Column.ADDRESS, channel, normalise, PLACE_FORMS)


def _consent(cells: Cells, customs: Customs) -> tuple[date | None, str]:
    day = cells.day(Column.CONSENT, today=customs.today)
    source = cells.text(Column.SOURCE, longest=LONGEST_NAME)
    if source and not cells.given(Column.CONSENT):
        cells.refuse(
            Column.CONSENT,
            _("Источник согласия указан, а день согласия — нет."),
            _("Впишите дату согласия или очистите источник."),
        )
    return day, (source or customs.source) if day else ""


def _preferred(cells: Cells, channels: Mapping[str, Normalise]) -> str:
    name = cells.text(Column.PREFERS, longest=LONGEST_NAME)
    channel = _channel(cells, Column.PREFERS, name, channels)
    if channel and not cells.given(channel):
        cells.refuse(
            Column.PREFERS,
            _("В строке нет адреса на канале «{channel}».").format(channel=channel),
            _("Впишите его в колонку «{channel}» или предпочтите другой канал.").format(
                channel=channel
            ),
        )
    return channel


def _channel(cells: Cells, column: Column, name: str, channels: Mapping[str, Normalise]) -> str:
    """The channel's name in the configuration; empty when there is none."""
    known = {folded(channel): channel for channel in channels}
    if name and folded(name) not in known:
        cells.refuse(column, _("Нет канала «{name}».").format(name=name), nearest(name, known))
    return known.get(folded(name), "")


def _data_class(cells: Cells) -> DataClass:
    cell = cells.text(Column.DATA, longest=LONGEST_NAME)
    known = {folded(word): data_class for word, data_class in DATA_CLASSES.items()}
    if not cell:
        return DataClass.PUBLIC
    if folded(cell) not in known:
        cells.refuse(
            Column.DATA,
            _("Площадка не может нести данные «{data}».").format(data=cell),
            _("Впишите «открытые» (public) или «закрытые» (closed)."),
        )
    return known.get(folded(cell), DataClass.PUBLIC)
