"""What may be typed about families, groups and places."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from broadcaster.bootstrap import normalisers, office
from broadcaster.contract import Capability, DataClass, InvalidAddress
from broadcaster.domain.naming import folded
from broadcaster.domain.ordering import as_counted
from broadcaster.i18n import _
from broadcaster.services.people.cells import (
    LONGEST_ADDRESS,
    LONGEST_GROUP,
    LONGEST_NAME,
    PERSON_FORMS,
    PLACE_FORMS,
)
from broadcaster.services.people.places import Place
from broadcaster.services.people.sheet import MOST_BYTES
from broadcaster.services.people.shelf import Kind
from broadcaster.store.models import Group
from broadcaster.web.forms.ticks import TickedGroups
from broadcaster.words import channel_word

UNSEEN = {"Cc", "Cf"}


class Line(forms.CharField):
    """A text of one line with single spaces, composed letters and no signs that cannot be seen."""

    def __init__(self, *, longest: int, **also: Any) -> None:
        messages = {
            "required": _("Заполните это поле."),
            "max_length": _("Слишком длинно: помещается не больше {most} знаков.").format(
                most=longest
            ),
        }
        super().__init__(max_length=longest, error_messages=messages, **also)

    def to_python(self, value: Any) -> str:
        """The text as the roll keeps it."""
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        text = " ".join(text.split())
        if any(unicodedata.category(sign) in UNSEEN for sign in text):
            raise ValidationError(_("В тексте есть невидимый знак. Наберите его заново."))
        return text


class ByGroup(forms.Form):
    """A form with a field `groups` or `group`: 2Б is offered before 10А."""

    def __init__(self, *args: Any, **also: Any) -> None:
        super().__init__(*args, **also)
        groups = sorted(Group.objects.all(), key=lambda group: as_counted(group.name))
        choices: list[tuple[Any, str]] = [(group.pk, group.name) for group in groups]
        for name, first in (("groups", []), ("group", [("", _("всей школы"))])):
            if name in self.fields:
                self.fields[name].choices = [*first, *choices]  # type: ignore[attr-defined]


def group_ticks(**also: Any) -> TickedGroups:
    """Groups to tick."""
    return TickedGroups(
        Group.objects.all(),
        label=_("Группы"),
        **also,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Отметьте хотя бы одну группу.")},
    )


def today() -> date:
    """The day it is at the school."""
    return datetime.now(UTC).astimezone(office().school.time_zone).date()


class NameForm(forms.Form):
    """A parent's display name."""

    name = Line(label=_("Имя родителя"), longest=LONGEST_NAME)


class FamilyForm(ByGroup):
    """A new parent with a child."""

    name = Line(label=_("Имя родителя"), longest=LONGEST_NAME)
    child = Line(
        label=_("Имя ребёнка"),
        longest=LONGEST_NAME,
        help_text=_("Только имя для показа, например «Маша И.»."),
    )
    groups = group_ticks()


class ChildForm(ByGroup):
    """A child: its display name and groups."""

    name = Line(
        label=_("Имя ребёнка"),
        longest=LONGEST_NAME,
        help_text=_("Только имя для показа, например «Маша И.»."),
    )
    groups = group_ticks()


class ChildChangeForm(ChildForm):
    """A child that is on the roll; one that has left school is in no group any more."""

    groups = group_ticks(
        required=False,
        help_text=_(
            "Ребёнок выбыл — снимите все отметки: объявлений о его группах семья больше не получит,"
            " а в прежних отчётах и актах ребёнок останется."
        ),
    )


class Day(forms.DateField):
    """A day that has come already."""

    def __init__(self, **also: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d.%m.%Y"],
            error_messages={
                "required": _("Укажите день."),
                "invalid": _("Это не дата. Пишите так: 01.09.2026."),
            },
            **also,
        )

    def validate(self, value: Any) -> None:
        """Refuse tomorrow."""
        super().validate(value)
        if value and value > today():
            raise ValidationError(_("Этот день ещё не наступил. Проверьте год и месяц."))


class ConsentForm(forms.Form):
    """When and how a person has agreed."""

    consent_on = Day(label=_("День согласия"))
    consent_source = Line(
        label=_("Откуда известно"),
        longest=LONGEST_NAME,
        help_text=_("Например: анкета на собрании, заявление от 1 сентября."),
    )


class AddressForm(forms.Form):
    """A new address; the consent may come later."""

    channel = forms.ChoiceField(label=_("Канал"))
    value = Line(label=_("Адрес"), longest=LONGEST_ADDRESS)
    consent_on = Day(
        label=_("День согласия"),
        required=False,
        help_text=_("Без согласия на адрес ничего не отправляется."),
    )
    consent_source = Line(
        label=_("Откуда известно о согласии"), longest=LONGEST_NAME, required=False
    )

    def __init__(self, *args: Any, **also: Any) -> None:
        super().__init__(*args, **also)
        self._channels = normalisers(Capability.PEOPLE)
        self.fields["channel"].choices = channel_choices(self._channels)  # type: ignore[attr-defined]
        self.fields["value"].help_text = forms_of(self._channels, PERSON_FORMS)

    def clean(self) -> dict[str, Any]:
        """Spell the address as its channel does; a source wants a day, and a day a source."""
        values = super().clean() or {}
        spell(self, values, self._channels, PERSON_FORMS)
        if values.get("consent_source") and "consent_on" in values and not values["consent_on"]:
            self.add_error("consent_on", _("Источник указан, а день согласия — нет."))
        if values.get("consent_on") and not values.get("consent_source"):
            self.add_error("consent_source", _("Укажите, откуда известно о согласии."))
        return values


class ChangeAddressForm(forms.Form):
    """Another address in the place of one."""

    value = Line(label=_("Адрес"), longest=LONGEST_ADDRESS)
    keeps_consent = forms.BooleanField(
        label=_("Исправлена опечатка: согласие дано и на этот адрес"), required=False
    )

    def __init__(self, *args: Any, channel: str, **also: Any) -> None:
        super().__init__(*args, **also)
        self._channel = channel
        self._channels = normalisers(Capability.PEOPLE)
        self.fields["value"].help_text = PERSON_FORMS.get(channel, "")

    def clean(self) -> dict[str, Any]:
        """Spell the address as its channel does."""
        values = super().clean() or {}
        typed = values | {"channel": self._channel}
        spell(self, typed, self._channels, PERSON_FORMS, into=values)
        return values


class GroupForm(forms.Form):
    """A group's name."""

    name = Line(
        label=_("Название группы"), longest=LONGEST_GROUP, help_text=_("Например: 1А, Хор.")
    )

    def clean_name(self) -> str:
        """Refuse what a table would read as two groups."""
        name: str = self.cleaned_data["name"]
        if "," in name:
            raise ValidationError(_("Назовите без запятой: в таблицах она разделяет группы."))
        return name


class PlaceForm(ByGroup):
    """A destination."""

    title = Line(label=_("Название"), longest=LONGEST_NAME)
    channel = forms.ChoiceField(label=_("Канал"))
    value = Line(label=_("Адрес"), longest=LONGEST_ADDRESS)
    group = forms.ModelChoiceField(Group.objects.all(), label=_("Чья площадка"), required=False)
    data_class = forms.TypedChoiceField(
        label=_("Какие сведения можно публиковать"),
        coerce=lambda value: DataClass(int(value)),
        choices=[
            (int(DataClass.PUBLIC), _("только открытые: площадку видит кто угодно")),
            (int(DataClass.CLOSED), _("и закрытые: площадку видят только семьи")),
        ],
    )

    def __init__(self, *args: Any, **also: Any) -> None:
        super().__init__(*args, **also)
        self._channels = normalisers(Capability.DESTINATIONS)
        self.fields["channel"].choices = channel_choices(self._channels)  # type: ignore[attr-defined]
        self.fields["value"].help_text = forms_of(self._channels, PLACE_FORMS)

    def clean(self) -> dict[str, Any]:
        """Spell the address as its channel does."""
        values = super().clean() or {}
        spell(self, values, self._channels, PLACE_FORMS)
        return values

    def place(self) -> Place:
        """What was typed; the form is valid."""
        values = self.cleaned_data
        group = values["group"]
        return Place(
            group=group and group.pk,
            channel=values["channel"],
            value=values["value"],
            title=values["title"],
            data_class=values["data_class"],
        )


class UploadForm(forms.Form):
    """A table of people or places."""

    kind = forms.ChoiceField(
        label=_("Что в таблице"),
        choices=[
            (Kind.PEOPLE, _("Люди: дети, родители, адреса")),
            (Kind.PLACES, _("Площадки: стены, каналы, чаты, разделы сайта")),
        ],
        widget=forms.RadioSelect,
        initial=Kind.PEOPLE,
    )
    file = forms.FileField(
        label=_("Файл"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        help_text=_(
            "CSV или книга Excel (XLSX), до 5\N{NO-BREAK SPACE}МБ и 20\N{NO-BREAK SPACE}000 строк."
        ),
        error_messages={
            "required": _("Выберите файл."),
            "empty": _("Файл пуст. Выберите другой."),
        },
        max_length=200,
    )

    def clean_file(self) -> Any:
        """Refuse what the reader would refuse unread."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(
                _("Файл больше 5\N{NO-BREAK SPACE}МБ. Проверьте, тот ли это файл.")
            )
        return file


class NameAgain(forms.Form):
    """The name typed once more, so that nobody is erased by a slip of the finger."""

    name = Line(label="", longest=LONGEST_NAME)

    def __init__(self, *args: Any, expected: str, **also: Any) -> None:
        super().__init__(*args, **also)
        self._expected = expected
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        """Refuse another name."""
        name: str = self.cleaned_data["name"]
        if folded(name) != folded(self._expected):
            raise ValidationError(_("Не совпадает. Наберите так, как показано выше."))
        return name


class EraseForm(NameAgain):
    """A person is forgotten."""

    name = Line(label=_("Имя родителя ещё раз"), longest=LONGEST_NAME)
    with_orphans = forms.BooleanField(label=_("Стереть и этих детей"), required=False)


class GraduateForm(NameAgain):
    """A group leaves, and is forgotten or not."""

    LEAVE, FORGET = "leave", "forget"

    how = forms.ChoiceField(
        label=_("Как убрать"),
        widget=forms.RadioSelect,
        initial=LEAVE,
        choices=[
            (
                LEAVE,
                _(
                    "Вывести детей из групп: объявления групп их семьям приходить не будут,"
                    " а отчёты и акты останутся полными."
                ),
            ),
            (
                FORGET,
                _(
                    "Стереть навсегда детей и родителей, у которых здесь нет других детей: исчезнут"
                    " имена, адреса и согласия, а из прежних отчётов и актов — семьи. Нужен акт —"
                    " распечатайте его сначала."
                ),
            ),
        ],
    )
    name = Line(label=_("Название группы ещё раз"), longest=LONGEST_NAME)

    field_order = ("how", "name")


def channel_choices(channels: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Channels to choose from; those that are off say so."""
    on = office().outlets
    return [
        (name, channel_word(name) if name in on else _("{channel} (выключен)").format(
            channel=channel_word(name)))
        for name in channels
    ]  # fmt: skip


def forms_of(channels: Mapping[str, Any], forms: Mapping[str, str]) -> str:
    """How each channel's addresses are written."""
    return "; ".join(f"{channel_word(name)}: {forms[name]}" for name in channels if name in forms)


def spell(
    form: forms.Form,
    values: Mapping[str, Any],
    channels: Mapping[str, Callable[[str], str]],
    forms: Mapping[str, str],
    *,
    into: dict[str, Any] | None = None,
) -> None:
    """Put the one spelling of the address into `into`, or an error beside its field."""
    channel, value = values.get("channel"), values.get("value")
    if not channel or not value:
        return
    if channel not in channels:
        form.add_error("value", _("Этого канала больше нет в настройках."))
        return
    try:
        spelled = channels[channel](value)
    except InvalidAddress as error:
        words = _("Это не адрес канала «{channel}». Нужно: {form}.")
        form.add_error(
            "value",
            words.format(channel=channel_word(channel), form=forms.get(channel, str(error))),
        )
        return
    if len(spelled) > LONGEST_ADDRESS:
        form.add_error("value", _("Слишком длинный адрес."))
        return
    target = form.cleaned_data if into is None else into
    target["value"] = spelled
