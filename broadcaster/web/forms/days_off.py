"""A year's days off as lines of text: a date or a range, then a name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django import forms

from broadcaster.domain.days_off import Span, Year, named_days, spans
from broadcaster.i18n import _
from broadcaster.services.calendar.day_spans import (
    LONGEST_NAME,
    day_words,
    objections,
    read_line,
    read_name,
    span_words,
)

LONGEST = 20_000
"""Characters of one field: a line for each day of a year has room."""
SHOWN = 60
"""Characters of a line that are repeated where something is wrong with it."""

Read = TypeVar("Read")


def _lines(label: str, help_text: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        strip=False,  # lines are counted
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows, "spellcheck": "false"}),
    )


class DaysOffForm(forms.Form):
    """What a year has beside its weekends; `seen` is the edition that was looked at."""

    days_off = _lines(
        _("Выходные и праздники"),
        _(
            "По одному в строке: дата или промежуток, потом название. Например,"
            " «01.05–03.05 Праздник Весны и Труда». Обычные субботы и воскресенья не нужны."
        ),
        16,
    )
    working = _lines(
        _("Рабочие субботы и воскресенья"), _("По одной дате в строке. Обычно их нет."), 3
    )
    vacations = _lines(
        _("Каникулы"),
        _(
            "Например, «24.10–01.11 Осенние каникулы». Каникулы, которые кончаются в следующем"
            " году, — с годом: «31.12.2026–10.01.2027 Зимние каникулы»."
        ),
        5,
    )
    basis = forms.CharField(
        label=_("На чём основано"),
        help_text=_("Постановление Правительства, приказ директора. Можно оставить пустым."),
        required=False,
        max_length=LONGEST_NAME,
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None, number: int, year: Year, *, seen: str
    ) -> None:
        initial = {
            "basis": "" if year.assumed else year.basis,
            "days_off": _written(spans(year.off)),
            "working": "\n".join(map(day_words, sorted(year.working))),
            "vacations": _written(year.vacations),
            "seen": seen,
        }
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.number = number

    def clean_basis(self) -> str:
        """A name, or nothing."""
        basis = self.cleaned_data["basis"]
        return _or_refused(read_name, basis) if basis else ""

    def clean_days_off(self) -> tuple[Span, ...]:
        """The days off, in the order of their lines."""
        return _each(self.cleaned_data["days_off"], self._named)

    def clean_working(self) -> tuple[date, ...]:
        """The worked weekends' days."""
        read = _each(self.cleaned_data["working"], self._bare)
        return tuple(day for span in read for day in span.days())

    def clean_vacations(self) -> tuple[Span, ...]:
        """The vacations."""
        return _each(self.cleaned_data["vacations"], self._vacation)

    def clean(self) -> dict[str, Any]:
        """Refuse days that are both, and worked days that are no weekend's."""
        given: dict[str, Any] = super().clean() or {}
        off = set(named_days(given.get("days_off", ())))
        for day, text in objections(off, set(given.get("working", ()))):
            self.add_error("working", f"{day_words(day)}: {text}")
        return given

    def year(self) -> Year:
        """What a valid form says."""
        given = self.cleaned_data
        return Year(
            off=named_days(given["days_off"]),
            working=frozenset(given["working"]),
            vacations=tuple(sorted(given["vacations"])),
            basis=given["basis"],
            assumed=False,
        )

    def _named(self, line: str) -> Span:
        span = read_line(line, self.number)
        return Span(first=span.first, last=span.last, name=read_name(span.name))

    def _vacation(self, line: str) -> Span:
        span = read_line(line, self.number, to_next_year=True)
        return Span(first=span.first, last=span.last, name=read_name(span.name))

    def _bare(self, line: str) -> Span:
        span = read_line(line, self.number)
        if span.name:
            raise ValueError(_("здесь нужны только даты, без названий"))
        return span


def _written(given: Iterable[Span]) -> str:
    return "\n".join(map(span_words, given))


def _or_refused(read: Callable[[str], Read], text: str) -> Read:
    try:
        return read(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


def _each(text: str, read: Callable[[str], Read]) -> tuple[Read, ...]:
    """What the lines say; raises ValidationError with a line for each that says nothing."""
    found: list[Read] = []
    wrong: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            found += [read(line)] if line.strip() else []
        except ValueError as error:
            words = _("Строка {number}, «{line}»: {why}.")
            wrong.append(words.format(number=number, line=line.strip()[:SHOWN], why=error))
    if wrong:
        raise forms.ValidationError(wrong)
    return tuple(found)
