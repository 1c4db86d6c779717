"""What a browser sends of an announcement; drafts may be incomplete, nothing else is forgiven."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from broadcaster.bootstrap import office
from broadcaster.domain.policy import Importance
from broadcaster.i18n import _
from broadcaster.services.drafting import LONGEST_TITLE, moment_of
from broadcaster.services.drafts import Sheet, Written
from broadcaster.web.forms.repeating import RepeatForm, repeat_initial
from broadcaster.words import channel_word

LONGEST_BODY = 100_000
"""Characters of a draft; what is sent may have fewer, but a draft is kept for cutting."""
MOST_PEOPLE = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Numbers(forms.MultipleChoiceField):
    """Ids of rows; whether this person may choose them is the service's to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.MultipleHiddenInput, **options)

    def valid_value(self, value: Any) -> bool:
        """Whether it can be the number of a row at all."""
        text = str(value)
        return text.isascii() and text.isdecimal() and len(text) < 19  # noqa: PLR2004 - bigint

    def clean(self, value: Any) -> frozenset[int]:
        """The numbers, each once."""
        numbers = frozenset(map(int, super().clean(value)))
        if len(numbers) > MOST_PEOPLE:
            words = _("По одному можно выбрать не больше {most}. Выберите группой.")
            raise forms.ValidationError(words.format(most=MOST_PEOPLE))
        return numbers


class Moment(forms.CharField):
    """A date and a time on the school's clock."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value: Any) -> datetime | None:
        """The aware moment; None for an empty field."""
        written = super().clean(value)
        if not written:
            return None
        try:
            moment = moment_of(written, office().school.time_zone)
        except ValueError as error:
            raise forms.ValidationError(_("Это не дата и время.")) from error
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(_("Проверьте год."))
        return moment


class DraftForm(forms.Form):
    """Everything on the sheet of an announcement.

    `over` is the version that a person knowingly overwrites after a conflict.
    """

    version = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    over = forms.IntegerField(required=False, min_value=0, max_value=2_000_000_000)
    title = forms.CharField(
        required=False,
        max_length=LONGEST_TITLE,
        error_messages={"max_length": _("Сократите заголовок до %(limit_value)d знаков.")},
    )
    body = forms.CharField(
        required=False,
        max_length=LONGEST_BODY,
        strip=False,
        error_messages={"max_length": _("Текст слишком длинный: приложите его файлом.")},
    )
    more = forms.CharField(
        required=False,
        max_length=LONGEST_BODY,
        strip=False,
        error_messages={"max_length": _("Дополнение слишком длинное: приложите его файлом.")},
    )
    importance = forms.ChoiceField(choices=[(one.value, one.value) for one in Importance])
    groups = Numbers()
    people = Numbers()
    channels = forms.MultipleChoiceField(
        error_messages={"required": _("Оставьте хотя бы один канал.")}
    )
    when = forms.ChoiceField(choices=[(one, one) for one in ("now", "later", "repeat")])
    wanted_at = Moment()
    expires_at = Moment()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        channels = self.fields["channels"]
        assert isinstance(channels, forms.MultipleChoiceField)
        channels.choices = [(name, channel_word(name)) for name in office().outlets]
        channels.required = bool(office().outlets)
        first = repeat_initial(self.initial.get("repeats"))
        self.repeat = RepeatForm(self.data if self._repeats() else None, initial=first)

    def _repeats(self) -> bool:
        return self.is_bound and self.data.get("when") == "repeat"

    def clean(self) -> dict[str, Any]:
        """«Later» without a time would leave at once: it is asked for, and so are dates."""
        cleaned = super().clean() or {}
        if self._repeats() and not self.repeat.is_valid():
            self.add_error("when", self.repeat.faults())
        later = cleaned.get("when") == "later"
        if later and not cleaned.get("wanted_at") and "wanted_at" not in self.errors:
            self.add_error("wanted_at", _("Укажите дату и время отправки."))
        return cleaned

    def written(self) -> Written:
        """What a valid form says."""
        said = self.cleaned_data
        chosen = frozenset(said["channels"])
        repeats = self.repeat.repetition() if said["when"] == "repeat" else None
        return Written(
            title=said["title"],
            body=said["body"],
            more=said["more"],
            importance=Importance(said["importance"]),
            groups=said["groups"],
            people=said["people"],
            channels=frozenset() if chosen == office().outlets.keys() else chosen,
            wanted_at=said["wanted_at"] if said["when"] == "later" else None,
            expires_at=None if repeats else said["expires_at"],
            repeats=repeats,
        )

    def version_known(self) -> int:
        """The version that the person has seen: the one of the page, or the one she overwrites."""
        over = self.cleaned_data["over"]
        return int(self.cleaned_data["version"] if over is None else over)

    def chosen(self, name: str) -> set[str]:
        """What is ticked in a field, as text, valid or not."""
        value: Sequence[Any] = self[name].value() or ()
        return set(map(str, value))


def initial(sheet: Sheet) -> dict[str, Any]:
    """The form's first values."""
    zone, written = office().school.time_zone, sheet.written
    return {
        "version": sheet.version,
        "title": written.title,
        "body": written.body,
        "more": written.more,
        "importance": written.importance.value,
        "groups": list(written.groups),
        "people": list(written.people),
        "channels": list(written.channels or office().outlets),
        "when": _when(written),
        "wanted_at": _typed(written.wanted_at, zone),
        "expires_at": _typed(written.expires_at, zone),
        "repeats": written.repeats,
    }


def _when(written: Written) -> str:
    if written.repeats is not None:
        return "repeat"
    return "now" if written.wanted_at is None else "later"


def _typed(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as the browser's field for it wants it."""
    return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
