"""What may be asked of a report, and what may be done from it."""

from __future__ import annotations

from typing import Any

from django import forms

from broadcaster.domain.deciding import Decision
from broadcaster.domain.states import State
from broadcaster.i18n import _
from broadcaster.report_words import ORDERS, WHO
from broadcaster.services.telling import LONGEST
from broadcaster.store.queries.reports_people import Order, Who
from broadcaster.words import STATES, channel_word

LARGEST = (1 << 63) - 1
"""No number of a row is larger."""


class PeopleSearch(forms.Form):
    """Which people, in which order; what cannot be read is left out."""

    who = forms.ChoiceField(
        label=_("Кого показать"), choices=list(WHO.items()), required=False, initial=Who.TO_CALL
    )
    order = forms.ChoiceField(
        label=_("Порядок"), choices=list(ORDERS.items()), required=False, initial=Order.NAME
    )
    q = forms.CharField(label=_("Имя родителя"), max_length=100, required=False)

    def chosen(self) -> tuple[Who, Order, str]:
        """What was asked for, or what one begins with."""
        self.is_valid()
        asked = self.cleaned_data
        return (
            Who(asked.get("who") or Who.TO_CALL),
            Order(asked.get("order") or Order.NAME),
            asked.get("q") or "",
        )


class CopiesSearch(forms.Form):
    """Which copies; what cannot be read is left out."""

    channel = forms.ChoiceField(label=_("Канал"), required=False)
    state = forms.ChoiceField(label=_("Состояние"), required=False)
    q = forms.CharField(label=_("Имя или площадка"), max_length=100, required=False)

    def __init__(self, data: Any, *, channels: list[str]) -> None:
        super().__init__(data)
        names = [(name, channel_word(name)) for name in channels if name]
        self.fields["channel"] = forms.ChoiceField(
            label=_("Канал"), choices=[("", _("все каналы")), *names], required=False
        )
        states = [(state.value, STATES[state]) for state in State]
        self.fields["state"] = forms.ChoiceField(
            label=_("Состояние"), choices=[("", _("любое состояние")), *states], required=False
        )

    def chosen(self) -> tuple[str | None, list[str], str]:
        """The channel, the states and the words that were asked for."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state")
        return asked.get("channel") or None, [state] if state else [], asked.get("q") or ""


class ResendForm(forms.Form):
    """Which failed copies are to be sent again, as seen at a time."""

    channel = forms.CharField(max_length=32, required=False)
    reason = forms.CharField(max_length=32, required=False)
    copy = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)
    seen_at = forms.CharField(max_length=40, required=False)


class DecideForm(forms.Form):
    """What is decided of which unconfirmed copies: one, or a channel's."""

    decision = forms.ChoiceField(choices=[(one.value, one.value) for one in Decision])
    channel = forms.CharField(max_length=32, required=False)
    copy = forms.IntegerField(min_value=1, max_value=LARGEST, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse to decide everything by an empty form."""
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if not asked.get("channel") and not asked.get("copy"):
            raise forms.ValidationError(_("Не сказано, о каких копиях речь."))
        return asked


class ToldForm(forms.Form):
    """Whether somebody has told a person, and in which words; `back` is the list one comes from."""

    told = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    note = forms.CharField(max_length=LONGEST, required=False)
    back = forms.CharField(max_length=500, required=False)
