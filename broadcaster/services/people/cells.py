"""One record's cells: what each must look like, and what to do when it does not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

from broadcaster.contract import InvalidAddress
from broadcaster.i18n import _
from broadcaster.services.people.header import Column, Header
from broadcaster.services.people.plan import Problem
from broadcaster.services.people.tables import Record

Normalise = Callable[[str], str]
"""A channel's own: the one spelling of an address; raises InvalidAddress."""

PLACE_FORMS: Mapping[str, str] = {
    "telegram": _("-100… для группы или @имя канала"),
    "vk": _("wall-123 для стены, от 2000000001 для беседы"),
    "email": _("адрес вида имя@домен"),
    "site": _("feed или раздел латиницей, например 3b"),
}
"""How a place's address is written; an adapter that is not listed tells it in its own words."""
PERSON_FORMS: Mapping[str, str] = {
    **PLACE_FORMS,
    "telegram": _("число; ни @имя, ни номер группы не подойдут"),
    "vk": _("число, id123 или vk.com/id123; стены и беседы не подойдут"),
}
"""The same of a person's own address."""

LONGEST_GROUP = 80
LONGEST_NAME = 120
LONGEST_ADDRESS = 320

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_RUSSIAN = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")
_UNSEEN = {"Cc", "Cf"}
_LOST_SIGN = "\N{REPLACEMENT CHARACTER}"


class Cells:
    """The cells of one record by column, and the problems met while they were read.

    A method that finds a problem keeps it and answers as if the cell were empty.
    """

    def __init__(self, record: Record, header: Header) -> None:
        self.line = record.line
        self.problems: list[Problem] = []
        self._header = header
        self._cells = record.cells
        self._refuse_surplus()

    def refuse(self, column: str, text: str, hint: str) -> None:
        """Keep a problem of this record's `column`; the empty one means the whole line."""
        title = self._header.title(column) if column else ""
        self.problems.append(Problem(self.line, title, text, hint))

    def given(self, column: str) -> bool:
        """Whether the cell holds anything, good or bad; commas alone are nothing."""
        return bool(self._raw(column).strip(", "))

    def require(self, column: str) -> None:
        """Refuse an empty cell; a column that is missing altogether is the header's problem."""
        if column in self._header.places and not self.given(column):
            self.refuse(column, _("Ячейка пуста."), _("Заполните её или удалите строку."))

    def text(self, column: str, *, longest: int) -> str:
        """The cell with single spaces and composed letters; a formula is text like any other."""
        raw = self._raw(column)
        unseen = _unseen(raw)
        if unseen is not None:
            self.refuse(
                column,
                _("В ячейке невидимый знак U+{code}.").format(code=f"{ord(unseen):04X}"),
                _("Наберите содержимое ячейки заново."),
            )
            return ""
        if _LOST_SIGN in raw:
            self.refuse(
                column,
                _("Буквы в ячейке потеряны: вместо них стоит «�»."),
                _("Наберите содержимое ячейки заново и сохраните файл как «CSV UTF-8»."),
            )
            return ""
        clean = " ".join(unicodedata.normalize("NFC", raw).split())
        return clean if self._fits(column, clean, longest) else ""

    def name(self, column: str) -> str:
        """A text that must not be empty."""
        self.require(column)
        return self.text(column, longest=LONGEST_NAME)

    def groups(self) -> tuple[str, ...]:
        """Names of groups, separated by commas."""
        cell = self.text(Column.GROUP, longest=LONGEST_GROUP * 100)
        names = tuple(dict.fromkeys(filter(None, map(str.strip, cell.split(",")))))
        if all(self._fits(Column.GROUP, name, LONGEST_GROUP) for name in names):
            return names
        return ()

    def day(self, column: str, *, today: date) -> date | None:
        """A day up to `today`, written 2026-09-01 or 01.09.2026."""
        cell = self.text(column, longest=LONGEST_NAME)
        if not cell:
            return None
        day = _day(cell)
        if day is None:
            self.refuse(column, _("Это не дата."), _("Пишите так: 01.09.2026 или 2026-09-01."))
        elif day > today:
            self.refuse(column, _("Этот день ещё не наступил."), _("Проверьте год и месяц."))
        else:
            return day
        return None

    def address(
        self, column: str, channel: str, normalise: Normalise, forms: Mapping[str, str]
    ) -> str:
        """An address in the one spelling of its channel; `forms` tell how one is written."""
        cell = self.text(column, longest=LONGEST_ADDRESS)
        if not cell:
            return ""
        try:
            address = normalise(cell)
        except InvalidAddress as error:
            self.refuse(
                column,
                _("Это не адрес канала «{channel}».").format(channel=channel),
                _("Нужно: {form}. Исправьте или очистите ячейку.").format(
                    form=forms.get(channel, str(error))
                ),
            )
            return ""
        return address if self._fits(column, address, LONGEST_ADDRESS) else ""

    def _raw(self, column: str) -> str:
        place = self._header.places.get(column)
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    def _fits(self, column: str, text: str, longest: int) -> bool:
        if len(text) <= longest:
            return True
        self.refuse(
            column,
            _("Слишком длинно: знаков {length}.").format(length=len(text)),
            _("Сократите: помещается не больше {longest}.").format(longest=longest),
        )
        return False

    def _refuse_surplus(self) -> None:
        titles = len(self._header.titles)
        if any(cell.strip() for cell in self._cells[titles:]):
            self.refuse(
                "",
                _("Ячеек в строке {cells}, а колонок в заголовке {titles}.").format(
                    cells=len(self._cells), titles=titles
                ),
                _("Удалите лишнее; ячейку, в которой стоит разделитель, возьмите в кавычки."),
            )


def _unseen(text: str) -> str | None:
    """The first sign that nobody can see; most texts have none and are not looked through."""
    if text.isprintable():
        return None
    return next((sign for sign in text if unicodedata.category(sign) in _UNSEEN), None)


def _day(text: str) -> date | None:
    written = _ISO.fullmatch(text) or _RUSSIAN.fullmatch(text)
    if written is None:
        return None
    try:
        return date(int(written["year"]), int(written["month"]), int(written["day"]))
    except ValueError:
        return None
