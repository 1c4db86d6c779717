"""What a browser sends of a calendar item: every key of its file, the rule by a chooser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import time
from typing import Any

from babel.dates import get_month_names
from django import forms

from broadcaster.calendar_words import (
    CONSENTS,
    MISSED,
    SHIFTS,
    UNANSWERED,
)
from broadcaster.domain.memos import Memo
from broadcaster.domain.naming import folded
from broadcaster.domain.rule_choices import (
    LAST_DAY,
    LONGEST_MONTH,
    How,
    choice_of,
    rule_of,
    same_rule,
)
from broadcaster.i18n import LANGUAGE, _
from broadcaster.report_words import IMPORTANCE
from broadcaster.services.calendar.changing import NAME
from broadcaster.services.calendar.items import (
    LONGEST_NAME,
    MOST_LATE,
    MOST_LEAD,
    Entry,
    ItemProblem,
)
from broadcaster.words import channel_word

LONGEST_RULE, LONGEST_TITLE, LONGEST_AUDIENCE = 300, 100, 5_000
LISTS = ("to", "channels")
RESERVED = ("new",)
"""Names that are addresses of other pages."""
DEFAULTS: Mapping[str, Any] = {
    one.name: one.default for one in fields(Entry) if one.default is not MISSING
}
HOWS: Sequence[tuple[How, str]] = (
    (How.YEAR_DATE, _("Каждый год")),
    (How.YEAR_WEEKDAY, _("Каждый год по дню недели")),
    (How.MONTH_DATE, _("Каждый месяц")),
    (How.MONTH_WEEKDAY, _("Каждый месяц по дню недели")),
    (How.WEEK, _("Каждую неделю")),
    (How.OTHER, _("Другое правило")),
)
NUMBER_WORDS: Mapping[str, str] = {
    "1": _("первый раз в месяце"),
    "2": _("второй раз в месяце"),
    "3": _("третий раз в месяце"),
    "4": _("четвёртый раз в месяце"),
    "-1": _("последний раз в месяце"),
}
WEEKDAY_WORDS: Mapping[str, str] = {
    "MO": _("понедельник"),
    "TU": _("вторник"),
    "WE": _("среда"),
    "TH": _("четверг"),
    "FR": _("пятница"),
    "SA": _("суббота"),
    "SU": _("воскресенье"),
}
NEEDED: Mapping[How, tuple[str, ...]] = {
    How.YEAR_DATE: ("year_day", "year_month"),
    How.YEAR_WEEKDAY: ("weekday_number", "weekday", "weekday_month"),
    How.MONTH_DATE: ("month_day",),
    How.MONTH_WEEKDAY: ("month_number", "month_weekday"),
    How.WEEK: ("week_days",),
    How.OTHER: ("rule",),
}


def _chosen(label: str, words: Iterable[tuple[Any, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(words), help_text=help_text)


def _part(label: str, words: Iterable[tuple[Any, str]]) -> forms.ChoiceField:
    """A part of the rule, which only one choice needs."""
    return forms.ChoiceField(label=label, choices=[*words], required=False)


def _months() -> list[tuple[str, str]]:
    names = get_month_names("wide", "format", LANGUAGE)
    return [(str(number), names[number]) for number in range(1, 13)]


def _days() -> list[tuple[str, str]]:
    return [(str(day), str(day)) for day in range(1, LONGEST_MONTH + 1)]


def _number(label: str, most: int, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, help_text=help_text)


class ItemForm(forms.Form):
    """Everything about an item; `values` are the keys that differ from what the files say."""

    name = forms.CharField(
        label=_("Короткое имя"),
        required=False,
        max_length=LONGEST_NAME,
        help_text=_(
            "Латинские буквы, цифры и дефисы; так эта строка называется в файле. Можно оставить"
            " пустым: возьмём имя памятки."
        ),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    memo = _chosen(_("Памятка"), [])
    title = forms.CharField(
        label=_("Заголовок объявления"),
        required=False,
        max_length=LONGEST_TITLE,
        help_text=_("Если пусто — как у памятки."),
    )
    how = _chosen(_("Когда повторять"), HOWS)
    year_day = _part(_("Число"), _days())
    year_month = _part(_("Месяц"), _months())
    weekday_number = _part(_("Который раз"), NUMBER_WORDS.items())
    weekday = _part(_("День недели"), WEEKDAY_WORDS.items())
    weekday_month = _part(_("Месяц"), _months())
    month_day = _part(_("Число"), [*_days(), (str(LAST_DAY), _("последнее"))])
    month_number = _part(_("Который раз"), NUMBER_WORDS.items())
    month_weekday = _part(_("День недели"), WEEKDAY_WORDS.items())
    week_days = forms.MultipleChoiceField(
        label=_("Дни недели"),
        choices=list(WEEKDAY_WORDS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rule = forms.CharField(
        label=_("Правило RRULE"),
        required=False,
        max_length=LONGEST_RULE,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    begins = forms.DateField(
        label=_("Не раньше этого дня"),
        required=False,
        help_text=_("Можно оставить пустым."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    time = forms.TimeField(
        label=_("Во сколько отправить"),
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    shift = _chosen(_("Если дата выпала на выходной, перенести"), SHIFTS.items())
    to = forms.CharField(
        label=_("Кому"),
        max_length=LONGEST_AUDIENCE,
        help_text=_(
            "По одному в строке: «все», имя группы («2Б») или «классы 5-11» — все группы, чьи"
            " имена начинаются с этих чисел, в каком бы году это ни было."
        ),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )
    importance = _chosen(_("Важность"), IMPORTANCE.items())
    channels = forms.MultipleChoiceField(
        label=_("Каналы"),
        required=False,
        help_text=_("Ничего не отмечено — все включённые."),
        widget=forms.CheckboxSelectMultiple,
    )
    approval = _chosen(_("Кто одобряет"), CONSENTS.items())
    lead_days = _number(
        _("За сколько дней готовить"), MOST_LEAD, _("Тогда появится черновик и спросим согласия.")
    )
    unanswered = _chosen(
        _("Если никто не ответил"),
        UNANSWERED.items(),
        _("Просроченная памятка без ответа не уходит никогда."),
    )
    missed = _chosen(_("Если пропустили"), MISSED.items(), _("Программа в этот день не работала."))
    late_days = _number(
        _("Опоздать можно на столько дней"), MOST_LATE, _("Позже уже не отправлять.")
    )
    enabled = forms.BooleanField(label=_("Включено"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        block: Mapping[str, Any],
        *,
        name: str,
        memos: Mapping[str, Memo],
        channels: Iterable[str],
        taken: Iterable[str] = (),
    ) -> None:
        self._block = block
        self._taken = frozenset(taken)
        self.item = name
        super().__init__(data, initial=_initial(name, block), use_required_attribute=False)
        memo, ways = self._choices("memo"), self._choices("channels")
        memo.choices = _memo_choices(memos, str(self.initial["memo"]))
        also = [one for one in self.initial["channels"] if one not in set(channels)]
        ways.choices = [(one, channel_word(one)) for one in [*channels, *also]]
        if name:
            del self.fields["name"]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    def clean_name(self) -> str:
        """A name that no item has; the memo's when none was given."""
        name = str(self.cleaned_data["name"])
        if name in self._taken:
            raise forms.ValidationError(_("Такое имя уже есть: выберите другое."))
        if name in RESERVED or (name and not NAME.fullmatch(name)):
            words = _("Имя — латинские строчные буквы, цифры и дефисы, до 60 знаков.")
            raise forms.ValidationError(words)
        return name

    def clean_to(self) -> tuple[str, ...]:
        """The terms, a line each."""
        lines = [line.strip() for line in self.cleaned_data["to"].splitlines()]
        return tuple(dict.fromkeys(line for line in lines if line))

    def clean(self) -> dict[str, Any]:
        """Refuse a choice of which a part is missing."""
        given: dict[str, Any] = super().clean() or {}
        if how := given.get("how"):
            lacking = [part for part in NEEDED[How(how)] if not given.get(part)]
            for part in lacking:
                if part not in self.errors:
                    self.add_error(part, _("Выберите, иначе непонятно, когда отправлять."))
        if not self.item and "memo" in given and not given.get("name"):
            given["name"] = self._free_name(given["memo"])
        return given

    def _free_name(self, memo: str) -> str:
        """The memo's name, or the first with a number that nobody has."""
        names = (memo, *(f"{memo}-{number}" for number in range(2, 1_000)))
        return next(one for one in names if one not in self._taken and one not in RESERVED)

    @property
    def named(self) -> str:
        """The item's name, given or as it was."""
        return self.item or str(self.cleaned_data["name"])

    def values(self) -> dict[str, Any]:
        """The keys that are to be written, as YAML has them; the form is valid."""
        before = _read(self.item, self._block)
        wrong = {key for key in LISTS if not _is_list(self._block.get(key, ""))}
        known = before.keys() - wrong
        return {
            key: value
            for key, value in self._wanted().items()
            if key not in known or not _same(key, before[key], value)
        }

    def _wanted(self) -> dict[str, Any]:
        given = self.cleaned_data
        same = ("memo", "title", "begins", "importance", "approval", "unanswered", "shift")
        return {
            **{key: given[key] for key in (*same, "missed", "lead_days", "late_days", "enabled")},
            "rule": rule_of(How(given["how"]), given),
            "time": f"{given['time']:%H:%M}",
            "to": list(given["to"]),
            "channels": list(given["channels"]),
        }

    def complain(self, problems: Iterable[ItemProblem]) -> None:
        """Show at its field what is wrong with the item."""
        for problem in problems:
            field = self._field_of(problem.key)
            self.add_error(field, _sentence(problem.text))

    def _field_of(self, key: str) -> str | None:
        if key == "rule":
            return NEEDED[How(self.cleaned_data.get("how") or How.OTHER)][0]
        return key if key in self.fields else None


def _memo_choices(memos: Mapping[str, Memo], now: str) -> list[tuple[str, str]]:
    known = sorted(
        ((one.name, one.title) for one in memos.values()), key=lambda one: folded(one[1])
    )
    missing = [] if not now or now in memos else [(now, _("нет такой: {name}").format(name=now))]
    return [*missing, *known]


def _initial(name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the form at first."""
    read = _read(name, block)
    how, chosen = choice_of(read.get("rule", "FREQ=YEARLY;BYMONTH=9;BYMONTHDAY=1"))
    return {
        **read,
        "year_month": 9,
        "weekday_month": 9,
        "time": read.get("time", "16:00"),
        "to": "\n".join(read["to"]),
        "how": how.value,
        "rule": read.get("rule", ""),
        **chosen,
    }


def _read(name: str, block: Mapping[str, Any]) -> dict[str, Any]:
    """An item's keys with their defaults, in the shape in which they are written."""
    read = {key: _plain(value) for key, value in {**DEFAULTS, **block}.items()}
    for key in LISTS:
        value = read[key]
        lines = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        read[key] = list(map(str, lines))
    read["memo"] = read["memo"] or name
    return read


def _is_list(value: Any) -> bool:
    """Whether a file may have this for a list: its lines, or one of them."""
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines)


def _same(key: str, before: Any, wanted: Any) -> bool:
    if key == "rule":
        return same_rule(str(before), wanted)
    return bool(before == wanted)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [*value]
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _sentence(text: str) -> str:
    """What a program's message is beside a field: with a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
