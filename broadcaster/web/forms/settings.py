"""What an administrator sets: the school, the quiet hours, the files.

Every form reads what is set now and gives the changes by their dotted keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from broadcaster.config import Config
from broadcaster.config_values import Colour, WebAddress, read_value
from broadcaster.domain.policy import QuietHours
from broadcaster.i18n import _
from broadcaster.web.zones import zone_choices

MEGABYTE = 1_000_000
LARGEST_FILE, MOST_FILES = 200, 50
"""Megabytes of one file and files of one announcement that a screen lets anybody allow."""
LONGEST_HOURS = 720
NOON = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""Of any day."""


class SettingsForm(forms.Form):
    """A part of the settings; `field_of` maps a key of the file to the field that shows it."""

    block = ""

    @property
    def seen(self) -> str:
        """A fingerprint of what is set now, which a screen hands back with what was typed."""
        return sha256(repr(sorted(self.initial.items())).encode()).hexdigest()[:16]

    def clean(self) -> dict[str, Any]:
        """Refuse what was typed over settings that somebody has changed since, and show both."""
        given: dict[str, Any] = super().clean() or {}
        if self.data.get("seen", self.seen) != self.seen:
            self._show_both(dict(given))
        return given

    def _show_both(self, given: Mapping[str, Any]) -> None:
        words = _(
            "Пока страница была открыта, кто-то уже изменил эти настройки. Под полями — что"
            " сохранено сейчас. Чтобы записать своё, нажмите кнопку ещё раз."
        )
        self.add_error(None, words)
        for name, value in self.initial.items():
            if name in given and str(given[name]) != str(value):
                told = _("Сейчас сохранено: {value}").format(value=_set_now(value))
                self.add_error(name, told)

    def changes(self) -> dict[str, Any]:
        """The keys and their values, once the form is valid."""
        return {f"{self.block}.{name}": value for name, value in self.cleaned_data.items()}

    def complain(self, key: str, problem: str) -> None:
        """Show what the configuration objects to, at the field when there is one."""
        name = key.rpartition(".")[2]
        self.add_error(name if name in self.fields else None, problem)


def _set_now(value: Any) -> str:
    match value:
        case bool():
            return _("да") if value else _("нет")
        case time():
            return value.strftime("%H:%M")
        case _:
            return str(value) or _("пусто")


class SchoolForm(SettingsForm):
    """Who speaks."""

    block = "school"

    name = forms.CharField(
        label=_("Как называется школа или детский сад"),
        max_length=120,
        help_text=_("Так её увидят родители: «Школа № 12», «Детский сад „Родник“»."),
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    time_zone = forms.ChoiceField(
        label=_("Часовой пояс"),
        help_text=_("От него зависят тихие часы. Найти город можно, набрав его первые буквы."),
    )
    colour = forms.CharField(
        label=_("Цвет школы"),
        help_text=_("Им окрашены эти страницы; читаемыми они останутся с любым цветом."),
        widget=forms.TextInput({"type": "color"}),
    )
    signature = forms.CharField(
        label=_("Подпись под каждым сообщением"),
        required=False,
        max_length=200,
        help_text=_("Например, телефон секретаря. Можно оставить пустой."),
    )
    public_url = forms.CharField(
        label=_("Адрес, по которому родители открывают страницы"),
        required=False,
        max_length=120,
        help_text=_(
            "Например, https://news.school.example/. Не знаете — оставьте пустым, это можно"
            " вписать потом; новый адрес начнёт действовать после перезапуска программы."
        ),
        widget=forms.TextInput({"inputmode": "url", "autocomplete": "url"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, config: Config) -> None:
        school = config.school
        initial = {name: getattr(school, name) for name in self.base_fields}
        super().__init__(data, initial=initial, use_required_attribute=False)
        zone: Any = self.fields["time_zone"]
        zone.choices = zone_choices(datetime.now(UTC), also=str(school.time_zone))

    def clean_colour(self) -> str:
        """A colour that the configuration takes."""
        return _read(Colour, self.cleaned_data["colour"])

    def clean_public_url(self) -> str:
        """An address that the configuration takes."""
        return _read(WebAddress, self.cleaned_data["public_url"])


def _read(kind: type[str], value: str) -> str:
    try:
        return str(read_value(kind, value))
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


CLOCK = forms.TimeInput({"type": "time"}, format="%H:%M")


class QuietForm(SettingsForm):
    """When nobody is disturbed."""

    block = "quiet_hours"

    enabled = forms.BooleanField(label=_("Не тревожить родителей ночью"), required=False)
    start = forms.TimeField(label=_("С какого часа"), widget=CLOCK)
    end = forms.TimeField(label=_("До какого часа"), widget=CLOCK)

    def __init__(self, data: Mapping[str, Any] | None, config: Config) -> None:
        quiet = config.quiet_hours
        initial = {name: getattr(quiet, name) for name in self.base_fields}
        super().__init__(data, initial=initial, use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        """Refuse quiet hours that nobody can mean: of a whole day, or with noon in them.

        Who types beginning and end the wrong way round would have all wait for the night.
        """
        given: dict[str, Any] = super().clean() or {}
        start, end = given.get("start"), given.get("end")
        if start is None or end is None:
            return given
        if start == end:
            self.add_error("end", _("Начало и конец совпадают: тишина длилась бы сутки."))
        elif given["enabled"] and QuietHours(start, end, ZoneInfo("UTC")).until(NOON):
            self.add_error("end", _("Тишина захватила бы полдень. Начало и конец не перепутаны?"))
        return given

    def changes(self) -> dict[str, Any]:
        """Times as the file has them."""
        made = super().changes()
        for key in ("quiet_hours.start", "quiet_hours.end"):
            made[key] = made[key].strftime("%H:%M")
        return made


class ApprovalsForm(SettingsForm):
    """How those who are asked for consent are reminded."""

    block = "approvals"

    remind_every = forms.IntegerField(
        label=_("Напоминать раз в столько часов"),
        min_value=1,
        max_value=LONGEST_HOURS,
        help_text=_("Письмом тем, кого просят согласовать. Ночью писем не бывает."),
    )
    escalate_after = forms.IntegerField(
        label=_("Через сколько часов без ответа спросить и администраторов"),
        min_value=1,
        max_value=LONGEST_HOURS,
    )

    def __init__(self, data: Mapping[str, Any] | None, config: Config) -> None:
        hours = config.approvals
        initial = {name: max(round(getattr(hours, name)), 1) for name in self.base_fields}
        super().__init__(data, initial=initial, use_required_attribute=False)


class FilesForm(SettingsForm):
    """What may be attached."""

    block = "files"

    largest = forms.IntegerField(
        label=_("Самый большой файл, МБ"),
        min_value=1,
        max_value=LARGEST_FILE,
        help_text=_("У каналов есть и свои пределы: письмо — около 18\N{NO-BREAK SPACE}МБ."),
    )
    most = forms.IntegerField(
        label=_("Файлов в одном объявлении, не больше"), min_value=0, max_value=MOST_FILES
    )

    def __init__(self, data: Mapping[str, Any] | None, config: Config) -> None:
        files = config.files
        initial = {"largest": max(files.largest // MEGABYTE, 1), "most": files.most}
        super().__init__(data, initial=initial, use_required_attribute=False)

    def changes(self) -> dict[str, Any]:
        """Sizes in bytes."""
        made = super().changes()
        return made | {"files.largest": made["files.largest"] * MEGABYTE}
